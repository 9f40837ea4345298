import type { Case } from '../case.ts';

const zoo = `ip link set lo up; ip link add v0 type veth peer name v1; ip link set v0 up
sysctl -qw net.ipv4.conf.v0.rp_filter=1 net.ipv4.conf.v1.rp_filter=2 net.ipv4.conf.v0.forwarding=1 net.ipv6.conf.v1.proxy_ndp=1`;

/** `ip netconf` show. */
export const netconfCases: readonly Case[] = [
  'netconf',
  'netc s',
  'netconf l',
  'netconf show dev v0',
  'netconf show dev v1',
  'netconf show dev all',
  'netconf show dev nope',
  'netconf show dev',
  'netconf show foo',
  'netconf foo',
  '-4 netconf',
  '-c netconf show dev v0',
  '-6 netconf show dev v1',
  '-d netconf show dev v0',
  '-o netconf show dev v0',
  '-j netconf show dev v0',
  '-j netconf show dev v1',
].map((line): Case => ({ line, setup: zoo }));
