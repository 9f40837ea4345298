import type { Kind } from './kind.ts';

/**
 * Where each kind of link is described; loaded only when a link of that kind is made, changed, or shown in detail.
 * A kind that `ip` takes no settings for has nothing to load.
 */
const kinds: Readonly<Record<string, () => Promise<Kind>>> = {
  veth: async () => (await import('./veth.ts')).veth,
  vxlan: async () => (await import('./vxlan.ts')).vxlan,
  bridge: async () => (await import('./bridge.ts')).bridge,
  bridge_slave: async () => (await import('./bridge-port.ts')).bridgePort,
  macvlan: async () => (await import('./macvlan.ts')).macvlan,
  macvtap: async () => (await import('./macvlan.ts')).macvtap,
  dummy: async () => ({ kind: 'dummy', usage: 'Usage: ... dummy\n' }),
  ifb: async () => ({ kind: 'ifb', usage: 'Usage: ... ifb\n' }),
};

/** What is known of a kind; undefined for one that this program has no words for. */
export async function loadKind(name: string): Promise<Kind | undefined> {
  return Object.hasOwn(kinds, name) ? kinds[name]?.() : undefined;
}

/** The kinds that have words of their own, for help. */
export const kindNames: readonly string[] = Object.keys(kinds).sort();
