import type { Case } from '../case.ts';

const setup = 'ip link add v0 address 02:00:00:00:00:01 type veth peer name v1; ip netns add a';

const words = ["''", '-1', '4294967296', '99999999999999999999', '0x', '5x', "'ä'", '%s', '..'];

/** Where a stranger may put anything, and nothing comes of it. */
const places = [
  '_',
  '_ show',
  'link _',
  'link show dev _',
  'link set v0 mtu _x',
  'link set v0 master _',
  'link set v0 address _',
  'link add x mtu _x type bridge',
  'link add x type vxlan id _',
  'address show _',
  'address show to _',
  'address add _ dev v0',
  'address add 10.0.0.1/_ dev v0',
  'address add 10.0.0.1 dev _',
  'route _',
  'route show table _',
  'route add 10.0.0.0/8 via _',
  'route get _',
  'rule add fwmark _ table x',
  'neigh _',
  'neigh add 10.0.0.9 dev v0 lladdr _',
  'neigh show nud _',
  'nexthop show id _',
  'netns _',
  'netns set a _x',
  '-n _ link',
  '-f _ link',
  'tunnel add _ mode gre',
  'tuntap add _ mode tun user 5x',
  'netconf show dev _',
  'stats show group _',
];

/** Doubled words, and words that are not there. */
const lines = [
  'link set v0 mtu 1400 mtu 1300',
  'link set v0 up dev',
  'link set dev v0 dev v1 up',
  `link set v0 alias ${'x'.repeat(256)}`,
  'address add 10.0.0.1/24',
  'address add dev v0',
  'route add 10.0.0.0/8 dev',
  'neigh add 10.0.0.1',
  'link add type bridge type bridge name',
  '-n a -n',
  '-o -o -j -j link show dev nope dev nope',
  '-4 -6 route show',
  '-s -s -s link show nope',
  '-all link',
  '-br -c -N -t link show nope',
  'fou show',
  '-j fou show',
  'ila list',
];

/** What a stranger may write, compared to the letter. */
export const hostileCases: readonly Case[] = [
  ...places.flatMap((place) => words.map((word) => place.replaceAll('_', word))),
  ...lines,
].map((line): Case => ({ line, setup }));
