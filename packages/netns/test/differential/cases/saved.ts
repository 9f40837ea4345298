import type { Case } from '../case.ts';
import { settled, withoutProbing } from './settled.ts';

const zoo = `${withoutProbing}
ip link set lo up; ip link add v0 type veth peer name v1; ip link set v0 up; ip link set v1 up
ip address add 10.0.0.1/24 dev v0; ip address add fd00::1/64 dev v0 nodad
ip route add 10.1.0.0/16 via 10.0.0.2 mtu 1400
ip route add blackhole 10.2.0.0/16 metric 7
ip route add 10.3.0.0/16 via 10.0.0.2 table 77
ip route add 10.4.0.0/16 dev v0 table 77 src 10.0.0.1
ip route add 10.5.0.0/16 nexthop via 10.0.0.2 nexthop via 10.0.0.3 weight 2
ip route add 10.6.0.0/16 encap ip id 100 dst 192.0.2.1 dev v0
ip route add local 10.7.0.1 dev v0
ip route add 192.0.2.0/24 dev v0
ip route add 192.0.3.0/24 via 192.0.2.9
ip -6 route add fd01::/64 via fd00::2 metric 5
ip rule add from 10.0.0.0/8 table 100 pref 500; ip rule add fwmark 0x10/0xff iif v0 goto 700 pref 501
ip -6 rule add from fd00::/64 table 200 pref 700
${settled}
ip route save > routes; ip -6 route save > routes6; ip route save table all > all; ip rule save > rules; ip -6 rule save > rules6
head -c 100 routes > cut; { cat routes; printf '\\4\\0\\0\\0\\30\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0'; } > bad; head -c 24 routes > stub
head -c 4 routes > none; printf abc > short; printf '\\1\\2\\3\\4\\5' > strange`;

const terminal = (words: string) => `script -qec "$IP ${words}" /dev/null < /dev/null | tr -d '\\r'`;

/** `ip route save`, `restore`, `showdump` and `ip rule save`, `restore`. */
export const savedCases: readonly Case[] = [
  ...['route save', 'rule save', 'route restore', 'rule restore', 'route showdump', '-j route save'].map(terminal),
  // Ours is read by the installed ip, …
  ...['', 'table 77', 'table all', 'table 99', 'dev v0', 'via 10.0.0.2', 'foo'].map(
    (words) => `$IP route save ${words} > saved; echo $?; ip route showdump < saved; wc -c < saved`,
  ),
  '$IP -6 route save > saved; ip -6 route showdump < saved; wc -c < saved',
  '$IP rule save foo',
  '$IP rule save | wc -c',
  '$IP -6 rule save | wc -c',
  // … and what that saved by ours.
  ...['routes', 'routes6', 'all', 'rules', 'stub', 'none', 'short', 'strange'].flatMap((file) => [
    `$IP route showdump < ../${file}`,
    `$IP -6 -d route showdump < ../${file}`,
  ]),
  '$IP -j route showdump foo < ../routes',
  '$IP route showdump < /dev/null',
]
  .map((line): Case => ({ line, setup: zoo }))
  .concat(
    [
      ...['routes', 'rules', 'cut', 'stub', 'none', 'short', 'strange'].flatMap((file) => [
        `$IP route restore < ../${file}`,
        `$IP rule restore < ../${file === 'routes' ? 'rules6' : file}`,
      ]),
      'ip route flush table 77; ip route flush root 192.0.0.0/8; $IP route restore < ../all',
      'ip -6 route flush root fd01::/16; $IP route restore < ../routes6',
      'ip route save table 77 > saved; ip link del v0; $IP route restore < saved',
      'ip rule flush; $IP rule restore < ../rules',
      '$IP rule save > saved; ip rule flush; ip rule restore < saved',
      '$IP route save table 77 > saved; ip route flush table 77; ip route restore < saved',
      '$IP route save table all > saved; ip route flush table main; ip route restore < saved',
    ].map((line): Case => ({ line, setup: zoo, changes: true })),
  )
  .concat([
    {
      line: '$IP route showdump < ../bad',
      setup: zoo,
      differs: { better: 'a broken file is refused as a whole', out: '' },
    },
    {
      line: '$IP route restore < ../bad',
      setup: zoo,
      differs: { better: 'a broken file is refused as a whole', err: /^!!!malformed message: len=4 @[0-9]+\n$/ },
    },
    {
      line: 'ip route flush table 77; ip route flush root 10.0.0.0/8; $IP route restore < ../routes',
      setup: zoo,
      changes: true,
      differs: {
        better: 'a route with a source address is there before those that go through it',
        err: 'RTNETLINK answers: File exists\nRTNETLINK answers: File exists\n',
        code: 0,
        state: 'differs',
      },
    },
    {
      line: 'cat ../routes | $IP route restore',
      setup: zoo,
      differs: { better: 'a pipe will do, too', err: /^(RTNETLINK answers: File exists\n)+$/, code: 0 },
    },
  ]);
