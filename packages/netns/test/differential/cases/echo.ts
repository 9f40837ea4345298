import type { Case } from '../case.ts';

const setup = `ip link set lo up
ip link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02
ip link set v0 up; ip link set v1 up
ip address add 10.0.0.1/24 dev v0; ip address add fd00::1/64 dev v0 nodad
ip rule add from 10.0.0.7 lookup 100`;

/** What was changed, as the kernel tells it. A line without an answer prints nothing, but in JSON an empty object. */
const lines = [
  '-echo route add 10.1.0.0/16 via 10.0.0.2',
  '-echo -j route add 10.2.0.0/16 via 10.0.0.2 metric 5',
  '-echo -d -o route add 10.3.0.0/16 nexthop via 10.0.0.2 nexthop via 10.0.0.3 weight 5',
  '-echo -j route delete 10.2.0.0/16',
  '-echo route delete 10.1.0.0/16',
  '-echo -6 route add fd01::/64 via fd00::2',
  '-echo route add 10.3.0.0/16 dev v0',
  '-echo rule add from 10.0.0.9 lookup 100',
  '-echo -j rule delete from 10.0.0.7 lookup 100',
  '-echo -j nexthop add id 5 via fd00::2 dev v0',
  '-echo nexthop add id 6 group 5',
  '-echo nexthop delete id 5',
  '-echo address add 10.0.0.3/24 dev v0',
  '-echo -br address add 10.0.0.4/24 dev v0',
  '-echo -j address delete 10.0.0.3/24 dev v0',
  '-echo address add fd00::3/64 dev v0 nodad',
  '-echo link add w0 address 02:00:00:00:00:03 type veth peer name w1 address 02:00:00:00:00:04',
  '-echo -j link set w0 mtu 1400',
  '-echo -br link delete w0',
  '-echo neighbour add 10.0.0.5 lladdr 02:00:00:00:00:09 dev v0',
  '-echo addrlabel add prefix fd00::/64 label 5',
];

/** `-echo`. What `ip` prints of routes, rules and nexthops with `-json` has a brace too many, and is no JSON. */
export const echoCases: readonly Case[] = [
  {
    setup,
    line: `{\n${lines.map((line) => `  $IP ${line}; echo $?`).join('\n')}\n} 2>&1 | sed 's/^\\[{{/[{/; s/}}]$/}]/'`,
    changes: true,
  },
];
