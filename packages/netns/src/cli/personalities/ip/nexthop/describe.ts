import { AF_INET, AF_INET6 } from '../../../../netlink/families/route/address-families.ts';
import { type NexthopMessage, nexthopGroupTypes } from '../../../../netlink/families/route/nexthop.ts';
import type { JsonObject } from '../json.ts';
import { describeFlags } from '../route/describe.ts';
import { describeEncap } from '../route/encap/encap.ts';
import { named, protocols, routeScopes } from '../route-names.ts';
import { host, type Part, toJson, toText, type View, value } from '../show/fields.ts';

export interface NexthopView extends View {
  deviceName(index: number): string;
}

type Shown = Part<NexthopMessage, NexthopView>;
type Member = NonNullable<NexthopMessage['attributes']['group']>[number];

/** Hundredths of a second, which is what the kernel counts time in for programs. */
const ticks = 100;

export const weightOf = ({ weight, weightHigh }: Member) => weight + 256 * weightHigh + 1;

/** The members of a group, with their weights where they are not one. */
const group: Shown = ({ attributes }) => {
  if (attributes.group === undefined) return undefined;
  const members = attributes.group.map((member) => ({ id: member.id, weight: weightOf(member) }));
  return {
    text: `group ${members.map(({ id, weight }) => (weight === 1 ? `${id}` : `${id},${weight}`)).join('/')} `,
    json: { group: members.map(({ id, weight }) => (weight === 1 ? { id } : { id, weight })) },
  };
};

const groupType: Shown = ({ attributes: { groupType: type, resGroup } }) => {
  if (type === undefined || type === 0) return undefined;
  const name = nexthopGroupTypes[type] ?? '<unknown type>';
  if (resGroup === undefined) return { text: `type ${name} `, json: { type: name } };
  const { buckets = 0, idleTimer = 0, unbalancedTimer = 0, unbalancedTime = 0n } = resGroup;
  const times = {
    buckets,
    idle_timer: idleTimer / ticks,
    unbalanced_timer: unbalancedTimer / ticks,
    unbalanced_time: Number(unbalancedTime) / ticks,
  };
  const words = Object.entries(times).map(([name, number]) => `${name} ${number} `);
  return { text: `type ${name} ${words.join('')}`, json: { type: name, resilient_args: times } };
};

const onOff = (on: boolean) => (on ? 'on' : 'off');

/** A nexthop as `ip nexthop` shows it, without the newline at its end. */
const parts: readonly Shown[] = [
  value('id', 'id % ', ({ attributes }) => attributes.id),
  group,
  groupType,
  ({ attributes: { encap } }, view) => describeEncap(encap, view),
  host(
    'gateway',
    (text, { paint }, { header: { family } }) =>
      `via ${paint(family === AF_INET ? 'inet' : family === AF_INET6 ? 'inet6' : undefined, `${text} `)}`,
    ({ attributes }) => attributes.gateway,
  ),
  value(
    'dev',
    (name, { paint }) => `dev ${paint('ifname', `${name} `)}`,
    ({ attributes: { oif } }, view) => (oif === undefined ? undefined : view.deviceName(oif)),
  ),
  value('scope', 'scope % ', ({ header: { scope } }, { options }) =>
    scope === 0 && options.details === 0 ? undefined : named(routeScopes, scope, options),
  ),
  ({ attributes: { blackhole } }) => (blackhole ? { text: 'blackhole ', json: { blackhole: null } } : undefined),
  value('protocol', 'proto % ', ({ header: { protocol } }, { options }) =>
    protocol === 0 && options.details === 0 ? undefined : named(protocols, protocol, options),
  ),
  ({ header: { flags } }) => describeFlags(flags),
  ({ attributes: { fdb } }) => (fdb ? { text: 'fdb ', json: { fdb: null } } : undefined),
  ({ attributes: { hwStatsEnable, hwStatsUsed } }) => {
    if (hwStatsEnable === undefined) return undefined;
    const states = { enabled: hwStatsEnable !== 0, used: (hwStatsUsed ?? 0) !== 0 };
    return { text: `hw_stats ${onOff(states.enabled)} used ${onOff(states.used)} `, json: { hw_stats: states } };
  },
  ({ attributes: { groupStats } }, { newline }) => {
    if (groupStats?.entry === undefined) return undefined;
    const members = groupStats.entry.map(({ id = 0, packets = 0n, packetsHw }) => ({
      id,
      packets,
      ...(packetsHw !== undefined && { packets_hw: packetsHw }),
    }));
    const lines = members.map(
      (member) =>
        `${newline}    ${Object.entries(member)
          .map(([name, number]) => `${name} ${number}`)
          .join(' ')}`,
    );
    return { text: `${newline}  stats:${lines.join('')}`, json: { group_stats: members } };
  },
];

export function nexthopText(nexthop: NexthopMessage, view: NexthopView): string {
  return toText(parts, nexthop, view);
}

export function nexthopJson(nexthop: NexthopMessage, view: NexthopView): JsonObject {
  return toJson(parts, nexthop, view);
}

/** A bucket of a resilient group. */
const bucketParts: readonly Shown[] = [
  value('id', 'id % ', ({ attributes }) => attributes.id),
  ({ attributes: { resBucket } }) => {
    if (resBucket === undefined) return undefined;
    const { index = 0, idleTime = 0n, nhId = 0 } = resBucket;
    const idle = Number(idleTime) / ticks;
    return {
      text: `index ${index} idle_time ${idle} nhid ${nhId} `,
      json: { bucket: { index, idle_time: idle, nhid: nhId } },
    };
  },
  ({ header: { flags } }) => describeFlags(flags),
];

export function bucketText(bucket: NexthopMessage, view: NexthopView): string {
  return toText(bucketParts, bucket, view);
}

export function bucketJson(bucket: NexthopMessage, view: NexthopView): JsonObject {
  return toJson(bucketParts, bucket, view);
}
