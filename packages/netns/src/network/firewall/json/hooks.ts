import type { Family } from './headers.ts';

/** Hooks of the families by number (NF_INET_*, NF_ARP_*, NF_BR_*, NF_NETDEV_*). */
const inet = { prerouting: 0, input: 1, forward: 2, output: 3, postrouting: 4 } as const;

export const hooks: Readonly<Record<Family, Readonly<Record<string, number>>>> = {
  ip: inet,
  ip6: inet,
  inet: { ...inet, ingress: 5 },
  arp: { input: 0, output: 1, forward: 2 },
  bridge: inet,
  netdev: { ingress: 0, egress: 1 },
};

/** Priorities that have names. Bridges count otherwise. */
const priorities = { raw: -300, mangle: -150, dstnat: -100, filter: 0, security: 50, srcnat: 100 } as const;
const bridgePriorities = { dstnat: -300, filter: -200, out: 100, srcnat: 300 } as const;

export function prioritiesOf(family: Family): Readonly<Record<string, number>> {
  if (family === 'bridge') return bridgePriorities;
  return family === 'arp' || family === 'netdev' ? { filter: 0 } : priorities;
}

/** The word for a hook, or its number. */
export function hookName(family: Family, number: number): string {
  for (const [name, each] of Object.entries(hooks[family])) if (each === number) return name;
  return String(number);
}
