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
  const dns = process.getBuiltinModule('node:dns');
  const net = process.getBuiltinModule('node:net');
  const { promisify } = process.getBuiltinModule('node:util');
  dns.setServers(servers);
  dns.promises.setServers(servers);

  const find = async (name: string, family: number): Promise<{ address: string; family: number }[]> => {
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

  const lookup = (name: string, options: unknown, callback?: Callback) => {
    const done = (callback ?? options) as Callback;
    const given = typeof options === 'number' ? { family: options } : typeof options === 'object' ? options : {};
    const { family = 0, all = false } = (given ?? {}) as { family?: number | string; all?: boolean };
    find(name, Number(String(family).replace('IPv', ''))).then(
      (found) => process.nextTick(done, null, all ? found : found[0]?.address, all ? undefined : found[0]?.family),
      (error) => process.nextTick(done, error),
    );
  };
  const lookupPromise = async (name: string, options: unknown = {}) => {
    const found = (await promisify(lookup as never)(name as never, { ...(options as object), all: true } as never)) as {
      address: string;
    }[];
    return (options as { all?: boolean }).all ? found : found[0];
  };
  Object.assign(dns, { lookup });
  Object.assign(dns.promises, { lookup: lookupPromise });
}
