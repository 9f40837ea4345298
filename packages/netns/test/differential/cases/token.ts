import type { Case } from '../case.ts';

const zoo = `ip link set lo up; ip link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02
ip link set v0 up; ip token set ::5 dev v0; ip link add v2 type veth peer name v3; ip link set v2 arp off
sysctl -qw net.ipv6.conf.v2.addr_gen_mode=1; ip link set v2 up
sysctl -qw net.ipv6.conf.v3.disable_ipv6=1; ip link set v3 up`;

const show = '; echo $?; ip token list';

/** `ip token` list, get, set, del. */
export const tokenCases: readonly Case[] = [
  ...[
    'token',
    'tok l',
    'token show',
    'token lst dev v1',
    'token get',
    'token get dev v0',
    'token get dev v2',
    'token get dev v3',
    'token get dev lo',
    'token get dev nope',
    'token list dev',
    'token list v0 foo',
    'token foo',
    'token help',
    'token set',
    'token set ::6',
    'token set dev v0',
    'token get dev v0 dev nope',
    'token set foo dev v0',
    'token set 10.0.0.1 dev v0',
    'token set ::7 dev nope',
    'token set ::8 v0',
    'token set ::9 dev lo',
    'token set ::9 dev v2',
    'token del',
    '-4 token',
    '-j token',
    '-j -p token get dev v0',
    '-o -d token',
    '-c token',
  ].map((line): Case => ({ line, setup: zoo })),
  ...[
    'token set ::7 dev v1',
    'token set ::7:8/64 dev v0',
    'token s fd00::1 dev v0',
    'token del dev v0',
    'token d ::1 dev v0',
    'token a ::9 dev v0',
    'token set ::9 dev v0 h',
  ].map((line): Case => ({ line: `$IP ${line}${show}`, setup: zoo, changes: true })),
];
