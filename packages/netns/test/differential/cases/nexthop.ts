import type { Case } from '../case.ts';

/** Some of everything. */
const zoo = `ip link set lo up
ip link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02
ip link set v0 up; ip link set v1 up
ip address add 10.0.0.1/24 dev v0; ip address add fd00::1/64 dev v0 nodad
ip nexthop add id 10 via 10.0.0.9 dev v0
ip nexthop add id 11 via fd00::9 dev v0 proto static
ip nexthop add id 12 blackhole
ip nexthop add id 13 via 10.0.0.8 dev v0 proto 99
ip nexthop add id 14 dev v1
ip nexthop add id 15 via 192.0.2.1 dev v0 onlink
ip nexthop add id 16 encap ip id 5 dst 192.0.2.2 via 10.0.0.7 dev v0
ip -6 nexthop add id 17 blackhole
ip nexthop add id 18 via 10.0.0.9 fdb
ip nexthop add id 19 via fd00::9 fdb
ip -6 nexthop add id 9 encap seg6 mode encap segs fd00::5 dev v0
ip nexthop add id 20 group 10,3/13
ip nexthop add id 21 group 10/13,256 proto static
ip nexthop add id 22 group 18 fdb
ip nexthop add id 30 group 10,2/13 type resilient buckets 8 idle_timer 60 unbalanced_timer 300
ip nexthop add id 31 group 10 type mpath`;

/** `ip nexthop` list, get, add, replace, del, flush, bucket. */
export const nexthopCases: readonly Case[] = [
  ...[
    'nexthop',
    'nex',
    'nexthop show',
    'nexthop l',
    'nexthop lst',
    '-4 nexthop',
    '-6 nexthop',
    '-0 nexthop',
    '-d nexthop',
    '-N nexthop',
    '-N -d nexthop',
    '-o nexthop',
    '-br nexthop',
    '-c nexthop',
    'nexthop show id 10',
    'nexthop show id 30',
    '-j nexthop show id 30',
    '-d nexthop show id 30',
    'nexthop show id 99',
    'nexthop show id foo',
    'nexthop show dev v0',
    'nexthop show dev nope',
    'nexthop show vrf nope',
    'nexthop show vrf v0',
    'nexthop show groups',
    'nexthop show group',
    'nexthop show fdb',
    'nexthop show proto 99',
    'nexthop show proto foo',
    'nexthop show master v0',
    'nexthop show master nope',
    'nexthop show foo',
    'nexthop foo',
    'nexthop get id 10',
    'nexthop get id 20',
    'nexthop get id 99',
    'nexthop get id foo',
    '-j nexthop get id 10',
    '-j -p nexthop get id 20',
    '-d nexthop get id 10',
    'nexthop bucket',
    'nexthop bucket show',
    'nexthop bucket list id 30',
    'nexthop bucket list nhid 10',
    'nexthop bucket list dev v0',
    'nexthop bucket list dev nope',
    'nexthop bucket list id 99',
    'nexthop bucket list id 20',
    '-j nexthop bucket list id 30',
    '-j -p nexthop bucket list',
    'nexthop bucket get id 30 index 0',
    '-j nexthop bucket get id 30 index 0',
    'nexthop bucket get id 30 index 99',
    'nexthop bucket get id 20 index 0',
    'nexthop bucket foo',
    'nexthop bucket list foo',
    '-j nexthop show groups',
    '-j -p nexthop show groups',
    '-j -d nexthop show groups',
    '-j -6 nexthop',
    '-j nexthop show id 12',
    '-j nexthop show id 15',
    '-j nexthop show id 18',
  ].map((line): Case => ({ line, setup: zoo })),
  {
    line: 'nexthop show protocol static',
    setup: zoo,
    differs: {
      better: 'a protocol by its name, as everywhere else',
      out: 'id 11 via fd00::9 dev v0 scope link proto static \nid 21 group 10/13,256 proto static \n',
      err: '',
      code: 0,
    },
  },
  { line: '-j nexthop show id 16', setup: zoo },
  {
    line: '-s -s nexthop show id 20',
    setup: zoo,
  },
  ...['on', 'off'].map(
    (word): Case => ({
      line: `nexthop add id 50 group 10/13 hw_stats ${word}`,
      setup: zoo,
      changes: true,
    }),
  ),
  {
    line: 'nexthop add id 50 group 10,65537',
    setup: zoo,
  },
  ...[
    'nexthop add',
    'nexthop add id',
    'nexthop add id foo',
    'nexthop add id 50',
    'nexthop add id 50 dev nope',
    'nexthop add id 50 via',
    'nexthop add id 50 via foo',
    'nexthop add id 50 via 10.0.0.5',
    'nexthop add id 50 via 99.0.0.5 dev v0',
    'nexthop add id 10 via 10.0.0.5 dev v0',
    'nexthop add id 50 via 10.0.0.5 dev v0 proto foo',
    'nexthop add id 50 via 10.0.0.5 dev v0 foo',
    'nexthop add id 50 group',
    'nexthop add id 50 group foo',
    'nexthop add id 50 group 99',
    'nexthop add id 50 group 10/',
    'nexthop add id 50 group 10,0',
    'nexthop add id 50 group 10,foo',
    'nexthop add id 50 group 10,5,6',
    'nexthop add id 50 group 10/10',
    'nexthop add id 50 group 20',
    'nexthop add id 50 group 12/10',
    'nexthop add id 50 group 10 type foo',
    'nexthop add id 50 group 10 type resilient buckets foo',
    'nexthop add id 50 group 10 type resilient idle_timer foo',
    'nexthop add id 50 group 10 type resilient unbalanced_timer foo',
    'nexthop add id 50 group 10 type resilient foo',
    'nexthop add id 50 group 10 type resilient buckets 0',
    'nexthop add id 50 group 10 dev v0',
    'nexthop add id 50 type resilient',
    'nexthop add id 50 blackhole dev v0',
    'nexthop add id 50 encap foo dev v0',
    'nexthop add id 50 encap mpls 100 dev v0',
    'nexthop add id 53 bla',
    'nexthop add id 56 gro 10',
    'nexthop add id 56 group 10 typ resilient',
    'nexthop change id 57 dev v0',
    'nexthop del id 99',
    'nexthop del id foo',
    'nexthop del 10',
    'nexthop del',
    'nexthop del id 51 dev v0',
    'nexthop flush foo',
    'nexthop flush proto 250',
    '-6 nexthop flush proto 250',
  ].map((line): Case => ({ line, setup: zoo })),
  ...[
    [
      'nexthop add dev v0',
      'nexthop add id 0 via 10.0.0.5 dev v0',
      'nexthop add via 10.0.0.5 dev v0',
      'nexthop add id 51 via fd00::5 dev v0 onlink proto 4',
      'nexthop add id 52 dev v1 pro 5',
    ],
    [
      'nexthop a id 54 via inet6 fd00::6 dev v0',
      'nexthop add id 55 via inet 10.0.0.5 dev v0',
      'nexthop replace id 10 via 10.0.0.6 dev v0',
      'nexthop r id 57 dev v1',
      'nexthop del id 10',
    ],
    [
      'nexthop d id 52',
      'nexthop flush proto 4',
      'nexthop flush dev v1',
      '-s nexthop flush id 13',
      'nexthop flush groups',
    ],
    ['nexthop flush', '-s nexthop flush'],
  ].map(
    (lines): Case => ({
      line: lines.map((line) => `$IP ${line} || echo "refused: ${line}" >&2`).join('\n'),
      setup: zoo,
      changes: true,
    }),
  ),
];
