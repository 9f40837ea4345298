import type { Case } from '../case.ts';

const devices = `ip netns add a; ip -n a tuntap add t0 mode tun user 5 group 6; ip -n a tuntap add t1 mode tap pi multi_queue vnet_hdr
ip -n a tuntap add dev t2 mode tap`;

/** `ip tuntap`. It is asked about a namespace with a name, because `ip` then sees a /sys of that namespace. */
export const tuntapCases: readonly Case[] = [
  ...[
    'tuntap',
    'tap',
    '-j tuntap',
    '-j -p tuntap show',
    '-o tuntap lst',
    'tuntap list x y',
    'tuntap show dev nope',
  ].map((line) => ({ line: `-n a ${line}`, setup: devices })),
  ...['-n a -d link show t0', '-n a -d -j -p link show t0', '-n a -d link show t1', '-n a -d -j link show t1'].map(
    (line) => ({ line, setup: devices }),
  ),
  ...[
    'help',
    'foo',
    'add',
    'add help',
    'add t9 mode',
    'add t9 mode foo',
    'add mode tun mode tap',
    'add t9 mode tun user nope',
    'add t9 mode tun group nope',
    'add t9 mode tun user',
    'add t9 mode tun xx',
    'add dev a/b mode tun',
    'add dev aaaaaaaaaaaaaaaaaaaaaaa mode tun',
    'add t1 mode tap',
    'add lo mode tun',
    'add t9 mode t mode ta',
    'add dev t8 name t9 mode tun',
    'add name t8 name t9 mode tun',
    'add t8 t9 mode tun',
    "add t9 user '' mode tun",
    'add t9 user 5x mode tun',
    'del t1',
    'del t2 mode tun',
    'del nope mode tun',
    'del t1 user 5 mode tun',
    'del t1 mode tun gr',
  ].map((words) => ({ line: `-n a tuntap ${words}`, setup: devices })),
  ...[
    'add mode tun',
    'a t9 mo tun us 7 gr 8',
    'add name t8 mode tap p v mul',
    'add dev t9 mode tun user root',
    'add dev t8 dev t9 mode ta user +5 group -5',
    'add t9 mode t user -1 group 4294967301',
    'add t9 mode tu user 99999999999999999999999 group 4294967295',
    'del t2 mode tap',
    'd t1 mode tap multi_queue',
  ].map((words) => ({ changes: true, line: `-n a tuntap ${words}`, setup: devices })),
  { changes: true, line: 'tuntap add t0 mode tun' },
];
