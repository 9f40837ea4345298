import type { Case } from '../case.ts';

const below = 'ip link add base address 02:00:00:00:00:01 type veth peer name base2 address 02:00:00:00:00:02';
const port = `ip link add br0 address 02:00:00:00:00:03 type bridge; ${below}; ip link set base master br0; ip link set base2 master br0`;

/** Makes a link with these words, and shows it both ways. */
const made = (type: string, words: string, setup = below, more = ''): Case => ({
  line: `$IP link add ${more} x address 02:00:00:00:00:10 type ${type} ${words} || exit
    $IP -d link show x; $IP -d -j -p link show x`,
  setup,
  changes: true,
});
const vxlan = (words: string) => made('vxlan', words);
const bridge = (words: string) => made('bridge', words, '');
const macvlan = (words: string) => made('macvlan', words, below, 'link base');

const bridgeWords = 'forward_delay vlan_protocol group_address no_linklocal_learn mcast_router mcast_querier_interval';
const portWords = 'state cost guard mcast_router group_fwd_mask backup_port';

/** The settings of each kind of link, in words and shown. */
export const kindCases: readonly Case[] = [
  { changes: true, line: 'link add v0 type veth peer' },
  { changes: true, line: 'link add v0 type veth' },
  { changes: true, line: 'link add v0 type veth peer name v1' },
  { changes: true, line: 'link add v0 type veth peer v1' },
  { line: 'link add v0 type veth foo' },
  { line: 'link add v0 type veth help' },
  { line: 'link add v0 type veth peer name' },
  { line: 'link add v0 type veth peer name v1 foo' },
  { line: 'link add v0 type veth peer name v1 type veth' },
  { line: 'link add v0 type veth peer name v0' },
  { line: 'link add v0 up type veth peer name v1 up mtu 1400 address 02:00:00:00:00:05 index 90 group 4' },
  {
    changes: true,
    line: 'link add v0 netns a type veth peer name v1 netns b',
    setup: 'ip netns add a; ip netns add b',
  },
  { line: 'link add v0 type veth peer name v1 netns nope' },

  vxlan('id 233 dstport 4789'),
  vxlan('id 233'),
  vxlan('id 233 dstport 4789 re 0 local 0'),
  vxlan('id 233 dstport 4789 reserved_bits 0xff nolocalbypass remote 10.0.0.1'),
  vxlan('id 1 dstport 4789 local 10.1.1.1 remote 10.1.1.2 ttl 5 tos inherit dev base'),
  vxlan(
    'id 2 dstport 0 local fd00::1 group ff02::5 dev base ttl inherit ageing 100 maxaddress 12 nolearning proxy rsc l2miss l3miss ' +
      'srcport 100 200 noudpcsum udp6zerocsumtx udp6zerocsumrx gbp',
  ),
  vxlan('id 1 dstport 4789 group 239.1.1.1 dev base df set'),
  vxlan('id 1 dstport 4789 df inherit tos 0x10'),
  vxlan('id 1 dstport 4789 local fd00::1 flowlabel 0x12345 remcsumtx remcsumrx'),
  vxlan('external dstport 4789'),
  vxlan('external dstport 4789 vnifilter'),
  vxlan('i 1 dst 4789 hop 7'),
  ...[
    '',
    'dstport 4789',
    'id',
    'id 5 id 6',
    'id 5 remote foo',
    'id 5 foo',
    'id 5 dev nope',
    'id 5 dstport x',
    'id 5 dstport 1 dstport 2',
    'id 5 ttl 300',
    'id 5 df foo',
    'id 5 srcport 5',
    'id 5 srcport 1 x',
    'id 5 learning nolearning',
    'id 5 external',
    'id 5 vnifilter',
    'id 5 gpe',
    'id 5 group 239.1.1.1',
    'id 5 group 10.0.0.1',
    'id 5 remote 239.1.1.1',
    'id 5 remote 10.0.0.1 group 239.1.1.1 dev base',
    'id 5 local any',
    'id 5 local fd00::1 remote 10.0.0.1',
  ].map((words) => ({ line: `link add x type vxlan ${words}`, setup: below })),
  {
    changes: true,
    line: '$IP link set x type vxlan ageing 77 nolearning; $IP -d link show x',
    setup: `${below}; ip link add x address 02:00:00:00:00:10 type vxlan id 5 dstport 4789`,
  },

  bridge(''),
  bridge('forward_delay 300 hello_time 150 max_age 1000 ageing_time 100 stp_state 0 priority 5'),
  bridge('f 300 group_fwd_mask 0x8000 group_address 01:80:c2:00:00:05 no_linklocal_learn 1'),
  bridge('mcast_snooping 0 mcast_router 2 mcast_query_use_ifaddr 1 mcast_hash_max 512 mcast_hash_elasticity 4'),
  bridge(
    'mcast_last_member_count 3 mcast_startup_query_count 3 mcast_last_member_interval 200 mcast_membership_interval 100 ' +
      'mcast_querier_interval 100 mcast_query_interval 13000 mcast_query_response_interval 100 mcast_startup_query_interval 3500',
  ),
  bridge('mcast_stats_enabled 1 mcast_igmp_version 3 mcast_mld_version 2 nf_call_iptables 1'),
  { line: `for word in ${bridgeWords}; do $IP link add x type bridge $word x; echo $?; done` },
  { line: 'link add x type bridge foo 1' },
  { line: 'link add x type bridge help' },
  { line: 'link add x type bridge hello_time' },
  { line: 'link add x type bridge group_fwd_mask 7' },
  { line: 'link add x type bridge priority 70000' },
  { line: 'link add x type bridge mcast_vlan_snooping 1' },

  { line: `for word in ${portWords}; do $IP link set base type bridge_slave $word zz; echo $?; done`, setup: port },
  {
    changes: true,
    line: `for word in guard hairpin fastleave root_block proxy_arp proxy_arp_wifi mcast_to_unicast neigh_suppress vlan_tunnel \\
        isolated locked; do $IP link set base type bridge_slave $word on; done
      for word in learning flood mcast_flood bcast_flood; do $IP link set base type bridge_slave $word off; done
      $IP link set base type bridge_slave priority 9 cost 77 mcast_router 2 group_fwd_mask 0x4004 backup_port base2
      $IP -d link show base; $IP -d -j -p link show base`,
    setup: port,
  },
  { line: 'link set base type bridge_slave foo', setup: port },
  { line: 'link set base type bridge_slave state 3', setup: port },

  macvlan(''),
  macvlan('mode bridge'),
  macvlan('mode passthru nopromisc'),
  macvlan('mode bridge flag nodst bcqueuelen 5'),
  macvlan('mode source flag nodst'),
  macvlan('mode source macaddr set 02:00:00:00:00:21'),
  made('macvtap', 'mode vepa', below, 'link base'),
  ...[
    'mode foo',
    'mode',
    'mode bridge foo',
    'mode bridge flag foo',
    'mode bridge flag nopromisc',
    'bcqueuelen x',
    'mode source macaddr foo',
    'mode source macaddr add zz',
    'help',
  ].map((words) => ({ line: `link add link base x type macvlan ${words}`, setup: below })),
  {
    line: `$IP link set x type macvlan macaddr add 02:00:00:00:00:31; $IP -d link show x
      $IP link set x type macvlan macaddr del 02:00:00:00:00:31; $IP -d -j link show x`,
    setup: `${below}; ip link add link base x address 02:00:00:00:00:10 type macvlan mode source`,
  },

  made('ifb', '', ''),
  { changes: true, line: 'link add x type ifb foo' },
];
