import { invalidArgument } from '../../exit.ts';
import { type OptionRow, readOptions } from '../../grammar.ts';
import { hexWithPrefix } from '../../numbers.ts';
import { type Part, value, words } from '../../show/fields.ts';
import { oneOfOnOff, unsigned } from '../../values.ts';
import { type LinkView, linkName } from '../view.ts';
import { bit, bridgeId, seconds } from './bridge-common.ts';
import type { Kind, KindContext, PortDataOf, PortDraftOf } from './kind.ts';
import { unknownWord } from './parse.ts';

const usage = `\
Usage: ... bridge_slave [ fdb_flush ]
			[ state STATE ]
			[ priority PRIO ]
			[ cost COST ]
			[ guard {on | off} ]
			[ hairpin {on | off} ]
			[ fastleave {on | off} ]
			[ root_block {on | off} ]
			[ learning {on | off} ]
			[ flood {on | off} ]
			[ proxy_arp {on | off} ]
			[ proxy_arp_wifi {on | off} ]
			[ mcast_router MULTICAST_ROUTER ]
			[ mcast_fast_leave {on | off} ]
			[ mcast_flood {on | off} ]
			[ bcast_flood {on | off} ]
			[ mcast_to_unicast {on | off} ]
			[ group_fwd_mask MASK ]
			[ neigh_suppress {on | off} ]
			[ neigh_vlan_suppress {on | off} ]
			[ neigh_forward_grat {on | off} ]
			[ vlan_tunnel {on | off} ]
			[ isolated {on | off} ]
			[ locked {on | off} ]
			[ mab {on | off} ]
			[ backup_port DEVICE ] [ nobackup_port ]
			[ backup_nhid NHID ]
`;

type Data = PortDataOf<'bridge'>;
type Draft = PortDraftOf<'bridge'>;
type Row = OptionRow<Draft, KindContext>;
type Shown = Part<Data, LinkView>;

/** The settings that are on or off, by their words; they are read and shown alike. */
type Switch = {
  readonly [K in keyof Data]-?: NonNullable<Data[K]> extends boolean ? K : never;
}[keyof Data];
const switches = {
  guard: 'guard',
  hairpin: 'mode',
  fastleave: 'fastLeave',
  root_block: 'protect',
  learning: 'learning',
  flood: 'unicastFlood',
  proxy_arp: 'proxyarp',
  proxy_arp_wifi: 'proxyarpWifi',
  mcast_fast_leave: 'fastLeave',
  mcast_flood: 'mcastFlood',
  bcast_flood: 'bcastFlood',
  mcast_to_unicast: 'mcastToUcast',
  neigh_suppress: 'neighSuppress',
  neigh_vlan_suppress: 'neighVlanSuppress',
  neigh_forward_grat: 'neighForwardGrat',
  vlan_tunnel: 'vlanTunnel',
  isolated: 'isolated',
  locked: 'locked',
  mab: 'mab',
} as const satisfies Readonly<Record<string, Switch>>;

/** Words that were added late are not cut. */
const switchRow = (name: keyof typeof switches, words = `${name}*`): Row => ({
  words,
  apply: (draft, take) => {
    draft[switches[name]] = oneOfOnOff(take(), name, 1);
  },
});

const rows: readonly Row[] = [
  {
    words: 'fdb_flush*',
    apply: (draft) => {
      draft.flush = true;
    },
  },
  {
    words: 'state*',
    apply: (draft, take) => {
      draft.state = unsigned(take(), 8, 'state is invalid');
    },
  },
  {
    words: 'priority*',
    apply: (draft, take) => {
      draft.priority = unsigned(take(), 16, 'priority is invalid');
    },
  },
  {
    words: 'cost*',
    apply: (draft, take) => {
      draft.cost = unsigned(take(), 32, 'cost is invalid');
    },
  },
  switchRow('hairpin'),
  switchRow('guard'),
  switchRow('root_block'),
  switchRow('fastleave'),
  switchRow('learning'),
  switchRow('flood'),
  switchRow('mcast_to_unicast'),
  switchRow('proxy_arp'),
  switchRow('proxy_arp_wifi'),
  {
    words: 'mcast_router*',
    apply: (draft, take) => {
      draft.multicastRouter = unsigned(take(), 8, 'invalid mcast_router');
    },
  },
  switchRow('mcast_flood'),
  switchRow('bcast_flood'),
  switchRow('mcast_fast_leave'),
  {
    words: 'group_fwd_mask*',
    apply: (draft, take) => {
      draft.groupFwdMask = unsigned(take(), 16, 'invalid group_fwd_mask');
    },
  },
  switchRow('neigh_suppress'),
  switchRow('neigh_vlan_suppress', 'neigh_vlan_suppress'),
  switchRow('neigh_forward_grat', 'neigh_forward_grat'),
  switchRow('vlan_tunnel'),
  switchRow('isolated'),
  switchRow('locked'),
  switchRow('mab', 'mab'),
  {
    words: 'backup_port*',
    apply: (draft, take, { lookup }) => {
      const word = take();
      draft.backupPort = lookup.indexOf(word);
      if (draft.backupPort === 0) throw invalidArgument(word, 'Device does not exist\n');
    },
  },
  {
    words: 'backup_nhid',
    apply: (draft, take) => {
      draft.backupNhid = unsigned(take(), 32, 'backup_nhid is invalid');
    },
  },
  {
    words: 'nobackup_port*',
    apply: (draft) => {
      draft.backupPort = 0;
    },
  },
];

const states = ['disabled', 'listening', 'learning', 'forwarding', 'blocking'];
const hex = (number: number | undefined) => (number === undefined ? undefined : hexWithPrefix(number));

const onOrOff = (name: keyof typeof switches): Shown =>
  value(
    name,
    (on) => `${name} ${on === true ? 'on' : 'off'} `,
    (data) => data[switches[name]],
  );

function timer(name: string, get: (data: Data) => bigint | undefined): Shown {
  return value(
    name,
    (_value, _view, data) => `${name} ${seconds(get(data))?.literal.padStart(7)} `,
    (data) => seconds(get(data)),
  );
}

/** Frames that standards forbid to forward, by the bit that allows it. */
const forwardedFrames: readonly (readonly [bit: number, name: string])[] = [
  [0x1, 'stp'],
  [0x4, 'lacp'],
  [0x4000, 'lldp'],
];

function frameNames(mask: number): string {
  const bits = Array.from({ length: 16 }, (_bit, position) => 1 << position).filter((bit) => (mask & bit) !== 0);
  const names = bits.map((bit) => forwardedFrames.find(([each]) => each === bit)?.[1] ?? `0x${bit.toString(16)}`);
  return names.length === 0 ? '0x0' : names.join(',');
}

const describe: readonly Shown[] = [
  ({ state }) => {
    if (state === undefined) return undefined;
    const name = states[state];
    return name === undefined
      ? { text: `state (${state}) `, json: { state_index: state } }
      : { text: `state ${name} `, json: { state: name } };
  },
  value('priority', 'priority % ', (data) => data.priority),
  value('cost', 'cost % ', ({ cost }) => (cost === undefined ? undefined : cost | 0)),
  onOrOff('hairpin'),
  onOrOff('guard'),
  onOrOff('root_block'),
  onOrOff('fastleave'),
  onOrOff('learning'),
  onOrOff('flood'),
  value('id', 'port_id % ', (data) => hex(data.id)),
  value('no', 'port_no % ', (data) => hex(data.no)),
  value('designated_port', 'designated_port % ', (data) => data.designatedPort),
  value('designated_cost', 'designated_cost % ', (data) => data.designatedCost),
  value('bridge_id', 'designated_bridge % ', (data) => data.bridgeId && bridgeId(data.bridgeId)),
  value('root_id', 'designated_root % ', (data) => data.rootId && bridgeId(data.rootId)),
  timer('hold_timer', (data) => data.holdTimer),
  timer('message_age_timer', (data) => data.messageAgeTimer),
  timer('forward_delay_timer', (data) => data.forwardDelayTimer),
  value('topology_change_ack', 'topology_change_ack % ', (data) => bit(data.topologyChangeAck)),
  value('config_pending', 'config_pending % ', (data) => bit(data.configPending)),
  onOrOff('proxy_arp'),
  onOrOff('proxy_arp_wifi'),
  value('multicast_router', 'mcast_router % ', (data) => data.multicastRouter),
  words(({ fastLeave }) =>
    // in JSON it is said only once, as `fastleave`
    fastLeave === undefined ? '' : `mcast_fast_leave ${fastLeave ? 'on' : 'off'} `,
  ),
  onOrOff('mcast_flood'),
  onOrOff('bcast_flood'),
  onOrOff('mcast_to_unicast'),
  onOrOff('neigh_suppress'),
  onOrOff('neigh_vlan_suppress'),
  onOrOff('neigh_forward_grat'),
  value('group_fwd_mask', 'group_fwd_mask % ', ({ groupFwdMask }) =>
    groupFwdMask === undefined ? undefined : hexWithPrefix(groupFwdMask),
  ),
  value('group_fwd_mask_str', 'group_fwd_mask_str % ', ({ groupFwdMask }) =>
    groupFwdMask === undefined ? undefined : frameNames(groupFwdMask),
  ),
  onOrOff('vlan_tunnel'),
  onOrOff('isolated'),
  onOrOff('locked'),
  onOrOff('mab'),
  value('backup_port', 'backup_port % ', ({ backupPort }, view) =>
    backupPort === undefined || backupPort === 0 ? undefined : linkName(view, backupPort),
  ),
  value('backup_nhid', 'backup_nhid % ', (data) => data.backupNhid),
];

/** A link as a port of a bridge: `ip link set DEV type bridge_slave …`. */
export const bridgePort: Kind<Data, Draft> = {
  kind: 'bridge_slave',
  usage,
  describe,
  parse(list, context) {
    const draft: Draft = {};
    readOptions(
      {
        rows,
        otherwise: (_draft, word) => {
          throw unknownWord(word, `bridge_slave: unknown option "${word}"?`, usage);
        },
      },
      list,
      draft,
      context,
    );
    return draft;
  },
};
