import { builtin } from '../../native/builtin.ts';
import type { Home } from './home.ts';
import type { LookupAddress, LookupOptions } from './resolver/lookup.ts';

export type LookupCallback = (
  error: Error | null,
  address?: string | readonly LookupAddress[],
  family?: number,
) => void;

/** What Node's sockets take as `lookup` option. */
export type LookupFunction = (hostname: string, options: LookupOptions | number, callback: LookupCallback) => void;

/**
 * A `lookup` for Node's own options that asks the namespace: its hosts file and name servers, through sockets inside. Never
 * the process's `dns.lookup`, which would ask the wrong network.
 */
export function lookupIn(home: Home): LookupFunction {
  return (hostname, given, callback) => {
    const options = typeof given === 'number' ? { family: given } : given; // a number is what datagram sockets pass
    const family = builtin('net').isIP(hostname);
    if (family !== 0) {
      const all = options.all ? [{ address: hostname, family }] : hostname;
      process.nextTick(callback, null, all, family);
      return;
    }
    lookupAll(home, hostname, options).then(
      (found) => process.nextTick(callback, null, options.all ? found : found[0]?.address, found[0]?.family),
      (error) => process.nextTick(callback, error),
    );
  };
}

/** All addresses of a name, the most promising first. Rejects as `NamespaceResolver.lookup` does. */
export async function lookupAll(
  home: Home,
  hostname: string,
  options: LookupOptions = {},
): Promise<readonly LookupAddress[]> {
  const { NamespaceResolver } = await import('./resolver/resolver.ts');
  return new NamespaceResolver(home).lookup(hostname, { ...options, all: true });
}

export async function lookupOne(home: Home, hostname: string): Promise<LookupAddress> {
  const [first] = await lookupAll(home, hostname);
  return first as LookupAddress; // a lookup without result rejects
}
