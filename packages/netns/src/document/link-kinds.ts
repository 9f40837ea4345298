import { linkinfo } from '../netlink/families/route/link.ts';
import type { Pair, Shape } from '../wire/shape.ts';
import { linkName } from './formats.ts';
import { schemaOf } from './from-wire.ts';
import type { KindData, Schema } from './schema.ts';

/** What a document has to know of a kind of link beside its attributes, which the catalogue declares. */
export interface LinkKind {
  /** Attributes that the kernel only reports, or that a document says otherwise. */
  readonly readOnly?: readonly string[];
  /** What the attributes are where nothing is said: such values are not written into a document, and left out means this. */
  readonly usual?: KindData;
  /** Attributes that cannot be changed: the device is made anew. */
  readonly fixed?: readonly string[] | 'all';
  /** The device below is an attribute (`IFLA_VXLAN_LINK`), not IFLA_LINK. */
  readonly linkInData?: true;
  /** A change says all attributes: those that it does not say would become nothing. */
  readonly changesAll?: true;
  /** Attributes that are indexes of devices, which a document names. */
  readonly devices?: readonly string[];
  /** Settings that all links have, where a new one of this kind has others. */
  readonly settings?: { readonly mtu?: number; readonly txQueueLength?: number; readonly arp?: boolean };
  /** Settings that a new one takes from the device that it is made on. */
  readonly inherits?: readonly ('arp' | 'multicast')[];
  /** How `ip` says a truth: `learning` and `nolearning`, or `learning on` and `off`. Mostly it is `1` and `0`. */
  readonly truths?: 'no' | 'on';
  /** How `ip` calls attributes, where it is not the same with `_` between the words. */
  readonly words?: Readonly<Record<string, string>>;
}

const tunnel: LinkKind = {
  readOnly: ['link', 'encapType', 'encapFlags', 'encapSport', 'encapDport'],
  usual: { ttl: 0, tos: 0, pmtudisc: true, fwmark: 0, iflags: 0, oflags: 0, ikey: 0, okey: 0, ignoreDf: false },
  linkInData: true,
  changesAll: true,
};
const tunnel6: LinkKind = {
  ...tunnel,
  usual: { ttl: 0, encapLimit: 0, flowinfo: 0, flags: 0, fwmark: 0, iflags: 0, oflags: 0, ikey: 0, okey: 0 },
};
const macvlan: LinkKind = {
  readOnly: ['macaddrMode', 'macaddr', 'macaddrData', 'macaddrCount', 'bcQueueLenUsed'],
  usual: { mode: 'vepa', flags: 0, bcQueueLen: 1000 },
};
const ipvlan: LinkKind = { usual: { mode: 'l3', flags: 0 } };

/** What is known of kinds. A kind that is not here is described with all its attributes, and made anew to change one. */
const known: Readonly<Record<string, LinkKind>> = {
  veth: { readOnly: ['peer'], settings: { mtu: 1500 } },
  vxcan: { readOnly: ['peer'] },
  netkit: { readOnly: ['peerInfo', 'primary'], usual: { policy: 0, peerPolicy: 0, mode: 1 }, fixed: 'all' },
  dummy: { settings: { mtu: 1500, arp: false } },
  ifb: { settings: { mtu: 1500, txQueueLength: 32, arp: false } },
  vrf: { fixed: 'all', settings: { arp: false } },
  wireguard: { settings: { mtu: 1420, arp: false } },
  nlmon: { settings: { arp: false } },
  bridge: {
    readOnly: [
      'rootId',
      'bridgeId',
      'rootPort',
      'rootPathCost',
      'topologyChange',
      'topologyChangeDetected',
      'helloTimer',
      'tcnTimer',
      'topologyChangeTimer',
      'gcTimer',
      'fdbFlush',
      'fdbNLearned',
      'mcastHashElasticity',
      'mcastQuerierState',
      'multiBoolopt',
      'stpMode',
    ],
    usual: {
      forwardDelay: 1500,
      helloTime: 200,
      maxAge: 2000,
      ageingTime: 30000,
      stpState: 0,
      priority: 32768,
      vlanFiltering: false,
      vlanProtocol: 0x8100,
      groupFwdMask: 0,
      groupAddr: '01:80:c2:00:00:00',
      mcastRouter: 1,
      mcastSnooping: true,
      mcastQueryUseIfaddr: false,
      mcastQuerier: false,
      mcastHashMax: 4096,
      mcastLastMemberCnt: 2,
      mcastStartupQueryCnt: 2,
      mcastLastMemberIntvl: 100,
      mcastMembershipIntvl: 26000,
      mcastQuerierIntvl: 25500,
      mcastQueryIntvl: 12500,
      mcastQueryResponseIntvl: 1000,
      mcastStartupQueryIntvl: 3124,
      nfCallIptables: false,
      nfCallIp6tables: false,
      nfCallArptables: false,
      vlanDefaultPvid: 1,
      vlanStatsEnabled: false,
      vlanStatsPerPort: false,
      mcastStatsEnabled: false,
      mcastIgmpVersion: 2,
      mcastMldVersion: 1,
      fdbMaxLearned: 0,
    },
    words: {
      groupAddr: 'group_address',
      mcastLastMemberCnt: 'mcast_last_member_count',
      mcastStartupQueryCnt: 'mcast_startup_query_count',
      mcastLastMemberIntvl: 'mcast_last_member_interval',
      mcastMembershipIntvl: 'mcast_membership_interval',
      mcastQuerierIntvl: 'mcast_querier_interval',
      mcastQueryIntvl: 'mcast_query_interval',
      mcastQueryResponseIntvl: 'mcast_query_response_interval',
      mcastStartupQueryIntvl: 'mcast_startup_query_interval',
      nfCallIptables: 'nf_call_iptables',
      nfCallIp6tables: 'nf_call_ip6tables',
      nfCallArptables: 'nf_call_arptables',
    },
  },
  vxlan: {
    readOnly: ['link', 'reservedBits'],
    usual: {
      ttl: 0,
      ttlInherit: false,
      tos: 0,
      df: 0,
      label: 0,
      labelPolicy: 0,
      learning: true,
      proxy: false,
      rsc: false,
      l2miss: false,
      l3miss: false,
      collectMetadata: false,
      ageing: 300,
      limit: 0,
      udpCsum: true,
      udpZeroCsum6Tx: false,
      udpZeroCsum6Rx: false,
      remcsumTx: false,
      remcsumRx: false,
      localbypass: true,
      mcRoute: false,
      vnifilter: false,
      gbp: false,
      gpe: false,
      remcsumNopartial: false,
      portRange: { low: 0, high: 0 },
    },
    fixed: [
      'id',
      'local',
      'local6',
      'port',
      'portRange',
      'limit',
      'proxy',
      'rsc',
      'l2miss',
      'l3miss',
      'collectMetadata',
      'udpCsum',
      'udpZeroCsum6Tx',
      'udpZeroCsum6Rx',
      'remcsumTx',
      'remcsumRx',
      'gbp',
      'gpe',
      'remcsumNopartial',
      'vnifilter',
    ],
    linkInData: true,
    truths: 'no',
    words: {
      portRange: 'srcport',
      group: 'remote',
      port: 'dstport',
      group6: 'remote',
      local6: 'local',
      udpCsum: 'udpcsum',
      udpZeroCsum6Tx: 'udp6zerocsumtx',
      udpZeroCsum6Rx: 'udp6zerocsumrx',
      label: 'flowlabel',
      limit: 'maxaddress',
      collectMetadata: 'external',
    },
  },
  vlan: {
    usual: { protocol: '802.1Q', flags: { flags: 1, mask: 0xffffffff } },
    fixed: ['id', 'protocol'],
    inherits: ['arp', 'multicast'],
  },
  macvlan,
  macvtap: { ...macvlan, settings: { txQueueLength: 500 } },
  ipvlan,
  ipvtap: { ...ipvlan, settings: { txQueueLength: 500 } },
  bond: {
    readOnly: ['activeSlave', 'adInfo', 'useCarrier'],
    devices: ['primary'],
    usual: {
      mode: 'balance-rr',
      miimon: 0,
      updelay: 0,
      downdelay: 0,
      peerNotifDelay: 0,
      arpInterval: 0,
      arpValidate: 0,
      arpAllTargets: 0,
      primaryReselect: 0,
      failOverMac: 0,
      xmitHashPolicy: 0,
      resendIgmp: 1,
      numPeerNotif: 1,
      allSlavesActive: 0,
      minLinks: 0,
      lpInterval: 1,
      packetsPerSlave: 1,
      adLacpActive: 1,
      adLacpRate: 0,
      adSelect: 0,
      tlbDynamicLb: 1,
      missedMax: 2,
      coupledControl: 1,
      broadcastNeigh: 0,
    },
  },
  geneve: {
    usual: {
      udpCsum: false,
      ttl: 0,
      tos: 0,
      label: 0,
      df: 0,
      port: 6081,
      udpZeroCsum6Rx: true,
      ttlInherit: false,
      collectMetadata: false,
    },
    truths: 'no',
    words: { port: 'dstport', udpCsum: 'udpcsum', udpZeroCsum6Rx: 'udp6zerocsumrx', collectMetadata: 'external' },
    fixed: ['id', 'port', 'collectMetadata'],
  },
  gre: tunnel,
  gretap: tunnel,
  erspan: tunnel,
  ipip: { ...tunnel, usual: { ...tunnel.usual, proto: 4 } },
  sit: {
    ...tunnel,
    usual: {
      ...tunnel.usual,
      ttl: 64,
      proto: 41,
      flags: 0,
      sixrdPrefix: '2002::',
      sixrdRelayPrefix: '0.0.0.0',
      sixrdPrefixlen: 16,
      sixrdRelayPrefixlen: 0,
    },
  },
  vti: tunnel,
  vti6: tunnel6,
  ip6tnl: { ...tunnel6, usual: { ...tunnel6.usual, proto: 0 } },
  ip6gre: tunnel6,
  ip6gretap: tunnel6,
  ip6erspan: tunnel6,
  xfrm: { readOnly: ['link'], linkInData: true, fixed: 'all', settings: { arp: false } },
  tun: { fixed: 'all' },
};

const unknown: LinkKind = { fixed: 'all' };
const none: LinkKind = {};

export function linkKind(kind: string | undefined): LinkKind {
  if (kind === undefined) return none;
  return Object.hasOwn(known, kind) ? (known[kind] ?? unknown) : unknown;
}

const [kindPair] = linkinfo.pairs;
const slavePair = linkinfo.byName.get('slave') as Pair;

/** The attributes of a kind, as the catalogue declares them. */
export function shapeOfKind(kind: string): Shape | undefined {
  return kindPair?.arms.get(kind);
}

/** What a link is to its master, by the master's kind: the port of a bridge, say. */
export function shapeOfPort(kind: string): Shape | undefined {
  return slavePair.arms.get(kind);
}

/** What of a port the kernel finds out by itself. */
const portReadOnly: Readonly<Record<string, readonly string[]>> = {
  bridge: [
    'state',
    'rootId',
    'bridgeId',
    'designatedPort',
    'designatedCost',
    'id',
    'no',
    'topologyChangeAck',
    'configPending',
    'messageAgeTimer',
    'forwardDelayTimer',
    'holdTimer',
    'flush',
    'mcastEhtHostsCnt',
    'mcastNGroups',
    'mrpRingOpen',
    'mrpInOpen',
    'backupPort',
  ],
  bond: [
    'state',
    'miiStatus',
    'linkFailureCount',
    'permHwaddr',
    'adAggregatorId',
    'adActorOperPortState',
    'adPartnerOperPortState',
    'actorPortPrio',
    'adChurnActorState',
    'adChurnPartnerState',
  ],
  vrf: ['table'],
};

const portUsual: Readonly<Record<string, KindData>> = {
  bridge: {
    priority: 32,
    mode: false,
    guard: false,
    protect: false,
    fastLeave: false,
    learning: true,
    unicastFlood: true,
    proxyarp: false,
    proxyarpWifi: false,
    learningSync: false,
    multicastRouter: 1,
    mcastFlood: true,
    mcastToUcast: false,
    vlanTunnel: false,
    bcastFlood: true,
    groupFwdMask: 0,
    neighSuppress: false,
    isolated: false,
    mcastEhtHostsLimit: 512,
    locked: false,
    mab: false,
    mcastMaxGroups: 0,
    neighVlanSuppress: false,
    backupNhid: 0,
  },
  bond: { queueId: 0, prio: 0 },
};

const portWords = {
  mode: 'hairpin',
  unicastFlood: 'flood',
  multicastRouter: 'mcast_router',
  mcastToUcast: 'mcast_to_unicast',
  fastLeave: 'mcast_fast_leave',
  proxyarp: 'proxy_arp',
  proxyarpWifi: 'proxy_arp_wifi',
  protect: 'root_block',
  queueId: 'queue_id',
};

/** As `linkKind`, for what a link is to its master. */
export function portKind(kind: string): LinkKind {
  return { readOnly: portReadOnly[kind] ?? [], usual: portUsual[kind] ?? {}, truths: 'on', words: portWords };
}

/** The schemas of `data`, by kind. */
export const linkDataSchemas: Readonly<Record<string, Schema>> = Object.fromEntries(
  [...(kindPair?.arms ?? [])].map(([kind, shape]) => [
    kind,
    withDevices(schemaOf(shape, linkKind(kind).readOnly), kind),
  ]),
);

export const portDataSchemas: Readonly<Record<string, Schema>> = Object.fromEntries(
  [...slavePair.arms].map(([kind, shape]) => [kind, schemaOf(shape, portKind(kind).readOnly)]),
);

function withDevices(schema: Schema, kind: string): Schema {
  const { devices = [] } = linkKind(kind);
  if (schema.form !== 'fields' || devices.length === 0) return schema;
  return { ...schema, fields: { ...schema.fields, ...Object.fromEntries(devices.map((name) => [name, linkName])) } };
}

/** Devices that the kernel puts into a namespace by itself where it has the kind; nobody can take them away. */
const ofTheKernel: ReadonlySet<string> = new Set([
  'erspan0',
  'gre0',
  'gretap0',
  'ip6_vti0',
  'ip6gre0',
  'ip6tnl0',
  'ip_vti0',
  'sit0',
  'tunl0',
]);

/** Whether a device was not made by anybody, and cannot be deleted: loopback, hardware, and what the kernel makes of itself. */
export function isOfTheKernel(name: string, kind: string | undefined): boolean {
  return kind === undefined || ofTheKernel.has(name);
}
