import type { LinkStatisticsMessage, linkStatisticsGroup } from '../../../../netlink/families/route/link-statistics.ts';
import type { JsonObject } from '../json.ts';
import { trafficCounters } from '../link/statistics.ts';
import type { View } from '../show/fields.ts';
import {
  aggregationCounts,
  type Counted,
  hardwareWays,
  mplsWays,
  multicastCounts,
  spanningTreeCounts,
  vlanCounts,
  waysText,
} from './counts.ts';

type Attributes = LinkStatisticsMessage['attributes'];
type Xstats = NonNullable<Attributes['linkXstats']>;

/** What the heading is followed by. */
interface Said {
  readonly text: string;
  readonly json?: JsonObject;
}

/** Counters that can be asked for by these words: a group, what it consists of, and what that consists of. */
export interface Leaf {
  readonly path: readonly [group: Parameters<typeof linkStatisticsGroup>[0], subgroup?: string, suite?: string];
  readonly describe: (attributes: Attributes, view: View) => Said;
}

/** The names of the levels, outermost first. */
export const levels = ['group', 'subgroup', 'suite'] as const;

/** The link in front of its counters; the blank belongs to the colour. */
export function linkHeading(index: number, name: string, { paint }: View): string {
  return `${index}:${paint('ifname', ` ${name}:`)}`;
}

const onOff = (value: boolean | undefined) => (value ? 'on' : 'off');

/** Whether counters are asked of the hardware, and whether it gives them; a kernel that does not know says nothing. */
function request({ linkOffloadXstats }: Attributes): Said | undefined {
  const info = linkOffloadXstats?.hwSInfo?.l3Stats;
  if (info === undefined) return undefined;
  const { request: asked = false, used = false } = info;
  return { text: ` ${onOff(asked)} used ${onOff(used)}`, json: { request: asked, used } };
}

/** What hardware was asked to count, as a list: also what an event tells. */
export function hardwareInfo(attributes: Attributes, { newline }: View): Said {
  const said = request(attributes);
  if (said === undefined) return { text: '' };
  return { text: `${newline}    l3_stats${said.text}`, json: { info: { l3_stats: said.json ?? {} } } };
}

/** What only one kind of links counts: for its ports, and for itself. */
function suites(
  subgroup: string,
  members: Readonly<Record<string, (stats: Xstats, newline: string) => Counted | undefined>>,
): readonly Leaf[] {
  const groups = { xstats_slave: 'linkXstatsSlave', xstats: 'linkXstats' } as const;
  return (['xstats_slave', 'xstats'] as const).flatMap((group) =>
    Object.entries(members).map(
      ([suite, count]): Leaf => ({
        path: [group, subgroup, suite],
        describe: (attributes, { newline }) => {
          const counted = count(attributes[groups[group]] ?? {}, newline);
          if (counted === undefined) return { text: '' };
          return { text: counted.text === '' ? '' : `${newline}${counted.text}`, json: counted.json };
        },
      }),
    ),
  );
}

/** What came and went; a line that stays empty if that is not in this message: the kernel may tell of one link in several. */
function traffic(counts: Attributes['link64'], view: View): Said {
  const said = counts && trafficCounters(counts, undefined, view);
  return { text: `${view.newline}${said?.text ?? ''}`, ...(said !== undefined && { json: said.json }) };
}

/** All groups, in the order in which they are shown. */
export const leaves: readonly Leaf[] = [
  {
    path: ['afstats', 'mpls'],
    describe: ({ afSpec }, { newline }) => {
      const counts = afSpec?.mpls?.link;
      if (counts === undefined) return { text: '' };
      const { rx, tx } = mplsWays(counts);
      return { text: `${newline}${waysText({ rx, tx }, '    ', newline)}`, json: { mpls_stats: { rx, tx } } };
    },
  },
  {
    path: ['link'],
    describe: ({ link64 }, view) => traffic(link64, view),
  },
  {
    path: ['offload', 'l3_stats'],
    describe: (attributes, { newline }) => {
      const said = request(attributes);
      const counts = attributes.linkOffloadXstats?.l3Stats;
      const { rx, tx } = counts === undefined ? {} : hardwareWays(counts);
      return {
        text: `${said?.text ?? ''}${rx && tx ? `${newline}${waysText({ rx, tx }, '    ', newline)}` : ''}`,
        json: {
          ...(said?.json !== undefined && { info: said.json }),
          ...(rx !== undefined && tx !== undefined && { stats64: { rx, tx } }),
        },
      };
    },
  },
  { path: ['offload', 'hw_stats_info'], describe: hardwareInfo },
  {
    path: ['offload', 'cpu_hit'],
    describe: ({ linkOffloadXstats }, view) => traffic(linkOffloadXstats?.cpuHit, view),
  },
  ...suites('bond', { '802.3ad': aggregationCounts }),
  ...suites('bridge', { vlan: vlanCounts, mcast: multicastCounts, stp: spanningTreeCounts }),
];
