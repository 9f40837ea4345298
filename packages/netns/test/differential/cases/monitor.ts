import type { Case } from '../case.ts';
import { settled, withoutProbing } from './settled.ts';

const links = `${withoutProbing}
ip link set lo up
ip link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02
sysctl -qw net.ipv6.conf.v0.addr_gen_mode=1 net.ipv6.conf.v1.addr_gen_mode=1
ip link set v0 up; ip link set v1 up; ip address add 10.0.0.1/24 dev v0; ip address add fd00::1/64 dev v0 nodad
ip netns add other; ip netns set other 5
${settled}`;

/** Something of everything that can be told of, in the order in which the kernel tells of it. */
const changes = `ip address add 10.1.0.1/24 dev v0; ip address del 10.1.0.1/24 dev v0
ip address add 10.2.0.1 peer 10.2.0.2 dev v1 valid_lft 1000 preferred_lft 500
ip route add 10.3.0.0/16 via 10.0.0.2 mtu 1400; ip route replace 10.3.0.0/16 via 10.0.0.3 dev v0; ip route del 10.3.0.0/16
ip route add 10.4.0.0/16 nexthop via 10.0.0.2 nexthop via 10.0.0.3 weight 2
ip route add blackhole 10.5.0.0/16 table 77
ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:07 dev v0; ip neigh change 10.0.0.2 lladdr 02:00:00:00:00:08 dev v0 nud permanent
ip rule add from 10.0.0.0/8 table 5 pref 77; ip rule del pref 77
ip nexthop add id 10 via 10.0.0.9 dev v0; ip nexthop add id 11 group 10,2; ip nexthop del id 11
ip link add br0 address 02:00:00:00:00:03 type bridge; ip link set br0 mtu 1400
ip link set v1 mtu 1300
ip link set v1 alias something
ip stats set dev v1 l3_stats on; ip stats set dev v1 l3_stats off
ip netns add more; ip netns set more 7
sysctl -qw net.ipv4.conf.v0.forwarding=1 net.ipv6.conf.v1.proxy_ndp=1
ip link del br0
ip link set v1 netns other`;

/**
 * The monitors of these words ask for the name of a device when they hear of it: it must not be gone before they have told
 * of the last change before its end.
 */
const lastBeforeTheEnd: Readonly<Record<string, string>> = { netconf: 'v1 proxy_neigh on' };
const end = 'ip link del br0';

/**
 * A monitor may take long to start: /proc/net/netlink tells when it listens. It has no column for groups above 32, as that of the
 * counters: there it tells of the socket alone.
 */
const untilListening = (words: string): string => {
  const listens = words.startsWith('stats') ? '$3 != 0' : '$4 ~ /[1-9a-f]/';
  return `for i in $(seq 400); do awk '$2 == 0 && ${listens} { f = 1 } END { exit !f }' /proc/net/netlink && break; sleep 0.05; done`;
};

/** Runs the monitor beside the changes. */
const watched = (
  options: string,
  words: string,
  filter = 'cat',
): string => `$IP ${options} monitor ${words} > told 2>&1 &
pid=$!
${untilListening(words)}
sleep 1
${changes.replace(end, `${untilTold(lastBeforeTheEnd[words])}${end}`)}
sleep 0.5
kill $pid
wait $pid 2> /dev/null
${filter} told`;

const untilTold = (text: string | undefined): string =>
  text === undefined ? '' : `for i in $(seq 200); do grep -q '${text}' told && break; sleep 0.05; done\n`;

/** What comes late, or says when. */
const sorted = (pattern: string) => `sed -E '${pattern}'`;

/** What rtmon(8) writes. */
const recorded = `${links}
timeout 2 rtmon file record link address & sleep 1; ip address add 10.1.0.1/24 dev v0; ip address del 10.1.0.1/24 dev v0
ip link set v1 mtu 1400; wait; echo abcdefghijklmnopqrstuvwxyz > strange; head -c 30 record > cut`;

/** `ip monitor`. */
export const monitorCases: readonly Case[] = [
  ...[
    'file nope',
    'file',
    'all file record',
    'file record dev v0',
    'label file record',
    'file strange',
    'file cut',
  ].map((words): Case => ({ line: `$IP monitor ${words.replace(/(record|strange|cut)/, '../$1')}`, setup: recorded })),
  { line: '$IP -timestamp monitor link file ../record | grep -c usec', setup: recorded },
  ...['foo', 'link foo', 'dev', 'dev nope', 'link dev nope', 'lin foo'].map(
    (words): Case => ({ line: `monitor ${words}` }),
  ),
  ...(
    [
      ['', 'link'],
      ['', 'link label'],
      ['-d', 'link'],
      ['-c', 'link'],
      ['', 'address'],
      ['-4', 'address route'],
      ['-6', 'address route'],
      ['', 'route'],
      ['-j', 'route'],
      ['', 'rule label'],
      ['-6', 'rule'],
      ['', 'nexthop label'],
      ['', 'netconf'],
      ['', 'nsid label'],
      ['', 'stats label'],
      ['', 'all-nsid nsid label'],
      ['', 'dev v0 route address'],
    ] as const
  ).map(([options, words]): Case => ({ line: watched(options, words), setup: links, changes: true })),
  // The kernel forgets entries of multicast when it likes.
  { line: watched('', 'neigh', "grep -v '^Deleted ff02:'"), setup: links, changes: true },
  {
    line: watched(
      '-t',
      'rule',
      sorted('s/^Timestamp: [A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9]{2} [0-9:]{8} [0-9]{4} [0-9]+ usec$/STAMP/'),
    ),
    setup: links,
    changes: true,
  },
  {
    line: watched('-ts', 'rule label', sorted('s/^\\[[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\.[0-9]{6}\\] /STAMP /')),
    setup: links,
    changes: true,
  },
];
