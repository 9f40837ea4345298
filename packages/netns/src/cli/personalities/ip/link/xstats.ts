import {
  type LinkStatisticsMessage,
  linkStatistics,
  linkStatisticsGroup,
} from '../../../../netlink/families/route/link-statistics.ts';
import { failure, incompleteCommand, invalidArgument, noSuchDevice } from '../exit.ts';
import type { JsonObject } from '../json.ts';
import type { Session } from '../session.ts';
import { isPrefix, Words } from '../words.ts';
import { kindNames } from './kinds/kinds.ts';
import { Lookup } from './lookup.ts';

type Xstats = NonNullable<LinkStatisticsMessage['attributes']['linkXstats']>;

/** What one group of counters looks like: lines of text, and members of an object. */
interface Said {
  readonly lines: readonly string[];
  readonly json: JsonObject;
}

interface Group {
  /** The word that asks for this group alone. */
  readonly word: string;
  readonly describe: (stats: Xstats) => Said | undefined;
}

/** IGMP and MLD, as `struct br_mcast_stats` counts them: pairs of received and sent. */
function describeMulticast({ bridge }: Xstats): Said | undefined {
  const counts = bridge?.mcast;
  if (counts === undefined) return undefined;
  const pair = (at: number) => [counts[at] ?? 0n, counts[at + 1] ?? 0n] as const;
  const lines: string[] = [];
  const json: Record<string, JsonObject | bigint> = {};
  const versions = (title: string, name: string, pairs: readonly (readonly [bigint, bigint])[]) => {
    lines.push(`${title}:`);
    for (const [way, label] of [
      [0, 'RX'],
      [1, 'TX'],
    ] as const) {
      lines.push(`  ${label}: ${pairs.map((each, version) => `v${version + 1} ${each[way]}`).join(' ')}`);
    }
    const members = ([way, label]: readonly [0 | 1, string]) =>
      pairs.map((each, version) => [`${label}_v${version + 1}`, each[way]] as const);
    json[name] = Object.fromEntries([...members([0, 'rx']), ...members([1, 'tx'])]);
  };
  const leaves = (title: string, name: string, [rx, tx]: readonly [bigint, bigint]) => {
    lines.push(`${title}: RX: ${rx} TX: ${tx}`);
    json[name] = { rx, tx };
  };
  const errors = (title: string, name: string, count: bigint) => {
    lines.push(`${title}: ${count}`);
    json[name] = count;
  };
  versions('IGMP queries', 'igmp_queries', [pair(0), pair(2), pair(4)]);
  versions('IGMP reports', 'igmp_reports', [pair(8), pair(10), pair(12)]);
  leaves('IGMP leaves', 'igmp_leaves', pair(6));
  errors('IGMP parse errors', 'igmp_parse_errors', counts[14] ?? 0n);
  versions('MLD queries', 'mld_queries', [pair(15), pair(17)]);
  versions('MLD reports', 'mld_reports', [pair(21), pair(23)]);
  leaves('MLD leaves', 'mld_leaves', pair(19));
  errors('MLD parse errors', 'mld_parse_errors', counts[25] ?? 0n);
  return { lines, json: { multicast: json } };
}

function describeSpanningTree({ bridge }: Xstats): Said | undefined {
  const stp = bridge?.stp;
  if (stp === undefined) return undefined;
  return {
    lines: [
      `STP BPDU:  RX: ${stp.rxBpdu} TX: ${stp.txBpdu}`,
      `STP TCN:   RX: ${stp.rxTcn} TX: ${stp.txTcn}`,
      `STP Transitions: Blocked: ${stp.transitionBlk} Forwarding: ${stp.transitionFwd}`,
    ],
    json: {
      stp: {
        rx_bpdu: stp.rxBpdu,
        tx_bpdu: stp.txBpdu,
        rx_tcn: stp.rxTcn,
        tx_tcn: stp.txTcn,
        transition_blk: stp.transitionBlk,
        transition_fwd: stp.transitionFwd,
      },
    },
  };
}

const bridgeGroups: readonly Group[] = [
  { word: 'igmp', describe: describeMulticast },
  { word: 'stp', describe: describeSpanningTree },
];

/** The kinds that count more than every link does; a port's counters are its bridge's. */
const kinds: Readonly<Record<string, { readonly help: string; readonly groups: readonly Group[] }>> = {
  bridge: { help: '[ igmp ] [ dev DEVICE ]', groups: bridgeGroups },
  bridge_slave: { help: '[ igmp ] [ dev DEVICE ]', groups: bridgeGroups },
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
    if (stats?.bridge === undefined || (index !== 0 && header.ifindex !== index)) continue;
    const ifname = new Lookup(connection).byIndex(header.ifindex)?.attributes.ifname ?? `if${header.ifindex}`;
    const said = groups.flatMap((group) => group.describe(stats) ?? []);
    shown.push(Object.assign({ ifname }, ...said.map((each) => each.json)));
    if (session.options.json) continue;
    const lines = said.flatMap((each) => each.lines.map((line) => `${' '.repeat(20)}${line}\n`));
    session.output.write(`${ifname.padEnd(16)}\n${lines.join('')}`);
  }
  if (session.options.json) session.printJson(shown);
  return 0;
}
