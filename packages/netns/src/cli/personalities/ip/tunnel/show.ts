import { extMaskFlag, type LinkMessage, link } from '../../../../netlink/families/route/link.ts';
import { DeviceNames } from '../device-names.ts';
import { Exit } from '../exit.ts';
import { formatJson, type JsonObject } from '../json.ts';
import type { Session } from '../session.ts';
import { type Part, toJson, toText } from '../show/fields.ts';
import { viewOf } from '../show/view.ts';
import { baseDevice4, tunnel4, tunnel6 } from './change.ts';
import { describe4, describe6, PRL_DEFAULT, type Router, type Shown, statistics, type TunnelView } from './describe.ts';
import { OtherVersion } from './options.ts';
import {
  addressText,
  askDevice,
  askTunnel,
  bits,
  carried,
  isAnyAddress,
  type Layout,
  layout4,
  layout6,
  newTunnel4,
  newTunnel6,
  requests,
  type Tunnel4,
  type Tunnel6,
} from './parameters.ts';

/** Types of devices that are tunnels (ARPHRD_*). */
const types = { 4: [768, 776, 778], 6: [769, 823] } as const;

/** `ip tunnel show …`. */
export async function showTunnels4(session: Session, words: readonly string[]): Promise<number> {
  try {
    const { tunnel: wanted, modeGiven } = await tunnel4(session, words, 'show');
    const complete = (tunnel: Tunnel4): Shown<Tunnel4> => ({
      ...tunnel,
      sixRd: tunnel.protocol === carried.ipv6 ? sixRdOf(session, tunnel.name) : undefined,
      routers: isIsatap(tunnel) ? routersOf(session, tunnel.name) : [],
    });
    if (modeGiven) {
      const device = wanted.name === '' ? baseDevice4(wanted) : wanted.name;
      return await print(session, describe4, [complete(askTunnel(session, layout4, 'get', device, wanted))]);
    }
    const found = await allTunnels(session, 4, layout4, newTunnel4());
    return await print(session, describe4, found.filter((each) => matches(each, wanted)).map(complete));
  } catch (error) {
    if (error instanceof OtherVersion) return await showTunnels6(session, words);
    throw error;
  }
}

/** `ip -6 tunnel show …`. */
export async function showTunnels6(session: Session, words: readonly string[]): Promise<number> {
  const { tunnel: wanted } = await tunnel6(session, words, 'show');
  const found =
    wanted.name === ''
      ? await allTunnels(session, 6, layout6, blankTunnel6())
      : [askTunnel(session, layout6, 'get', wanted.name, wanted)];
  const isWanted = (each: Tunnel6) =>
    wanted.name !== '' ||
    (matches(each, wanted) && (wanted.protocol === 0 || each.protocol === 0 || each.protocol === wanted.protocol));
  return await print(session, describe6, found.filter(isWanted));
}

/** Some kinds leave what they do not have as they got it. */
const blankTunnel6 = (): Tunnel6 => ({ ...newTunnel6(), protocol: carried.any, ttl: 0, encapLimit: 0 });

function matches(each: Tunnel4 | Tunnel6, wanted: Tunnel4 | Tunnel6): boolean {
  const same = (have: Uint8Array, want: Uint8Array) => isAnyAddress(want) || addressText(have) === addressText(want);
  return (
    (wanted.name === '' || wanted.name === each.name) &&
    (wanted.link === 0 || wanted.link === each.link) &&
    (wanted.inKey === 0 || wanted.inKey === each.inKey) &&
    same(each.local, wanted.local) &&
    same(each.remote, wanted.remote)
  );
}

async function tunnelLinks(session: Session, version: 4 | 6): Promise<readonly LinkMessage[]> {
  const connection = await session.connection();
  const attributes = session.options.statistics > 0 ? {} : { extMask: extMaskFlag('skip_stats') };
  const { messages } = connection.dumpSync(link, { attributes }, { operation: 'list tunnels' });
  return messages.filter(({ header }) => (types[version] as readonly number[]).includes(header.type));
}

/** All tunnels; devices of these types that are none, and those that are gone meanwhile, are left out. */
async function allTunnels<T>(session: Session, version: 4 | 6, layout: Layout<T>, fresh: T): Promise<readonly T[]> {
  const links = await tunnelLinks(session, version);
  return links.flatMap(({ attributes: { ifname = '' } }) => {
    try {
      return [askTunnel(session, layout, 'get', ifname, { ...fresh, name: ifname })];
    } catch (error) {
      if (error instanceof Exit) return [];
      throw error;
    }
  });
}

const isIsatap = ({ protocol, inFlags }: Tunnel4) => protocol === carried.ipv6 && (inFlags & bits.own) !== 0;

/** So many routers are asked for, as by `ip`. */
const mostRouters = 16;
const sizeOfRouter = 16;

/** The list of routers: `struct ip_tunnel_prl`, of which the first says how long the list behind it is. */
function routersOf(session: Session, device: string): readonly Router[] {
  const bytes = new Uint8Array((mostRouters + 1) * sizeOfRouter);
  const view = new DataView(bytes.buffer);
  view.setUint32(8, mostRouters * sizeOfRouter, true);
  try {
    askDevice(session, requests.getRouters, device, bytes, device);
  } catch (error) {
    if (error instanceof Exit) return [];
    throw error;
  }
  const count = Math.min(mostRouters, Math.floor(view.getUint32(8, true) / sizeOfRouter));
  return Array.from({ length: count }, (_, nth) => {
    const at = (nth + 1) * sizeOfRouter;
    const isDefault = (view.getUint16(at + 4, true) & PRL_DEFAULT) !== 0;
    return { address: addressText(bytes.subarray(at, at + 4)), isDefault };
  });
}

/** `struct ip_tunnel_6rd`: prefix, relay prefix, and the lengths of both. */
function sixRdOf(session: Session, device: string): Shown<Tunnel4>['sixRd'] {
  const bytes = new Uint8Array(24);
  try {
    askDevice(session, requests.get6rd, device, bytes, device);
  } catch (error) {
    if (error instanceof Exit) return undefined;
    throw error;
  }
  const view = new DataView(bytes.buffer);
  return {
    prefix: addressText(bytes.subarray(0, 16)),
    prefixLength: view.getUint16(20, true),
    relay: addressText(bytes.subarray(16, 20)),
    relayLength: view.getUint16(22, true),
  };
}

async function print<T extends Tunnel4 | Tunnel6>(
  session: Session,
  parts: readonly Part<Shown<T>, TunnelView>[],
  tunnels: readonly Shown<T>[],
): Promise<number> {
  const { options, output } = session;
  const devices = new DeviceNames(await session.connection());
  const view: TunnelView = { ...viewOf(session), deviceName: (index) => devices.nameOf(index) };
  if (options.json) {
    output.write(
      jsonList(
        tunnels.map((each) => toJson(parts, each, view)),
        options.pretty,
      ),
    );
    return 0;
  }
  const links =
    options.statistics === 0 ? [] : [...(await tunnelLinks(session, 4)), ...(await tunnelLinks(session, 6))];
  for (const each of tunnels) {
    const counted = links.find(({ attributes }) => attributes.ifname === each.name)?.attributes.stats64;
    output.write(`${toText(parts, each, view)}${counted === undefined ? '' : statistics(counted, view)}\n`);
  }
  return 0;
}

/** `ip` ends the line behind each tunnel here, in JSON as well. */
function jsonList(list: readonly JsonObject[], pretty: boolean): string {
  if (list.length === 0) return `${formatJson([], pretty)}\n`;
  const items = list.map((each) => formatJson(each, pretty, 1)).join('\n,');
  return pretty ? `[ ${items}\n ]\n` : `[${items}\n]\n`;
}
