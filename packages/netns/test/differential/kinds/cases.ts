/**
 * Links of each kind, made by one or more lines of `ip`; `@` is the link's name. All of them stand side by side in one
 * namespace that also has `base` and `base2`, the ends of a cable, so what may exist only once (the ends of a tunnel, a port,
 * the id of a VLAN) differs from row to row.
 */
export interface KindCase {
  readonly kind: string;
  readonly lines: readonly string[];
}

/** Rows of one kind; words before `|` go in front of the type. */
const made = (kind: string, ...rows: readonly string[]): readonly KindCase[] =>
  rows.map((row) => {
    const [first = '', ...more] = row.split('; ');
    const [before = '', words = ''] = first.includes('|') ? first.split('|') : ['', first];
    return { kind, lines: [`link add ${before} name @ type ${kind} ${words}`, ...more] };
  });

const withoutWords = ['dummy', 'ifb', 'nlmon', 'vcan', 'wireguard', 'team'].flatMap((kind) => made(kind, ''));

export const kindCases: readonly KindCase[] = [
  ...withoutWords,
  ...made('dummy', 'numtxqueues 4|', 'mtu 1400 address 02:00:00:00:00:77 group 5|'),
  ...made('veth', 'peer name @p', 'mtu 1400|peer name @p mtu 1300'),
  ...made('vxcan', 'peer name @p'),
  ...made(
    'vlan',
    'link base|id 5',
    'link base|id 6 protocol 802.1ad',
    'link base|id 7 protocol 802.1q reorder_hdr off gvrp on mvrp on loose_binding on',
    'link base|id 8 ingress-qos-map 1:2 7:3 egress-qos-map 3:4 5:6',
    'link base|id 0x9 ingress 1:2; link set @ type vlan egress-qos-map 1:7 gvrp on; link set @ type vlan gvrp off ingress-qos-map 1:5 2:6',
    'link base|protocol 0x8100 id 10 reorder_hdr on',
    'link bridge0|id 11 bridge_binding on',
  ),
  ...made(
    'macvlan',
    'link base2|mode bridge',
    'link base2|mode source macaddr set 02:00:00:00:00:21 02:00:00:00:00:22',
  ),
  ...made('macvtap', 'link base2|mode vepa'),
  ...made(
    'ipvlan',
    'link ipbase|',
    'link ipbase|mode l3 private',
    'link ipbase|bridge; link set @ type ipvlan mode l3 vepa',
  ),
  ...made('ipvtap', 'link ipbase2|mode l3s vepa'),
  ...made(
    'bond',
    '',
    'mode active-backup miimon 100 updelay 200 downdelay 300 peer_notify_delay 400 use_carrier 1 fail_over_mac active num_grat_arp 3 primary_reselect better resend_igmp 4 all_slaves_active 1',
    'mode active-backup arp_interval 500 arp_ip_target 192.0.2.1,192.0.2.2 arp_validate filter_active arp_all_targets all arp_missed_max 5',
    'mode active-backup arp_interval 500 ns_ip6_target 2001:db8::1,2001:db8::2 arp_validate 3',
    'mode 4 lacp_rate fast ad_select bandwidth min_links 2 ad_user_port_key 5 ad_actor_sys_prio 77 ad_actor_system 02:00:00:00:00:99 lacp_active off xmit_hash_policy layer3+4',
    'mode balance-tlb tlb_dynamic_lb 0 lp_interval 9 xmit_hash_policy vlan+srcmac num_unsol_na 2',
    'mode balance-rr packets_per_slave 5; link set @ type bond packets_per_slave 7 miimon 50',
    'mode balance-xor xmit_hash_policy encap2+3',
    'mode broadcast',
    'mode balance-alb',
    'mode 802.3ad miimon 100; link add name @s master @ type dummy; link set @s type bond_slave queue_id 3; link set @s up; link set @ up',
    'mode active-backup miimon 100; link add name @s type dummy; link set @s master @; link set @ type bond primary @s active_slave @s; link set @s type bond_slave prio 7',
    'mode active-backup; link add name @s type dummy; link set @s master @; link set @ up; link set @ type bond clear_active_slave; link set @s nomaster',
  ),
  ...made('vrf', 'table 77', 'table 0x100; link add name @s type dummy; link set @s vrf @', 'table main'),
  ...made(
    'geneve',
    'id 1 remote 192.0.2.1',
    'id 2 remote 2001:db8::1 ttl 5 tos 0x10 flowlabel 0x12345 dstport 6082 udpcsum',
    'id 3 remote 192.0.2.1 ttl inherit tos inherit df set noudpcsum udp6zerocsumtx udp6zerocsumrx; link set @ type geneve id 3 remote 192.0.2.9 ttl 9',
    'id 4 remote 2001:db8::1 ttl auto df inherit udp6zerocsumtx noudp6zerocsumrx',
    'vni 5 remote 192.0.2.1 hoplimit 7 dsfield 8 df unset',
    'external dstport 6083',
    'external innerprotoinherit dstport 6084 udp6zerocsumrx',
  ),
  ...made(
    'gre',
    'local 10.0.1.1 remote 10.0.1.2',
    'local 10.0.2.1 remote 10.0.2.2 ttl 5 tos 0x10 key 7 csum seq',
    'local 10.0.3.1 remote 10.0.3.2 ikey 1.2.3.4 okey 0x10 icsum oseq dev base fwmark 0x9 nopmtudisc',
    'local 10.0.4.1 remote 10.0.4.2 tos inherit ttl inherit ignore-df nopmtudisc',
    'local 10.0.5.1 remote 10.0.5.2 encap none encap-sport 5555 encap-dport 6666 encap-csum encap-udp6-csum noencap-remcsum',
    'remote any local 10.0.6.1',
    'external',
    'local 10.0.7.1 remote 10.0.7.2 key 9; link set @ type gre nokey ttl 8',
    'remote 239.0.0.1 local 10.0.8.1 dev base',
    'local 10.0.10.1 remote 10.0.10.2 encap fou encap-sport auto encap-dport 5555 encap-csum fwmark 5',
    'local 10.0.11.1 remote 10.0.11.2 encap gue encap-sport 7 encap-dport 5555 encap-remcsum encap-udp6-csum',
    'local 10.0.9.1 remote 10.0.9.2 ocsum nocsum iseq nooseq okey 4 noikey',
  ),
  ...made(
    'gretap',
    'local 10.1.1.1 remote 10.1.1.2',
    'local 10.1.2.1 remote 10.1.2.2 key 3 ttl 64 dev base',
    'local 10.1.4.1 remote 10.1.4.2; link set @ type gretap key 5',
    'external',
  ),
  ...made(
    'erspan',
    'local 10.2.1.1 remote 10.2.1.2 key 5 seq erspan_ver 1 erspan 123',
    'local 10.2.2.1 remote 10.2.2.2 key 6 seq erspan_ver 2 erspan_dir ingress erspan_hwid 0x7',
    'local 10.2.3.1 remote 10.2.3.2 key 7 seq erspan_ver 2 erspan_dir egress erspan_hwid 17',
    'local 10.2.4.1 remote 10.2.4.2 key 8 seq erspan_ver 0',
    'external',
  ),
  ...made(
    'ip6gre',
    'local fd00:1::1 remote fd00:1::2',
    'local fd00:2::1 remote fd00:2::2 encaplimit none hoplimit 7 tclass 0x20 flowlabel 0x12345 dscp inherit key 5 csum oseq',
    'local fd00:3::1 remote fd00:3::2 encaplimit 9 tclass inherit flowlabel inherit fwmark inherit allow-localremote dev base',
    'local fd00:4::1 remote fd00:4::2 ikey 1.2.3.4 okey 9 fwmark 0x20 noallow-localremote',
    'external',
    'local fd00:5::1 remote fd00:5::2; link set @ type ip6gre hoplimit 9 key 3',
    'local fd00:6::1 remote fd00:6::2 ttl 5 tos 0x10',
    'local fd00:7::1',
  ),
  ...made(
    'ip6gretap',
    'local fd01:1::1 remote fd01:1::2',
    'local fd01:2::1 remote fd01:2::2 key 5 dev base',
    'external',
  ),
  ...made(
    'ip6erspan',
    'local fd02:1::1 remote fd02:1::2 key 5 seq erspan_ver 1 erspan 12',
    'local fd02:2::1 remote fd02:2::2 key 6 seq erspan_ver 2 erspan_dir egress erspan_hwid 3',
    'external',
  ),
  ...made(
    'ipip',
    'local 10.3.1.1 remote 10.3.1.2',
    'local 10.3.2.1 remote 10.3.2.2 ttl 5 tos 0x10 mode ipip dev base fwmark 7',
    'local 10.3.3.1 remote 10.3.3.2 mode any nopmtudisc tos inherit',
    'local 10.3.4.1 remote 10.3.4.2 mode mplsip pmtudisc; link set @ type ipip ttl 9',
    'local 10.3.5.1 remote 10.3.5.2 encap none encap-sport auto encap-dport 5 encap-csum encap-remcsum',
    'external',
    'remote any local 10.3.6.1',
    'local 10.3.7.1 remote 10.3.7.2 encap fou encap-dport 5 fwmark 7; link set @ type ipip noencap',
  ),
  ...made(
    'sit',
    'local 10.4.1.1 remote 10.4.1.2',
    'local 10.4.2.1 remote any isatap ttl 7',
    'local 10.4.3.1 6rd-prefix 2001:db8::/32 6rd-relay_prefix 10.0.0.0/8',
    'local 10.4.4.1 remote 10.4.4.2 mode ip6ip tos 0x8',
    'local 10.4.5.1 remote 10.4.5.2 mode ipip',
    'local 10.4.6.1 remote 10.4.6.2 mode any dev base nopmtudisc fwmark 0xff',
    'local 10.4.7.1 remote 10.4.7.2 mode mplsip',
    'external',
  ),
  ...made(
    'ip6tnl',
    'local fd03:1::1 remote fd03:1::2',
    'local fd03:2::1 remote fd03:2::2 mode ipip6 encaplimit none hoplimit 7 tclass 0x20 flowlabel 0x12345 dscp inherit',
    'local fd03:3::1 remote fd03:3::2 mode ip6ip6 encaplimit 9 tclass inherit flowlabel inherit fwmark inherit allow-localremote dev base',
    'local fd03:4::1 remote fd03:4::2 mode any fwmark 5; link set @ type ip6tnl hoplimit 3',
    'external',
    'local fd03:6::1 remote fd03:6::2 encap fou encap-dport 5 fwmark 7',
    'local fd03:5::1 remote any encap none encap-sport 4 noencap-udp6-csum',
  ),
  ...made(
    'vti',
    'local 10.5.1.1 remote 10.5.1.2 key 5',
    'local 10.5.2.1 remote 10.5.2.2 ikey 1.2.3.4 okey 0x7 dev base fwmark 0x10',
    'local 10.5.3.1 remote 10.5.3.2; link set @ type vti ikey 6',
  ),
  ...made(
    'vti6',
    'local fd04:1::1 remote fd04:1::2 key 5',
    'local fd04:2::1 remote fd04:2::2 ikey 1.2.3.4 okey 0x7 dev base fwmark 0x10',
    'local fd04:3::1 remote fd04:3::2; link set @ type vti6 okey 6',
  ),
  ...made('xfrm', 'dev base if_id 0x2a', 'if_id 43', 'external', 'dev base if_id 44'),
  ...made('bareudp', 'dstport 6635 ethertype mpls_uc', 'dstport 6636 ethertype 0x800 srcportmin 5000 multiproto'),
  ...made(
    'macsec',
    'link base|port 11 encrypt on',
    'link base|sci 0x0200000000010002',
    'link base|address 02:00:00:00:00:55 port 3 cipher gcm-aes-256 icvlen 16 encodingsa 2 send_sci off end_station on scb off protect off replay on window 5 validate check',
    'link base|port 4 cipher default validate strict encrypt off scb on send_sci off',
    'link base|port 5; link set @ type macsec validate disabled encrypt on',
    'link base|port 6 cipher gcm-aes-xpn-128',
  ),
  ...made(
    'hsr',
    'slave1 base slave2 base2',
    'slave1 base slave2 base2 supervision 45 version 1',
    'slave1 base slave2 base2 proto 1',
  ),
  ...made('netkit', 'peer name @p', 'mode l2 forward peer blackhole name @p', 'blackhole peer forward name @p'),
];
