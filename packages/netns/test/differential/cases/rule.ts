import type { Case } from '../case.ts';

const links = `ip link set lo up
ip link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02`;

/** Some of everything. */
const zoo = `ip link set lo up
ip link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02
ip rule add from 10.0.0.0/8 table 100
ip rule add to 10.1.0.1 lookup main pref 500
ip rule add fwmark 5 table 101 pref 600
ip rule add fwmark 0x10/0xff table 102 pref 601
ip rule add iif v0 table 103 pref 602
ip rule add oif v1 table 104 pref 603
ip rule add iif nope table 105 pref 604
ip rule add uidrange 1000-2000 table 106 pref 605
ip rule add ipproto tcp sport 1000 dport 80-90 table 107 pref 606
ip rule add tos 0x10 table 108 pref 607
ip rule add not from 10.2.0.0/16 blackhole pref 608
ip rule add from 10.3.0.0/16 prohibit pref 609
ip rule add unreachable pref 610
ip rule add goto 700 pref 611
ip rule add goto 32766 pref 612
ip rule add nop pref 613
ip rule add table main suppress_prefixlength 0 pref 614
ip rule add table main suppress_ifgroup 5 pref 615
ip rule add l3mdev pref 616
ip rule add from 10.4.0.0/16 realms 3/4 table 5 pref 617
ip rule add tun_id 77 table 300 pref 618
ip rule add protocol static table 9 pref 619
ip rule add ipproto 99 table 9 pref 620
ip rule add ipproto icmp table 1000 pref 621
ip rule add from 0.0.0.0/0 to default pref 622 table local
ip -6 rule add from fd00::/64 table 200 pref 700
ip -6 rule add to fd00::1 prohibit pref 701`;

const few = `${links}
ip rule add from 10.0.0.0/8 table 100; ip rule add to 10.1.0.1 lookup main pref 500; ip rule add fwmark 0x10/0xff table 102 pref 601
ip rule add protocol static table 9 pref 619; ip rule add not from 10.2.0.0/16 blackhole pref 608; ip rule add goto 700 pref 611
ip -6 rule add from fd00::/64 table 200 pref 700`;

/** `ip rule` list, add, del, flush. */
export const ruleCases: readonly Case[] = [
  // words that may be shortened in listings, and zeroes, which are as if they were not given
  ...[
    'l',
    'l 101',
    'lo 101',
    'loo main',
    'lookup 0',
    't 0',
    't 5',
    'tab 101',
    'tos 0',
    'ds 0',
    'dsf 0',
    'dsfield 0x10',
    'd lo',
    'dst 10.1.0.1',
    'dst default',
    's',
    'src 10.0.0.0/8',
    'sr 10.3.0.0/16',
    'f 10.3.0.0/16',
    'fr 10.0.0.1',
    'fw 5',
    'fwmark 0',
    'fwmark 0/0',
    'fwmark 5/0',
    'fwmark 0x10/0xff',
    'tun_id 0',
    'tun_id 77',
    'pref 0',
    'ipproto 0',
    'ipproto tcp',
    'sport 0',
    'sport x',
    'dport x',
    'dport 5-4',
    'dport 80-x',
    'sport 1000',
    'dport 0-0',
    'dport 80-90',
    "iif ''",
    'iif aaaaaaaaaaaaaaaaaaaaaaa',
    'oif a/b',
    'to 0/0',
    'from 10.3.0.0/8',
    '10.0.0.1 10.1.0.1',
    'l3',
    'u 1000-2000',
    'p 600',
    'pro static',
    'h',
    'x',
  ].map((words): Case => ({ line: `rule list ${words}`, setup: zoo })),
  ...['l 999', 's', 'f', 'x'].map((words): Case => ({ line: `rule flush ${words}`, setup: zoo })),
  ...(
    [
      ['-j rule', /"sport":1000,"sport_mask":"0xffff"/],
      ['-j -p rule', /"sport_mask": "0xffff"/],
    ] as const
  ).map(
    ([line, out]): Case => ({
      line,
      setup: zoo,
      differs: { since: '6.15', why: 'JSON has the mask of a port', out },
    }),
  ),
  {
    line: `$IP rule add sport 0x123/0xfff table 400; $IP rule add dport 4/0xff table 500; $IP rule add dscp AF42 table 300
      $IP rule add dscp 0x10/0x30 table 401; $IP -6 rule add flowlabel 0x12345 table 100; $IP -6 rule add flowlabel 0x11/0xff table 200
      $IP rule add dport 0x8/0xf table 600; $IP rule del dport 0x8/0xf table 600
      for which in 'sport 0x123/0xfff' 'dport 4/0xff' 'dscp AF42' 'dscp 0x10/0x30' 'dscp 1'; do $IP -N rule show $which; done
      $IP -6 rule show flowlabel 0x12345; $IP -j -6 rule show flowlabel 0x11/0xff; $IP rule add dscp 4/foo; $IP rule add flowlabel x`,
    changes: true,
    differs: {
      since: '6.15',
      why: 'new selectors',
      state: 'differs',
      out: `32765:\tfrom all sport 0x123/0xfff lookup 400
32764:\tfrom all dport 0x4/0xff lookup 500
32763:\tfrom all lookup 300 dscp 36
32762:\tfrom all lookup 401 dscp 0x10/0x30
32765:\tfrom all lookup 100 flowlabel 0x12345
[{"priority":32764,"src":"all","table":"200","flowlabel":"0x11","flowlabel_mask":"0xff"}]
`,
      err: `Error: argument "foo" is wrong: invalid dscp mask
Error: argument "x" is wrong: invalid flowlabel
`,
      code: 255,
    },
  },
  { line: '-d -j rule', setup: few },
  {
    line: '-d -j rule',
    setup: zoo,
    differs: {
      since: '6.15',
      why: 'masks of ports are told by kernels that have them',
      out: /"sport":1000,("sport_mask":"0xffff",)?"dport_start":80,.*"priority":622/,
    },
  },
  ...[
    'rule',
    'ru',
    'rule show',
    'rule l',
    'rule list',
    'rule lst',
    '-4 rule',
    '-6 rule',
    '-0 rule',
    '-M rule',
    '-B rule',
    '-d rule',
    '-N rule',
    '-N -d rule',
    '-s rule',
    '-o rule',
    '-br rule',
    '-c rule',
    '-c -6 rule',
    'rule show from 10.0.0.0/8',
    'rule show from 10.0.0.1',
    'rule show from all',
    'rule show to 10.1.0.1',
    'rule show to 10.0.0.0/8',
    'rule show tos 0x10',
    'rule show dsfield 0x10',
    'rule show tos foo',
    'rule show fwmark 5',
    'rule show fwmark 0x10',
    'rule show fwmark 0x10/0xff',
    'rule show fwmark foo',
    'rule show iif v0',
    'rule show dev v0',
    'rule show oif v1',
    'rule show iif nope',
    'rule show pref 600',
    'rule show priority 600',
    'rule show preference 600',
    'rule show order 600',
    'rule show pref 600-610',
    'rule show pref foo',
    'rule show table 100',
    'rule show lookup 100',
    'rule show table main',
    'rule show table foo',
    'rule show l3mdev',
    'rule show uidrange 1000-2000',
    'rule show uidrange foo',
    'rule show tun_id 77',
    'rule show tun_id foo',
    'rule show ipproto tcp',
    'rule show ipproto foo',
    'rule show sport 1000',
    'rule show dport 80-90',
    'rule show sport foo',
    'rule show protocol static',
    'rule show protocol foo',
    'rule show goto 700',
    'rule show not',
    'rule show foo',
    'rule show table',
    'rule foo',
    '-6 rule show from fd00::/64',
    '-6 rule show from 10.0.0.0/8',
    'rule show from foo',
    'rule show not from 10.2.0.0/16',
    'rule show realms 3/4',
    'rule show suppress_prefixlength 0',
  ].map((line): Case => ({ line, setup: zoo })),
  ...[
    'rule add',
    'rule add foo',
    'rule add from foo',
    'rule add from 10.0.0.0/33',
    'rule add from fd00::/64',
    'rule add to foo',
    'rule add pref foo',
    'rule add tos foo',
    'rule add fwmark foo',
    'rule add fwmark 5/foo',
    'rule add fwmark 5/ table 5',
    'rule add fw 2 table 5 pref 57',
    'rule add realms foo',
    'rule add table foo',
    'rule add protocol foo',
    'rule add suppress_prefixlength foo',
    'rule add suppress_ifgroup foo',
    'rule add iif',
    'rule add l3mdev table 5 pref 68',
    'rule add uidrange foo',
    'rule add uidrange 5 table 5',
    'rule add tun_id foo',
    'rule add ipproto foo',
    'rule add sport foo',
    'rule add sport -1',
    'rule add uidrange 5--1',
    'rule add type foo',
    'rule add goto foo',
    'rule add goto 5 pref 77',
    'rule add goto 5 table 6 pref 78',
    'rule add table 5 pref 88 foo',
    'rule add vrf foo',
    'rule add local pref 90',
    'rule add iif averyverylongdevicename table 5',
    'rule del',
    'rule del pref 9999',
    'rule del from 10.9.0.0/16 table 77',
    'rule del foo',
    '-6 rule add from 10.0.0.0/8 table 5',
    '-6 rule del pref 32764',
    'rule add from fd00::/65 table 6',
    'rule add to fd00::/65 table 6 pref 5',
    'rule flush foo',
  ].map((line): Case => ({ line, setup: few })),
  ...[
    [
      'rule add pref 50',
      'rule add priority 51 table 5',
      'rule add order 52 table 5',
      'rule add preference 53 table 5',
      'rule add p 54 table 5',
      'rule add pre 55 table 5',
      'rule add tos 0x10 table 5 pref 56',
      'rule add fwmark 1/1 table 5 pref 57',
    ],
    [
      'rule add realms 5 table 5 pref 58',
      'rule add table 256 pref 59',
      'rule add lookup 300 pref 60',
      'rule add proto 5 table 5 pref 61',
      'rule add suppress_prefixlength 8 table 5 pref 62',
      'rule add sup_pl 8 table 5 pref 63',
      'rule add sup_group default table 5 pref 64',
      'rule add dev lo table 5 pref 65',
    ],
    [
      'rule add oif lo table 5 pref 66',
      'rule add l3mdev pref 67',
      'rule add uidrange 5-6 table 5 pref 69',
      'rule add sport 5-foo',
      'rule add sport 5 table 5 pref 70',
      'rule add sport +5--65530 table 5 pref 71',
      'rule add type blackhole pref 72',
      'rule add type unicast table 5 pref 73',
      'rule add blackhole pref 74',
    ],
    [
      'rule add unreach pref 75',
      'rule add prohibit table 5 pref 76',
      'rule add nop pref 79',
      'rule add not nop pref 80',
      'rule add not from 10.0.0.0/8 table 5 pref 81',
      'rule add not table 5 pref 82',
      'rule add from 10.0.0.0/8 from 11.0.0.0/8 table 5 pref 83',
      'rule add from default table 5 pref 84',
    ],
    [
      'rule add from all table 5 pref 85',
      'rule add from any to 10.0.0.1/24 table 5 pref 86',
      'rule add from 10.0.0.1/24 table 5 pref 87',
      'rule add multicast pref 89',
      'rule add xresolve pref 91',
      'rule add from 10.9.0.0/16',
      'rule a table 7 pref 92',
      'rule ad table 7 pref 93',
    ],
    [
      'rule del pref 50',
      'rule del table 7',
      'rule d table 7 pref 93',
      'rule delete from 10.9.0.0/16',
      'rule del not pref 81',
      '-6 rule add from fd00::/64 table 5',
      '-6 rule add table 5',
      'rule flush protocol static',
    ],
    [
      'rule flush table 5',
      'rule flush pref 5',
      'rule flush',
      '-6 rule flush',
      'rule flush table 102',
      'rule add from 10.9.0.0/16 table 5',
      '-s rule flush protocol boot',
      '-s -s rule flush',
    ],
    [
      'rule add tab 5 pref 1',
      'rule add loo 5 pref 2',
      'rule add l 5 pref 2',
      'rule add prot 5 pref 3',
      'rule add pro 5 pref 3',
      'rule add sup 5 pref 4',
      'rule add suppress_p 5 pref 5',
      'rule add suppress_i 5 pref 6',
    ],
    [
      'rule add r 5 pref 7',
      'rule add re 5 pref 7',
      'rule add d lo pref 8',
      'rule add i lo pref 9',
      'rule add ii lo pref 9',
      'rule add o lo pref 10',
      'rule add u 5-6 pref 11',
      'rule add tun 5 pref 12',
    ],
    [
      'rule add ipp tcp pref 13',
      'rule add ip tcp pref 13',
      'rule add spo 5 pref 14',
      'rule add s 5 pref 14',
      'rule add g 1000 pref 15',
      'rule add go 1000 pref 15',
      'rule add n pref 16',
      'rule add no pref 16',
    ],
    [
      'rule add f 10.0.0.0/8 pref 17',
      'rule add fr 10.0.0.0/8 pref 18',
      'rule add t 10.0.0.0/8 pref 19',
      'rule add ty unicast pref 20',
      'rule add ds 4 pref 21',
      'rule add l3 pref 22',
      'rule add bl pref 23',
      'rule add u pref 24',
    ],
    ['rule add pr 54 table 5'],
  ].map(
    (lines): Case => ({
      line: lines.map((line) => `$IP ${line} || echo "refused: ${line}" >&2`).join('\n'),
      setup: few,
      changes: true,
    }),
  ),
];
