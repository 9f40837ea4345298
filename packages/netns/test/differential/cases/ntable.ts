import type { Case } from '../case.ts';

const zoo = 'ip link set lo up; ip link add v0 type veth peer name v1; ip link set v0 up';

/** The reachable time is drawn by lot. */
const show = "; echo $?; ip -o ntable show name arp_cache dev v0 | sed 's/ reachable [0-9]*//'";

/** `ip ntable` show, change. */
export const ntableCases: readonly Case[] = [
  ...[
    'ntable',
    'ntable show dev v0',
    'ntbl s dev v0 name arp_cache',
    'ntable lst name ndisc_cache',
    '-o ntable l name arp_cache',
    '-4 ntable show dev v1',
    '-6 ntable show dev v1',
    '-6 ntable show name arp_cache',
    '-j ntable',
    '-j -p ntable show dev v0',
    '-c ntable show dev v0',
    'ntable show dev nope',
    'ntable show dev',
    'ntable show name foo',
    'ntable show v0',
    'ntable foo',
    'ntable help',
    'ntable change',
    'ntable c name',
    'ntable change name arp_cache',
    'ntable change name arp_cache dev v0',
    'ntable change dev v0 queue 9',
    'ntable change name foo queue 9',
    'ntable change name arp_cache thresh1 99',
    'ntable change name arp_cache dev v0 queue x',
    'ntable change name arp_cache dev v0 queue',
    'ntable change name arp_cache dev nope queue 8',
    'ntable change name arp_cache base 5 dev v0',
    'ntable change name arp_cache refcnt 5 dev v0',
    '-6 ntable change name arp_cache dev v0 queue 4',
    'ntable change name arp_cache dev nope',
    'ntable change dev nope name arp_cache foo',
    'ntable change name arp_cache dev v0 dev nope queue 5',
    'ntable change name arp_cache name ndisc_cache queue 5',
    'ntable change name foo dev nope name arp_cache',
  ].map((line): Case => ({ line, setup: zoo })),
  // counters of the whole machine, which goes on meanwhile
  ...['-s ntable show', '-s -o -4 ntable show', '-s -j ntable show', '-s -j -p -6 ntable show name ndisc_cache'].map(
    (line): Case => ({ line: `$IP ${line} | sed 's/\\b[0-9][0-9a-fx]*\\b/N/g'`, setup: zoo }),
  ),
  ...[
    'ntable change name arp_cache dev v0 locktime 20 retrans 500 queue 7 queue 8',
    'ntable chg dev v0 base_reachable 20000 gc_stale 1000 delay_probe 3000 app_probes 1 ucast_probes 2 mcast_probes 4 name arp_cache',
    '-4 ntable change name arp_cache dev v0 anycast_delay 10 proxy_delay 20 proxy_queue 5',
  ].map((line): Case => ({ line: `$IP ${line}${show}`, setup: zoo, changes: true })),
];
