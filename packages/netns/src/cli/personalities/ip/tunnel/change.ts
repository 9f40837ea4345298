import { DeviceNames } from '../device-names.ts';
import { failure } from '../exit.ts';
import type { Session } from '../session.ts';
import { Words } from '../words.ts';
import { OtherVersion, readTunnel, type TunnelContext, tunnelRows4, tunnelRows6 } from './options.ts';
import {
  askTunnel,
  bits,
  carried,
  isAnyAddress,
  layout4,
  layout6,
  newTunnel4,
  newTunnel6,
  type Tunnel4,
  type Tunnel6,
} from './parameters.ts';
import { tunnelHelp } from './usage.ts';

export type Verb = 'add' | 'change' | 'delete';

/** The devices that stand for all tunnels of a kind, by which new ones are asked for. */
export function baseDevice4({ protocol, inFlags }: Tunnel4): string {
  if (protocol === carried.gre) return 'gre0';
  if (protocol === carried.ipv6) return 'sit0';
  if (protocol !== carried.ipip) return '';
  return (inFlags & bits.own) === 0 ? 'tunl0' : 'ip_vti0';
}

export function baseDevice6({ protocol, inFlags }: Tunnel6): string {
  if (protocol === carried.gre) return 'ip6gre0';
  return (inFlags & bits.own) === 0 ? 'ip6tnl0' : 'ip6_vti0';
}

/** Reads a tunnel over IPv4, and sees to it that it makes sense. Throws Exit, and OtherVersion. */
export async function tunnel4(session: Session, list: readonly string[], verb: Verb | 'show') {
  const devices = new DeviceNames(await session.connection());
  const context: TunnelContext<Tunnel4> = {
    help: () => tunnelHelp(4),
    existing:
      verb === 'change' ? (name) => askTunnel(session, layout4, 'get', name, { ...newTunnel4(), name }) : undefined,
  };
  const { tunnel, modeGiven, device } = readTunnel(tunnelRows4, new Words(list), newTunnel4(), context);
  // A name like those that the kernel gives tells of the kind.
  if (tunnel.protocol === 0) {
    if (/^gre/.test(tunnel.name)) tunnel.protocol = carried.gre;
    else if (/^ipip/.test(tunnel.name)) tunnel.protocol = carried.ipip;
    else if (/^sit/.test(tunnel.name)) tunnel.protocol = carried.ipv6;
    else if (/^isatap/.test(tunnel.name))
      Object.assign(tunnel, { protocol: carried.ipv6, inFlags: tunnel.inFlags | bits.own });
    else if (/^vti/.test(tunnel.name))
      Object.assign(tunnel, { protocol: carried.ipip, inFlags: tunnel.inFlags | bits.own });
  }
  const isVti = tunnel.protocol === carried.ipip && (tunnel.inFlags & bits.own) !== 0;
  const keyed = ((tunnel.inFlags | tunnel.outFlags) & bits.key) !== 0;
  if (keyed && !isVti && (tunnel.protocol === carried.ipip || tunnel.protocol === carried.ipv6)) {
    throw failure('Keys are not allowed with ipip and sit tunnels');
  }
  if (device !== undefined) tunnel.link = devices.needed(device);
  if (tunnel.ttl !== 0 && !tunnel.pmtudisc) throw failure('ttl != 0 and nopmtudisc are incompatible');
  const [first = 0] = tunnel.remote;
  if (first >= 224 && first < 240) {
    const group = new DataView(tunnel.remote.buffer, tunnel.remote.byteOffset).getUint32(0);
    if ((tunnel.inFlags & bits.key) === 0) Object.assign(tunnel, { inKey: group, inFlags: tunnel.inFlags | bits.key });
    if ((tunnel.outFlags & bits.key) === 0)
      Object.assign(tunnel, { outKey: group, outFlags: tunnel.outFlags | bits.key });
    if (isAnyAddress(tunnel.local)) throw failure('A broadcast tunnel requires a source address');
  }
  return { tunnel, modeGiven };
}

/** Reads a tunnel over IPv6. Throws Exit. */
export async function tunnel6(session: Session, list: readonly string[], verb: Verb | 'show') {
  const devices = new DeviceNames(await session.connection());
  const context: TunnelContext<Tunnel6> = {
    help: () => tunnelHelp(6),
    existing:
      verb === 'change' ? (name) => askTunnel(session, layout6, 'get', name, { ...newTunnel6(), name }) : undefined,
  };
  // What is shown is not restricted by what a new one would have.
  const fresh = { ...newTunnel6(), ...(verb === 'show' && { protocol: carried.any, ttl: 0, encapLimit: 0 }) };
  const reading = readTunnel(tunnelRows6, new Words(list), fresh, context);
  if (reading.device !== undefined) reading.tunnel.link = devices.needed(reading.device);
  return reading;
}

/** `ip tunnel add|change|del …`. */
export const changeTunnel4 = (verb: Verb) => async (session: Session, list: readonly string[]) => {
  try {
    const { tunnel } = await tunnel4(session, list, verb);
    const base = baseDevice4(tunnel);
    if (verb !== 'delete' && base === '') throw failure('cannot determine tunnel mode (ipip, gre, vti or sit)');
    askTunnel(session, layout4, verb, deviceFor(verb, tunnel.name, base), tunnel);
    return 0;
  } catch (error) {
    if (error instanceof OtherVersion) return await changeTunnel6(verb)(session, list);
    throw error;
  }
};

/** `ip -6 tunnel add|change|del …`. */
export const changeTunnel6 = (verb: Verb) => async (session: Session, list: readonly string[]) => {
  const { tunnel } = await tunnel6(session, list, verb);
  if (verb !== 'delete' && tunnel.name === '') session.warn('Tunnel interface name not specified\n');
  askTunnel(session, layout6, verb, deviceFor(verb, tunnel.name, baseDevice6(tunnel)), tunnel);
  return 0;
};

function deviceFor(verb: Verb, name: string, base: string): string {
  return verb === 'add' || name === '' ? base : name;
}
