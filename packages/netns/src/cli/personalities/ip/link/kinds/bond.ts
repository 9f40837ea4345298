import { bondModes } from '../../../../../netlink/families/route/kinds/bond.ts';
import { noSuchDevice } from '../../exit.ts';
import type { OptionRow } from '../../grammar.ts';
import { address, dottedAddress, toText } from '../../inet.ts';
import { type Part, value } from '../../show/fields.ts';
import { hardwareAddress, oneOfOnOff } from '../../values.ts';
import { type LinkView, linkName } from '../view.ts';
import type { DataOf, DraftOf, Kind, KindContext } from './kind.ts';
import { choiceRow, numberRow, readWords, unknownWord } from './parse.ts';

const usage = `\
Usage: ... bond [ mode BONDMODE ] [ active_slave SLAVE_DEV ]
                [ clear_active_slave ] [ miimon MIIMON ]
                [ updelay UPDELAY ] [ downdelay DOWNDELAY ]
                [ peer_notify_delay DELAY ]
                [ use_carrier USE_CARRIER ]
                [ arp_interval ARP_INTERVAL ]
                [ arp_validate ARP_VALIDATE ]
                [ arp_all_targets ARP_ALL_TARGETS ]
                [ arp_ip_target [ ARP_IP_TARGET, ... ] ]
                [ ns_ip6_target [ NS_IP6_TARGET, ... ] ]
                [ primary SLAVE_DEV ]
                [ primary_reselect PRIMARY_RESELECT ]
                [ fail_over_mac FAIL_OVER_MAC ]
                [ xmit_hash_policy XMIT_HASH_POLICY ]
                [ resend_igmp RESEND_IGMP ]
                [ num_grat_arp|num_unsol_na NUM_GRAT_ARP|NUM_UNSOL_NA ]
                [ all_slaves_active ALL_SLAVES_ACTIVE ]
                [ min_links MIN_LINKS ]
                [ lp_interval LP_INTERVAL ]
                [ packets_per_slave PACKETS_PER_SLAVE ]
                [ tlb_dynamic_lb TLB_DYNAMIC_LB ]
                [ lacp_rate LACP_RATE ]
                [ lacp_active LACP_ACTIVE]
                [ coupled_control COUPLED_CONTROL ]
                [ broadcast_neighbor BROADCAST_NEIGHBOR ]
                [ ad_select AD_SELECT ]
                [ ad_user_port_key PORTKEY ]
                [ ad_actor_sys_prio SYSPRIO ]
                [ ad_actor_system LLADDR ]
                [ lacp_strict LACP_STRICT ]
                [ arp_missed_max MISSED_MAX ]

BONDMODE := balance-rr|active-backup|balance-xor|broadcast|802.3ad|balance-tlb|balance-alb
ARP_VALIDATE := none|active|backup|all|filter|filter_active|filter_backup
ARP_ALL_TARGETS := any|all
PRIMARY_RESELECT := always|better|failure
FAIL_OVER_MAC := none|active|follow
XMIT_HASH_POLICY := layer2|layer2+3|layer3+4|encap2+3|encap3+4|vlan+srcmac
LACP_ACTIVE := off|on
LACP_RATE := slow|fast
AD_SELECT := stable|bandwidth|count
COUPLED_CONTROL := off|on
BROADCAST_NEIGHBOR := off|on
LACP_STRICT := off|on
`;

type Data = DataOf<'bond'>;
type Draft = DraftOf<'bond'>;
type Row = OptionRow<Draft, KindContext>;
/** The settings that hold a number. */
type NumberName = { readonly [K in keyof Draft]-?: NonNullable<Draft[K]> extends number ? K : never }[keyof Draft];

const names = {
  mode: bondModes,
  arpValidate: ['none', 'active', 'backup', 'all', 'filter', 'filter_active', 'filter_backup'],
  arpAllTargets: ['any', 'all'],
  primaryReselect: ['always', 'better', 'failure'],
  failOverMac: ['none', 'active', 'follow'],
  xmitHashPolicy: ['layer2', 'layer3+4', 'layer2+3', 'encap2+3', 'encap3+4', 'vlan+srcmac'],
  adLacpActive: ['off', 'on'],
  adLacpRate: ['slow', 'fast'],
  adSelect: ['stable', 'bandwidth', 'count', 'actor_port_prio'],
} as const satisfies { readonly [K in NumberName]?: readonly string[] };

const number = (words: string, bits: 8 | 16 | 32, name: NumberName, reason?: string): Row =>
  numberRow(
    words,
    bits,
    (draft, n) => {
      draft[name] = n;
    },
    reason,
  );

const choice = (words: string, name: keyof typeof names): Row =>
  choiceRow(words, names[name], (draft, position) => {
    draft[name] = position;
  });

const toggle = (words: string, name: 'coupledControl' | 'broadcastNeigh' | 'lacpStrict'): Row => ({
  words,
  apply: (draft, take) => {
    draft[name] = Number(oneOfOnOff(take(), words.replace('*', ''), 1));
  },
});

const member = (words: string, name: 'activeSlave' | 'primary'): Row => ({
  words,
  apply: (draft, take, { lookup }) => {
    const word = take();
    draft[name] = lookup.indexOf(word);
    if (draft[name] === 0) throw noSuchDevice(word);
  },
});

/** Addresses with commas between them; with none the list becomes empty. */
const targets = (words: string, name: 'arpIpTarget' | 'nsIp6Target', read: (text: string) => string): Row => ({
  words,
  apply: (draft, take, _context, _word, following) => {
    const list = following.peek() === undefined ? '' : take();
    draft[name] = list
      .split(',')
      .filter((each) => each !== '')
      .slice(0, maximumTargets)
      .map(read);
  },
});
const maximumTargets = 16;

const rows: readonly Row[] = [
  choice('mode*', 'mode'),
  member('active_slave*', 'activeSlave'),
  {
    words: 'clear_active_slave*',
    apply: (draft) => {
      draft.activeSlave = 0;
    },
  },
  number('miimon*', 32, 'miimon'),
  number('updelay*', 32, 'updelay'),
  number('downdelay*', 32, 'downdelay'),
  number('peer_notify_delay*', 32, 'peerNotifDelay'),
  numberRow('use_carrier*', 8, (draft, n) => {
    draft.useCarrier = n !== 0;
  }),
  number('arp_interval*', 32, 'arpInterval'),
  targets('arp_ip_target*', 'arpIpTarget', (word) => toText(dottedAddress(word))),
  targets('ns_ip6_target', 'nsIp6Target', (word) => toText(address(word, 'inet6'))),
  choice('arp_validate*', 'arpValidate'),
  choice('arp_all_targets*', 'arpAllTargets'),
  member('primary*', 'primary'),
  choice('primary_reselect*', 'primaryReselect'),
  choice('fail_over_mac*', 'failOverMac'),
  choice('xmit_hash_policy*', 'xmitHashPolicy'),
  number('resend_igmp*', 32, 'resendIgmp'),
  number('num_grat_arp* num_unsol_na*', 8, 'numPeerNotif', 'invalid num_grat_arp|num_unsol_na'),
  number('all_slaves_active*', 8, 'allSlavesActive'),
  number('min_links*', 32, 'minLinks'),
  number('lp_interval*', 32, 'lpInterval'),
  number('packets_per_slave*', 32, 'packetsPerSlave'),
  choice('lacp_rate*', 'adLacpRate'),
  choice('lacp_active', 'adLacpActive'),
  toggle('coupled_control', 'coupledControl'),
  toggle('broadcast_neighbor', 'broadcastNeigh'),
  toggle('lacp_strict*', 'lacpStrict'),
  choice('ad_select*', 'adSelect'),
  number('ad_user_port_key*', 16, 'adUserPortKey'),
  number('ad_actor_sys_prio*', 16, 'adActorSysPrio'),
  {
    words: 'ad_actor_system*',
    apply: (draft, take) => {
      draft.adActorSystem = hardwareAddress(take());
    },
  },
  number('tlb_dynamic_lb*', 8, 'tlbDynamicLb'),
  number('arp_missed_max', 8, 'missedMax'),
];

type Shown = Part<Data, LinkView>;

const shown = (json: string, name: NumberName, text = json): Shown => value(json, `${text} % `, (data) => data[name]);

const named = (json: string, name: keyof typeof names, text = json): Shown =>
  value(json, `${text} % `, (data) => {
    const position = data[name];
    return position === undefined ? undefined : (names[name][position] ?? 'UNKNOWN');
  });

/** A switch: in JSON true or false. */
const onOff = (json: string, name: 'coupledControl' | 'broadcastNeigh' | 'lacpStrict'): Shown =>
  value(
    json,
    (on) => `${json} ${on === true ? 'on' : 'off'} `,
    ({ [name]: number }) => (number === undefined ? undefined : number !== 0),
  );

const link = (name: 'activeSlave' | 'primary', json: string): Shown =>
  value(json, `${json} % `, ({ [name]: index = 0 }, view) => (index === 0 ? undefined : linkName(view, index)));

const list = (json: string, name: 'arpIpTarget' | 'nsIp6Target'): Shown =>
  value(
    json,
    (addresses) => `${json} ${(addresses as readonly string[]).join(',')} `,
    (data) => (data[name]?.length === 0 ? undefined : data[name]),
  );

const describe: readonly Shown[] = [
  named('mode', 'mode'),
  link('activeSlave', 'active_slave'),
  shown('miimon', 'miimon'),
  shown('updelay', 'updelay'),
  shown('downdelay', 'downdelay'),
  shown('peer_notify_delay', 'peerNotifDelay'),
  value('use_carrier', 'use_carrier % ', ({ useCarrier }) =>
    useCarrier === undefined ? undefined : Number(useCarrier),
  ),
  shown('arp_interval', 'arpInterval'),
  shown('arp_missed_max', 'missedMax'),
  list('arp_ip_target', 'arpIpTarget'),
  list('ns_ip6_target', 'nsIp6Target'),
  // in JSON none is null
  value(
    'arp_validate',
    (_name, _view, { arpValidate = 0 }) => `arp_validate ${names.arpValidate[arpValidate] ?? 'UNKNOWN'} `,
    ({ arpValidate }) =>
      arpValidate === undefined ? undefined : arpValidate === 0 ? null : (names.arpValidate[arpValidate] ?? 'UNKNOWN'),
  ),
  named('arp_all_targets', 'arpAllTargets'),
  link('primary', 'primary'),
  named('primary_reselect', 'primaryReselect'),
  named('fail_over_mac', 'failOverMac'),
  named('xmit_hash_policy', 'xmitHashPolicy'),
  shown('resend_igmp', 'resendIgmp'),
  shown('num_peer_notif', 'numPeerNotif', 'num_grat_arp'),
  shown('all_slaves_active', 'allSlavesActive'),
  onOff('lacp_strict', 'lacpStrict'),
  shown('min_links', 'minLinks'),
  shown('lp_interval', 'lpInterval'),
  shown('packets_per_slave', 'packetsPerSlave'),
  named('ad_lacp_active', 'adLacpActive', 'lacp_active'),
  named('ad_lacp_rate', 'adLacpRate', 'lacp_rate'),
  onOff('coupled_control', 'coupledControl'),
  onOff('broadcast_neighbor', 'broadcastNeigh'),
  named('ad_select', 'adSelect'),
  ({ adInfo }) => {
    if (adInfo === undefined) return undefined;
    const members: Record<string, number | string> = {};
    let text = '';
    for (const [name, found] of [
      ['aggregator', adInfo.aggregator],
      ['num_ports', adInfo.numPorts],
      ['actor_key', adInfo.actorKey],
      ['partner_key', adInfo.partnerKey],
      ['partner_mac', adInfo.partnerMac],
    ] as const) {
      if (found === undefined) continue;
      members[name] = found;
      text += `ad_${name} ${found} `;
    }
    return { text, json: { ad_info: members } };
  },
  shown('ad_actor_sys_prio', 'adActorSysPrio'),
  shown('ad_user_port_key', 'adUserPortKey'),
  value('ad_actor_system', 'ad_actor_system % ', (data) => data.adActorSystem),
  shown('tlb_dynamic_lb', 'tlbDynamicLb'),
];

/** Several links as one: `ip link add NAME type bond …`. Times are in milliseconds. */
export const bond: Kind<Data, Draft> = {
  kind: 'bond',
  usage,
  describe,
  parse: (words, context) =>
    readWords<Draft>(rows, words, {}, context, (word) => unknownWord(word, `bond: unknown command "${word}"?`, usage)),
};
