import { nanosecondsText } from '../../../../shaping/units.ts';
import { type OptionRow, readOptions } from '../../grammar.ts';
import { hexWithPrefix } from '../../numbers.ts';
import { type Part, value } from '../../show/fields.ts';
import { hardwareAddress, oneOf, unsigned } from '../../values.ts';
import type { LinkView } from '../view.ts';
import { bit, bridgeId, seconds } from './bridge-common.ts';
import type { DataOf, DraftOf, Kind, KindContext } from './kind.ts';
import { unknownWord } from './parse.ts';

const usage = `\
Usage: ... bridge [ fdb_flush ]
		  [ forward_delay FORWARD_DELAY ]
		  [ hello_time HELLO_TIME ]
		  [ max_age MAX_AGE ]
		  [ ageing_time AGEING_TIME ]
		  [ stp_state STP_STATE ]
		  [ stp_mode STP_MODE ]
		  [ mst_enabled MST_ENABLED ]
		  [ priority PRIORITY ]
		  [ group_fwd_mask MASK ]
		  [ group_address ADDRESS ]
		  [ no_linklocal_learn NO_LINKLOCAL_LEARN ]
		  [ fdb_local_vlan_0 FDB_LOCAL_VLAN_0 ]
		  [ fdb_max_learned FDB_MAX_LEARNED ]
		  [ vlan_filtering VLAN_FILTERING ]
		  [ vlan_protocol VLAN_PROTOCOL ]
		  [ vlan_default_pvid VLAN_DEFAULT_PVID ]
		  [ vlan_stats_enabled VLAN_STATS_ENABLED ]
		  [ vlan_stats_per_port VLAN_STATS_PER_PORT ]
		  [ mcast_snooping MULTICAST_SNOOPING ]
		  [ mcast_vlan_snooping MULTICAST_VLAN_SNOOPING ]
		  [ mcast_router MULTICAST_ROUTER ]
		  [ mcast_query_use_ifaddr MCAST_QUERY_USE_IFADDR ]
		  [ mcast_querier MULTICAST_QUERIER ]
		  [ mcast_hash_elasticity HASH_ELASTICITY ]
		  [ mcast_hash_max HASH_MAX ]
		  [ mcast_last_member_count LAST_MEMBER_COUNT ]
		  [ mcast_startup_query_count STARTUP_QUERY_COUNT ]
		  [ mcast_last_member_interval LAST_MEMBER_INTERVAL ]
		  [ mcast_membership_interval MEMBERSHIP_INTERVAL ]
		  [ mcast_querier_interval QUERIER_INTERVAL ]
		  [ mcast_query_interval QUERY_INTERVAL ]
		  [ mcast_query_response_interval QUERY_RESPONSE_INTERVAL ]
		  [ mcast_startup_query_interval STARTUP_QUERY_INTERVAL ]
		  [ mcast_stats_enabled MCAST_STATS_ENABLED ]
		  [ mcast_igmp_version IGMP_VERSION ]
		  [ mcast_mld_version MLD_VERSION ]
		  [ nf_call_iptables NF_CALL_IPTABLES ]
		  [ nf_call_ip6tables NF_CALL_IP6TABLES ]
		  [ nf_call_arptables NF_CALL_ARPTABLES ]
		  [ mdb_offload_fail_notification MDB_OFFLOAD_FAIL_NOTIFICATION ]

Where: VLAN_PROTOCOL := { 802.1Q | 802.1ad }
       STP_MODE := { auto | user | kernel }
`;

type Data = DraftOf<'bridge'>;
type Row = OptionRow<Data, KindContext>;

/** Words that were added late are not cut. */
const uncut = ['fdb_local_vlan_0', 'fdb_max_learned', 'mst_enabled', 'mdb_offload_fail_notification'];

/** An option with a number of so many bits, which it gives to an attribute. */
function number(word: string, bits: 8 | 16 | 32, set: (data: Data, number: number) => void): Row {
  return {
    words: uncut.includes(word) ? word : `${word}*`,
    apply: (data, take) => set(data, unsigned(take(), bits, `invalid ${word}`)),
  };
}

/** An option that is one bit of `multiBoolopt`. */
function choice(word: string, position: number): Row {
  return number(word, 8, (data, on) => {
    const { optval = 0, optmask = 0 } = data.multiBoolopt ?? {};
    const mask = 1 << position;
    data.multiBoolopt = { optval: on === 0 ? optval & ~mask : optval | mask, optmask: optmask | mask };
  });
}

const noLinklocalLearn = 0;
const mcastVlanSnooping = 1;
const mstEnabled = 2;
const mdbOffloadFailNotification = 3;
const fdbLocalVlan0 = 4;

/** Who speaks the spanning tree protocol, by number. */
const stpModes = ['auto', 'user', 'kernel'];

const protocols: Readonly<Record<string, number>> = { '802.1Q': 0x8100, '802.1ad': 0x88a8 };

/** ip compares names of protocols without regard to case. */
function vlanProtocol(word: string): number {
  const name = Object.keys(protocols).find((candidate) => candidate.toLowerCase() === word.toLowerCase());
  const known = name === undefined ? undefined : protocols[name];
  return known ?? unsigned(word, 16, 'invalid vlan_protocol');
}

const rows: readonly Row[] = [
  number('forward_delay', 32, (data, n) => {
    data.forwardDelay = n;
  }),
  number('hello_time', 32, (data, n) => {
    data.helloTime = n;
  }),
  number('max_age', 32, (data, n) => {
    data.maxAge = n;
  }),
  number('ageing_time', 32, (data, n) => {
    data.ageingTime = n;
  }),
  number('stp_state', 32, (data, n) => {
    data.stpState = n;
  }),
  {
    words: 'stp_mode',
    apply: (data, take) => {
      data.stpMode = oneOf(stpModes, take(), 'stp_mode', 1);
    },
  },
  number('priority', 16, (data, n) => {
    data.priority = n;
  }),
  choice('mst_enabled', mstEnabled),
  number('vlan_filtering', 8, (data, n) => {
    data.vlanFiltering = n !== 0;
  }),
  {
    words: 'vlan_protocol*',
    apply: (data, take) => {
      data.vlanProtocol = vlanProtocol(take());
    },
  },
  number('group_fwd_mask', 16, (data, n) => {
    data.groupFwdMask = n;
  }),
  {
    words: 'group_address*',
    apply: (data, take) => {
      data.groupAddr = hardwareAddress(take());
    },
  },
  choice('no_linklocal_learn', noLinklocalLearn),
  choice('fdb_local_vlan_0', fdbLocalVlan0),
  number('fdb_max_learned', 32, (data, n) => {
    data.fdbMaxLearned = n;
  }),
  {
    words: 'fdb_flush*',
    apply: (data) => {
      data.fdbFlush = true;
    },
  },
  number('vlan_default_pvid', 16, (data, n) => {
    data.vlanDefaultPvid = n;
  }),
  number('vlan_stats_enabled', 8, (data, n) => {
    data.vlanStatsEnabled = n !== 0;
  }),
  number('vlan_stats_per_port', 8, (data, n) => {
    data.vlanStatsPerPort = n !== 0;
  }),
  number('mcast_router', 8, (data, n) => {
    data.mcastRouter = n;
  }),
  number('mcast_snooping', 8, (data, n) => {
    data.mcastSnooping = n !== 0;
  }),
  choice('mcast_vlan_snooping', mcastVlanSnooping),
  number('mcast_query_use_ifaddr', 8, (data, n) => {
    data.mcastQueryUseIfaddr = n !== 0;
  }),
  number('mcast_querier', 8, (data, n) => {
    data.mcastQuerier = n !== 0;
  }),
  number('mcast_hash_elasticity', 32, (data, n) => {
    data.mcastHashElasticity = n;
  }),
  number('mcast_hash_max', 32, (data, n) => {
    data.mcastHashMax = n;
  }),
  number('mcast_last_member_count', 32, (data, n) => {
    data.mcastLastMemberCnt = n;
  }),
  number('mcast_startup_query_count', 32, (data, n) => {
    data.mcastStartupQueryCnt = n;
  }),
  number('mcast_last_member_interval', 32, (data, n) => {
    data.mcastLastMemberIntvl = BigInt(n);
  }),
  number('mcast_membership_interval', 32, (data, n) => {
    data.mcastMembershipIntvl = BigInt(n);
  }),
  number('mcast_querier_interval', 32, (data, n) => {
    data.mcastQuerierIntvl = BigInt(n);
  }),
  number('mcast_query_interval', 32, (data, n) => {
    data.mcastQueryIntvl = BigInt(n);
  }),
  number('mcast_query_response_interval', 32, (data, n) => {
    data.mcastQueryResponseIntvl = BigInt(n);
  }),
  number('mcast_startup_query_interval', 32, (data, n) => {
    data.mcastStartupQueryIntvl = BigInt(n);
  }),
  choice('mdb_offload_fail_notification', mdbOffloadFailNotification),
  number('mcast_stats_enabled', 8, (data, n) => {
    data.mcastStatsEnabled = n !== 0;
  }),
  number('mcast_igmp_version', 8, (data, n) => {
    data.mcastIgmpVersion = n;
  }),
  number('mcast_mld_version', 8, (data, n) => {
    data.mcastMldVersion = n;
  }),
  number('nf_call_iptables', 8, (data, n) => {
    data.nfCallIptables = n !== 0;
  }),
  number('nf_call_ip6tables', 8, (data, n) => {
    data.nfCallIp6tables = n !== 0;
  }),
  number('nf_call_arptables', 8, (data, n) => {
    data.nfCallArptables = n !== 0;
  }),
];

type Shown = Part<DataOf<'bridge'>, LinkView>;

/** A number with its name in front; the name may be another one in text. */
function shown(json: string, get: (data: DataOf<'bridge'>) => number | bigint | undefined, text: string = json): Shown {
  return value(json, `${text} % `, get);
}

/** Who asks for multicast members, in one family. What the kernel counts in hundredths of a second, `ip` calls nanoseconds. */
function querier(
  family: 'ipv4' | 'ipv6',
  addressKey: 'ipAddress' | 'ipv6Address',
  portKey: 'ipPort' | 'ipv6Port',
  timerKey: 'ipOtherTimer' | 'ipv6OtherTimer',
): Shown {
  const name = (what: string) => `mcast_querier_${family}_${what}`;
  return ({ mcastQuerierState: state }) => {
    if (state === undefined) return undefined;
    const { [addressKey]: address, [portKey]: port, [timerKey]: timer } = state;
    const members = {
      ...(address !== undefined && { [name('addr')]: address }),
      ...(port !== undefined && { [name('port')]: port }),
      ...(timer !== undefined && timer !== 0n && { [name('other_timer')]: nanosecondsText(Number(timer)) }),
    };
    const text = Object.entries(members).map(([key, found]) => `${key} ${found} `);
    return { text: text.join(''), json: { [`mcast_querier_state_${family}`]: members } };
  };
}

/** Timers stand in a column of seven. */
function timer(name: string, get: (data: DataOf<'bridge'>) => bigint | undefined): Shown {
  return value(
    name,
    (_value, _view, data) => `${name} ${seconds(get(data))?.literal.padStart(7)} `,
    (data) => seconds(get(data)),
  );
}

function boolopt(name: string, position: number): Shown {
  return shown(name, ({ multiBoolopt: { optval, optmask } = { optval: 0, optmask: 0 } }) =>
    (optmask >> position) & 1 ? (optval >> position) & 1 : undefined,
  );
}

function protocolName(number: number): string {
  return Object.keys(protocols).find((name) => protocols[name] === number) ?? `[${number}]`;
}

const describe: readonly Shown[] = [
  shown('forward_delay', (data) => data.forwardDelay),
  shown('hello_time', (data) => data.helloTime),
  shown('max_age', (data) => data.maxAge),
  shown('ageing_time', (data) => data.ageingTime),
  shown('stp_state', (data) => data.stpState),
  value('stp_mode', 'stp_mode % ', ({ stpMode }) =>
    stpMode === undefined ? undefined : (stpModes[stpMode] ?? '(unknown)'),
  ),
  shown('priority', (data) => data.priority),
  shown('vlan_filtering', (data) => bit(data.vlanFiltering)),
  value('vlan_protocol', 'vlan_protocol % ', (data) =>
    data.vlanProtocol === undefined ? undefined : protocolName(data.vlanProtocol),
  ),
  value('bridge_id', 'bridge_id % ', (data) => data.bridgeId && bridgeId(data.bridgeId)),
  value('root_id', 'designated_root % ', (data) => data.rootId && bridgeId(data.rootId)),
  shown('root_port', (data) => data.rootPort),
  shown('root_path_cost', (data) => data.rootPathCost),
  shown('topology_change', (data) => bit(data.topologyChange)),
  shown('topology_change_detected', (data) => bit(data.topologyChangeDetected)),
  timer('hello_timer', (data) => data.helloTimer),
  timer('tcn_timer', (data) => data.tcnTimer),
  timer('topology_change_timer', (data) => data.topologyChangeTimer),
  timer('gc_timer', (data) => data.gcTimer),
  shown('fdb_n_learned', (data) => data.fdbNLearned),
  shown('fdb_max_learned', (data) => data.fdbMaxLearned),
  shown('vlan_default_pvid', (data) => data.vlanDefaultPvid),
  shown('vlan_stats_enabled', (data) => bit(data.vlanStatsEnabled)),
  shown('vlan_stats_per_port', (data) => bit(data.vlanStatsPerPort)),
  value('group_fwd_mask', 'group_fwd_mask % ', (data) =>
    data.groupFwdMask === undefined ? undefined : hexWithPrefix(data.groupFwdMask),
  ),
  value('group_addr', 'group_address % ', (data) => data.groupAddr),
  shown('mcast_snooping', (data) => bit(data.mcastSnooping)),
  boolopt('no_linklocal_learn', noLinklocalLearn),
  boolopt('mcast_vlan_snooping', mcastVlanSnooping),
  boolopt('mst_enabled', mstEnabled),
  boolopt('mdb_offload_fail_notification', mdbOffloadFailNotification),
  boolopt('fdb_local_vlan_0', fdbLocalVlan0),
  shown('mcast_router', (data) => data.mcastRouter),
  shown('mcast_query_use_ifaddr', (data) => bit(data.mcastQueryUseIfaddr)),
  shown('mcast_querier', (data) => bit(data.mcastQuerier)),
  querier('ipv4', 'ipAddress', 'ipPort', 'ipOtherTimer'),
  querier('ipv6', 'ipv6Address', 'ipv6Port', 'ipv6OtherTimer'),
  shown('mcast_hash_elasticity', (data) => data.mcastHashElasticity),
  shown('mcast_hash_max', (data) => data.mcastHashMax),
  shown('mcast_last_member_cnt', (data) => data.mcastLastMemberCnt, 'mcast_last_member_count'),
  shown('mcast_startup_query_cnt', (data) => data.mcastStartupQueryCnt, 'mcast_startup_query_count'),
  shown('mcast_last_member_intvl', (data) => data.mcastLastMemberIntvl, 'mcast_last_member_interval'),
  shown('mcast_membership_intvl', (data) => data.mcastMembershipIntvl, 'mcast_membership_interval'),
  shown('mcast_querier_intvl', (data) => data.mcastQuerierIntvl, 'mcast_querier_interval'),
  shown('mcast_query_intvl', (data) => data.mcastQueryIntvl, 'mcast_query_interval'),
  shown('mcast_query_response_intvl', (data) => data.mcastQueryResponseIntvl, 'mcast_query_response_interval'),
  shown('mcast_startup_query_intvl', (data) => data.mcastStartupQueryIntvl, 'mcast_startup_query_interval'),
  shown('mcast_stats_enabled', (data) => bit(data.mcastStatsEnabled)),
  shown('mcast_igmp_version', (data) => data.mcastIgmpVersion),
  shown('mcast_mld_version', (data) => data.mcastMldVersion),
  shown('nf_call_iptables', (data) => bit(data.nfCallIptables)),
  shown('nf_call_ip6tables', (data) => bit(data.nfCallIp6tables)),
  shown('nf_call_arptables', (data) => bit(data.nfCallArptables)),
];

/** A switch: `ip link add NAME type bridge …`. Times are in hundredths of a second. */
export const bridge: Kind<DataOf<'bridge'>, Data> = {
  kind: 'bridge',
  usage,
  describe,
  parse(words, context) {
    const data: Data = {};
    readOptions(
      {
        rows,
        otherwise: (_data, word) => {
          throw unknownWord(word, `bridge: unknown command "${word}"?`, usage);
        },
      },
      words,
      data,
      context,
    );
    return data;
  },
};
