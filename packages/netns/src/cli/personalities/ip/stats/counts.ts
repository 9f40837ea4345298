import type { LinkStatisticsMessage } from '../../../../netlink/families/route/link-statistics.ts';
import type { JsonObject } from '../json.ts';

type Attributes = LinkStatisticsMessage['attributes'];
type Xstats = NonNullable<Attributes['linkXstats']>;

/** What one group of counters looks like: whole lines of text, and members of an object. */
export interface Counted {
  readonly text: string;
  readonly json: JsonObject;
}

/** A line of such counters. */
const indented = (line: string) => `${' '.repeat(20)}${line}\n`;

/** IGMP and MLD, as `struct br_mcast_stats` counts them: pairs of received and sent. */
export function multicastCounts({ bridge }: Xstats): Counted | undefined {
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
  return { text: lines.map(indented).join(''), json: { multicast: json } };
}

/** BRIDGE_VLAN_INFO_*, as far as they have a name here. */
const vlanFlags: readonly (readonly [bit: number, name: string])[] = [
  [2, 'PVID'],
  [4, 'Egress Untagged'],
];

/** What came and went in each VLAN. */
export function vlanCounts({ bridge }: Xstats, newline: string): Counted {
  const vlans = (bridge?.vlan ?? []).map(({ vid, flags, rxBytes, rxPackets, txBytes, txPackets }) => {
    const names = vlanFlags.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name);
    const counts = { rx_bytes: rxBytes, rx_packets: rxPackets, tx_bytes: txBytes, tx_packets: txPackets };
    return {
      text:
        `${' '.repeat(18)}${[vid, ...names].join(' ')}${newline}` +
        indented(`RX: ${rxBytes} bytes ${rxPackets} packets`) +
        indented(`TX: ${txBytes} bytes ${txPackets} packets`),
      json: { vid, ...(flags !== 0 && { flags: names }), ...counts },
    };
  });
  return { text: vlans.map(({ text }) => text).join('\n'), json: { vlans: vlans.map(({ json }) => json) } };
}

export function spanningTreeCounts({ bridge }: Xstats): Counted | undefined {
  const stp = bridge?.stp;
  if (stp === undefined) return undefined;
  return {
    text: [
      `STP BPDU:  RX: ${stp.rxBpdu} TX: ${stp.txBpdu}`,
      `STP TCN:   RX: ${stp.rxTcn} TX: ${stp.txTcn}`,
      `STP Transitions: Blocked: ${stp.transitionBlk} Forwarding: ${stp.transitionFwd}`,
    ]
      .map(indented)
      .join(''),
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

/** Packets of IEEE 802.3ad, in the words of text and of JSON. */
const aggregation = [
  ['lacpduRx', 'LACPDU Rx', 'lacpdu_rx'],
  ['lacpduTx', 'LACPDU Tx', 'lacpdu_tx'],
  ['lacpduUnknownRx', 'LACPDU Unknown type Rx', 'lacpdu_unknown_rx'],
  ['lacpduIllegalRx', 'LACPDU Illegal Rx', 'lacpdu_illegal_rx'],
  ['markerRx', 'Marker Rx', 'marker_rx'],
  ['markerTx', 'Marker Tx', 'marker_tx'],
  ['markerRespRx', 'Marker response Rx', 'marker_response_rx'],
  ['markerRespTx', 'Marker response Tx', 'marker_response_tx'],
  ['markerUnknownRx', 'Marker unknown type Rx', 'marker_unknown_rx'],
] as const;

export function aggregationCounts({ bond }: Xstats): Counted | undefined {
  const ad = bond?.ad;
  if (ad === undefined) return undefined;
  const counts = aggregation.flatMap(([key, text, name]) => {
    const count = ad[key];
    return count === undefined ? [] : [{ text, name, count }];
  });
  return {
    text: counts.map(({ text, count }) => indented(`${text} ${count}`)).join(''),
    json: { '802.3ad': Object.fromEntries(counts.map(({ name, count }) => [name, count])) },
  };
}

/** Both directions of a link, each as names and counts. */
export interface Ways {
  readonly rx: Readonly<Record<string, bigint>>;
  readonly tx: Readonly<Record<string, bigint>>;
}

type Mpls = NonNullable<NonNullable<NonNullable<Attributes['afSpec']>['mpls']>['link']>;
type Hardware = NonNullable<NonNullable<Attributes['linkOffloadXstats']>['l3Stats']>;

export function mplsWays(counts: Mpls): Ways {
  return { rx: { ...received(counts), noroute: counts.rxNoroute }, tx: sent(counts) };
}

export function hardwareWays(counts: Hardware): Ways {
  return { rx: { ...received(counts), multicast: counts.multicast }, tx: sent(counts) };
}

const received = (counts: Mpls | Hardware) => ({
  bytes: counts.rxBytes,
  packets: counts.rxPackets,
  errors: counts.rxErrors,
  dropped: counts.rxDropped,
});

const sent = (counts: Mpls | Hardware) => ({
  bytes: counts.txBytes,
  packets: counts.txPackets,
  errors: counts.txErrors,
  dropped: counts.txDropped,
});

/** A heading that is shorter than its column, or another word than in JSON. */
const headings: Readonly<Record<string, string>> = { multicast: '  mcast' };

/** Headings and counts of both ways in columns, each as wide as the wider of the two. */
export function waysText({ rx, tx }: Ways, indent: string, newline: string): string {
  const way = (title: string, counts: Ways['rx']) => {
    const columns = Object.entries(counts).map(([name, count]) => {
      const heading = headings[name] ?? name;
      return { heading, count: String(count), width: Math.max(heading.length, String(count).length) };
    });
    const names = columns.map(({ heading, width }) => heading.padStart(width)).join(' ');
    const numbers = columns.map(({ count, width }) => `${count.padStart(width)} `).join('');
    return `${indent}${title}: ${names}${newline}${indent}    ${numbers}`;
  };
  return `${way('RX', rx)}${newline}${way('TX', tx)}`;
}
