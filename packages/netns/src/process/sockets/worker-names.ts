import type { LookupAddress } from './resolver/lookup.ts';

/** What a thread inside a namespace needs to know to look up names. */
export interface WorkerNames {
  readonly servers: readonly string[];
  readonly hosts: readonly (LookupAddress & { readonly name: string })[];
}

/**
 * Runs in the new thread, from its own text: it may use nothing of this file. `dns.lookup` works in libuv's pool, whose threads are
 * outside; here it is replaced by one that asks the namespace's servers from this thread, as `dns.resolve` does.
 */
export function useNames({ servers, hosts }: WorkerNames): void {
  type Callback = (error: Error | null, address?: unknown, family?: number) => void;
  type Found = { address: string; family: number };
  type Options = { family?: number | string; all?: boolean; order?: string };
  const dns = process.getBuiltinModule('node:dns');
  const net = process.getBuiltinModule('node:net');
  const { promisify } = process.getBuiltinModule('node:util');
  dns.setServers(servers);
  dns.promises.setServers(servers);

  const find = async (name: string, family: number): Promise<Found[]> => {
    const literal = net.isIP(name);
    if (literal !== 0) return [{ address: name, family: literal }];
    const wanted = (one: { family: number }) => family === 0 || one.family === family;
    const listed = hosts.filter((one) => one.name === name.toLowerCase() && wanted(one));
    if (listed.length > 0) return listed.map(({ address, family }) => ({ address, family }));
    const answers = await Promise.allSettled([
      family === 4 ? [] : dns.promises.resolve6(name),
      family === 6 ? [] : dns.promises.resolve4(name),
    ]);
    const found = answers.flatMap((answer, index) =>
      answer.status === 'fulfilled' ? answer.value.map((address) => ({ address, family: index === 0 ? 6 : 4 })) : [],
    );
    if (found.length > 0) return found;
    const message = `getaddrinfo ENOTFOUND ${name}`;
    throw Object.assign(new Error(message), {
      errno: -3008,
      code: 'ENOTFOUND',
      syscall: 'getaddrinfo',
      hostname: name,
    });
  };

  const nodeLookup = dns.lookup as (...args: unknown[]) => unknown;
  const lookup = (name: string, options: unknown, callback?: Callback) => {
    const done = (callback ?? options) as Callback;
    if (typeof done !== 'function') return nodeLookup(name, options, callback); // has the right error
    const given = typeof options === 'number' ? { family: options } : typeof options === 'object' ? options : {};
    const { family = 0, all = false, order = dns.getDefaultResultOrder() } = (given ?? {}) as Options;
    const first = { ipv4first: 4, ipv6first: 6 }[order];
    const sorted = (found: Found[]) => found.sort((a, b) => Number(b.family === first) - Number(a.family === first));
    find(name, Number(String(family).replace('IPv', ''))).then(
      (found) => {
        const [best] = sorted(found);
        process.nextTick(done, null, ...(all ? [found] : [best?.address, best?.family]));
      },
      (error) => process.nextTick(done, error),
    );
  };
  const lookupPromise = (name: string, options: unknown = {}) =>
    new Promise((resolve, reject) => {
      lookup(name, options, (error, address, family) => {
        if (error) reject(error);
        else resolve(typeof address === 'string' ? { address, family } : address);
      });
    });
  Object.assign(lookup, { [promisify.custom]: lookupPromise });
  Object.assign(dns, { lookup });
  Object.assign(dns.promises, { lookup: lookupPromise });
  // Those that are made by hand would read the file of the process.
  for (const module of [dns, dns.promises] as { Resolver: typeof dns.Resolver }[]) {
    module.Resolver = class extends module.Resolver {
      constructor(options?: ConstructorParameters<typeof dns.Resolver>[0]) {
        super(options);
        this.setServers(servers);
      }
    };
  }
}
