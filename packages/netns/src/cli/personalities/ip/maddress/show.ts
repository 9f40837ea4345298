import { NamespaceProc } from '../../../../network/files/proc.ts';
import { duplicateOrGarbage } from '../exit.ts';
import type { JsonObject } from '../json.ts';
import type { Session } from '../session.ts';
import type { View } from '../show/fields.ts';
import type { Tint } from '../show/paint.ts';
import { viewOf } from '../show/view.ts';
import { isPrefix, Words } from '../words.ts';
import { type MulticastAddress, readIpv4, readIpv6, readLinkLayer } from './read.ts';
import { maddressHelp } from './usage.ts';

const sources = [
  { family: 'link', file: 'net/dev_mcast', read: readLinkLayer },
  { family: 'inet', file: 'net/igmp', read: readIpv4 },
  { family: 'inet6', file: 'net/igmp6', read: readIpv6 },
] as const;

const tints: Readonly<Record<MulticastAddress['family'], Tint>> = { link: 'mac', inet: 'inet', inet6: 'inet6' };

/** `ip maddress show [dev DEV]`. The kernel tells of them in files only. */
export function showMulticast(session: Session, list: readonly string[]): number {
  const device = deviceOf(list);
  const { options } = session;
  using proc = new NamespaceProc(session.namespace?.fd);
  const byIndex = new Map<number, MulticastAddress[]>();
  for (const { family, file, read } of sources) {
    if (options.family !== undefined && options.family !== family) continue;
    for (const each of read(proc.readAgain(file) ?? '')) {
      if (device !== undefined && each.name !== device) continue;
      const own = byIndex.get(each.index);
      if (own === undefined) byIndex.set(each.index, [each]);
      else own.push(each);
    }
  }
  const links = [...byIndex.values()].sort(([a], [b]) => (a?.index ?? 0) - (b?.index ?? 0));
  if (options.json) session.printJson(links.map((own) => membersOf(own, viewOf(session))));
  else for (const own of links) session.output.write(textOf(session, own));
  return 0;
}

function deviceOf(list: readonly string[]): string | undefined {
  const words = new Words(list);
  let device: string | undefined;
  for (let word = words.take(); word !== undefined; word = words.take()) {
    const name = word === 'dev' ? words.value() : word;
    if (word !== 'dev' && isPrefix(word, 'help')) maddressHelp();
    if (device !== undefined) throw duplicateOrGarbage('dev', name);
    device = name;
  }
  return device;
}

function membersOf(own: readonly MulticastAddress[], { host }: View): JsonObject {
  const [first] = own;
  return {
    ifindex: first?.index ?? 0,
    ifname: first?.name ?? '',
    maddr: own.map(({ family, address, users, static: byHand }) => ({
      ...(family === 'link' ? { link: address } : { family, address: host(address) }),
      ...(users === 1 ? {} : { users }),
      ...(byHand ? { features: 'static' } : {}),
    })),
  };
}

/** A line for the link and one for each address; with `-oneline`, the link stands in front of each. */
function textOf(session: Session, own: readonly MulticastAddress[]): string {
  const { paint, host } = viewOf(session);
  const { oneline } = session.options;
  const [first] = own;
  const title = `${first?.index}:${paint('ifname', `\t${first?.name}`)}`;
  const lines = own.map(
    ({ family, address, users, static: byHand }) =>
      `${oneline ? `${title}\\` : ''}\t${family.padEnd(5)} ${paint(tints[family], family === 'link' ? address : host(address))}${users === 1 ? '' : ` users ${users}`}${byHand ? ' static' : ''}\n`,
  );
  return `${oneline ? '' : `${title}\n`}${lines.join('')}`;
}
