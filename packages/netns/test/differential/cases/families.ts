import type { Case } from '../case.ts';

const setup = `ip link set lo up; ip link add v0 address 02:00:00:00:00:01 type veth peer name v1; ip link set v0 up; ip link set v1 up
ip address add 10.0.0.1/24 dev v0; ip rule add from 10.0.0.1 table 5`;

/** Everywhere that an address or a prefix may stand: `-family` decides what may be written there. */
const places = [
  'route show _',
  'route show from _',
  'route show src _',
  'route get _',
  'route get _ from _',
  'route get as _',
  'route add _ dev v0',
  'route add _ via _',
  'route add _ dev v0 src _',
  'route add _ dev v0 as _',
  'route del _',
  'route flush _',
  'address show to _',
  'address show _',
  'address add _ dev v0',
  'address add _ peer _ dev v0',
  'address del _ dev v0',
  'rule add from _ table 5',
  'rule list from _',
  'rule del from _',
  'rule flush from _',
  'neigh show to _',
  'neigh show proxy _',
  'neigh flush _ dev v0',
  'neigh get _ dev v0',
  'neigh add _ dev v0 lladdr 02:00:00:00:00:09',
  'neigh add proxy _ dev v0',
  'nexthop add id 5 via _ dev v0',
  'nexthop add id 5 via inet6 _ dev v0',
  'addrlabel add prefix _ label 5',
  'mroute show from _',
  'tcp_metrics show _',
  'tunnel add t9 mode gre remote _',
  'tunnel add t9 mode ip6ip6 remote _',
  'xfrm state list src _',
  'xfrm state get src _ dst _ proto esp spi 1',
];

const families = ['-0', '-B', '-M'];
const words = ['10.0.0.1', 'default', '02:00:00:00:00:05', '100'];

const rest = [
  '-0 neigh get 1:zz:3 dev v0',
  '-0 route',
  '-B route',
  '-M route',
  '-0 neigh',
  '-M neigh',
  '-B neigh show proxy',
  '-0 rule',
  '-B address',
  '-M address show dev nope',
  '-M address show dev v0',
  '-0 address flush dev v0',
  '-B address flush to 10.0.0.1',
  '-0 netconf',
  '-B netconf show dev lo',
  '-M netconf',
  '-0 nexthop',
  '-B nexthop flush',
  '-0 addrlabel',
  '-B addrlabel flush',
  '-4 addrlabel flush',
  '-4 addrlabel add prefix 10.0.0.1 label 5',
  '-4 addrlabel add prefix fd00::1 label 5',
  '-6 addrlabel add prefix any label 5',
  '-0 tunnel',
  '-B tunnel show mode ip6gre',
  '-M tunnel del t9 mode ip6gre',
  '-0 tcp_metrics help',
  '-M mrule',
  '-4 nexthop add id 5 via inet6 fd00::1 dev v0',
  '-4 nexthop add id 5 via inet6 any dev v0',
  '-6 nexthop add id 5 via inet 10.0.0.1 dev v0',
  'nexthop add id 5 dev v0 via fd00::1',
  '-M route get as 100/200',
  '-M route show 100/200',
  '-0 route show junk',
  "-B route show ''",
  'token set any dev v0',
  'addrlabel add prefix default label 7',
  'route add 10.0.0.0/8 dev v0 as fd00::1',
  '-6 route add fd01::/64 dev v0 as 10.0.0.1',
];

/** Families of which there are no routes or addresses, or others than those of IP: `-0`, `-B`, `-M`. */
export const familyCases: readonly Case[] = [
  ...families.flatMap((family) =>
    places.flatMap((place) => words.map((word) => `${family} ${place.replaceAll('_', word)}`)),
  ),
  ...rest,
]
  .map((line): Case => ({ line, setup }))
  .concat(['-B address flush dev v0', '-M address flush to 100'].map((line): Case => ({ line, setup, changes: true })));
