import {
  type LinkStatisticsMessage,
  linkStatistics,
  linkStatisticsGroup,
} from '../../../../netlink/families/route/link-statistics.ts';
import { failure, incompleteCommand, invalidArgument, noSuchDevice } from '../exit.ts';
import type { JsonObject } from '../json.ts';
import type { Session } from '../session.ts';
import { aggregationCounts, type Counted, multicastCounts, spanningTreeCounts } from '../stats/counts.ts';
import { isPrefix, Words } from '../words.ts';
import { kindNames } from './kinds/kinds.ts';
import { Lookup } from './lookup.ts';

type Xstats = NonNullable<LinkStatisticsMessage['attributes']['linkXstats']>;

interface Group {
  /** The word that asks for this group alone. */
  readonly word: string;
  readonly describe: (stats: Xstats) => Counted | undefined;
}

const bridgeGroups: readonly Group[] = [
  { word: 'igmp', describe: multicastCounts },
  { word: 'stp', describe: spanningTreeCounts },
];
const bondGroups: readonly Group[] = [{ word: '802.3ad', describe: aggregationCounts }];

/** The kinds that count more than every link does; a port's counters are its bridge's. */
const kinds: Readonly<
  Record<string, { readonly key: keyof Xstats; readonly help: string; readonly groups: readonly Group[] }>
> = {
  bridge: { key: 'bridge', help: '[ igmp ] [ dev DEVICE ]', groups: bridgeGroups },
  bridge_slave: { key: 'bridge', help: '[ igmp ] [ dev DEVICE ]', groups: bridgeGroups },
  bond: { key: 'bond', help: '[ 802.3ad ] [ dev DEVICE ]', groups: bondGroups },
  bond_slave: { key: 'bond', help: '[ 802.3ad ] [ dev DEVICE ]', groups: bondGroups },
};

/** `ip link xstats type KIND [GROUP] [dev DEV]`: counters that only some kinds of links have. */
export async function showXstats(session: Session, list: readonly string[]): Promise<number> {
  const words = new Words(list);
  const first = words.take();
  if (first === undefined) throw failure('xstats: missing argument');
  if (isPrefix(first, 'help')) {
    session.output.write('Usage: ... xstats type TYPE [ ARGS ]\n');
    return 0;
  }
  if (!isPrefix(first, 'type')) throw invalidArgument(first, 'unknown argument');
  const name = words.value();
  const kind = kinds[name];
  if (kind === undefined) {
    if (!kindNames.includes(name)) throw invalidArgument(name, 'invalid type');
    throw failure(`xstats: link type ${name} doesn't support xstats`);
  }
  let { groups } = kind;
  let index = 0;
  const connection = await session.connection();
  for (let word = words.take(); word !== undefined; word = words.take()) {
    const given = word;
    const group = kind.groups.find((each) => each.word === given);
    if (group !== undefined) groups = [group];
    else if (given === 'dev') {
      const device = words.take();
      if (device === undefined) throw incompleteCommand();
      index = new Lookup(connection).indexOf(device);
      if (index === 0) throw noSuchDevice(device);
    } else if (given === 'help') {
      session.output.write(`Usage: ... ${name} ${kind.help}\n`);
      return 0;
    } else throw invalidArgument(given, 'unknown attribute');
  }
  const isPort = name.endsWith('_slave');
  const filterMask = linkStatisticsGroup(isPort ? 'xstats_slave' : 'xstats');
  const { messages } = connection.dumpSync(linkStatistics, { header: { filterMask } }, { operation: 'list counters' });
  const shown: JsonObject[] = [];
  for (const { header, attributes } of messages) {
    const stats = isPort ? attributes.linkXstatsSlave : attributes.linkXstats;
    if (stats?.[kind.key] === undefined || (index !== 0 && header.ifindex !== index)) continue;
    const ifname = new Lookup(connection).byIndex(header.ifindex)?.attributes.ifname ?? `if${header.ifindex}`;
    const said = groups.flatMap((group) => group.describe(stats) ?? []);
    shown.push(Object.assign({ ifname }, ...said.map((each) => each.json)));
    if (session.options.json) continue;
    session.output.write(`${ifname.padEnd(16)}\n${said.map((each) => each.text).join('')}`);
  }
  if (session.options.json) session.printJson(shown);
  return 0;
}
