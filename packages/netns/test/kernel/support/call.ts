import { readdirSync, readlinkSync } from 'node:fs';
import * as bind from '../../../src/namespaces/bind.ts';
import { NamespaceCensus } from '../../../src/namespaces/discover/census.ts';
import * as monitor from '../../../src/namespaces/monitor.ts';
import * as named from '../../../src/namespaces/named.ts';
import * as names from '../../../src/namespaces/names.ts';
import * as namespace from '../../../src/namespaces/namespace.ts';
import * as processes from '../../../src/namespaces/processes.ts';
import * as reference from '../../../src/namespaces/reference.ts';
import * as runDirectory from '../../../src/namespaces/run-directory.ts';
import type { NamespaceType } from '../../../src/namespaces/type.ts';
import type { NetworkMonitorOptions } from '../../../src/network/monitor.ts';
import { openNetwork } from '../../../src/network/network.ts';
import * as exec from '../../../src/process/exec.ts';
import * as runPlan from '../../../src/process/run-plan.ts';
import * as privateNamespaces from '../../../src/testing/private-namespaces.ts';

/**
 * Calls functions of the library, one after the other, in a process of its own: `node call.mjs '[["createNamed", "a"], …]'`.
 * Prints the outcomes as JSON.
 */
const library = {
  ...privateNamespaces,
  ...monitor,
  ...named,
  ...names,
  ...namespace,
  ...processes,
  ...reference,
  ...runDirectory,
  ...exec,
  ...runPlan,
  ...bind,
  /** Who is in a namespace, as far as this process sees. */
  findNamespace: (type: NamespaceType, inode: number) => {
    using census = new NamespaceCensus({ types: [type] });
    const entry = census.get(inode);
    return entry && { type: entry.type, pids: entry.processes.map(({ pid }) => pid) };
  },
  /** How many events there are before all has been told. */
  monitorOwn: async (options: NetworkMonitorOptions) => {
    using network = openNetwork();
    let count = 0;
    for await (const { event } of network.monitor(options)) {
      if (event === 'synchronized') break;
      count++;
    }
    return count;
  },
  openSockets: () =>
    readdirSync('/proc/self/fd').flatMap((fd) => {
      try {
        const target = readlinkSync(`/proc/self/fd/${fd}`);
        return target.startsWith('socket:') ? [target] : [];
      } catch {
        return []; // the descriptor of this listing
      }
    }),
};

export interface CallOutcome {
  /** What was returned; of a namespace its inode number and cookie. */
  readonly value?: unknown;
  readonly error?: { readonly name: string; readonly code: string; readonly message: string };
}

async function call([name, ...args]: readonly [keyof typeof library, ...unknown[]]): Promise<CallOutcome> {
  try {
    const value = await (library[name] as (...args: unknown[]) => unknown)(...args);
    if (!(value instanceof namespace.Namespace)) return { value };
    const seen = { value: { ino: value.id.ino, cookie: String(value.cookie) } };
    value.close();
    return seen;
  } catch (error) {
    const { name: kind, code, message } = error as Error & { code: string };
    return { error: { name: kind, code, message } };
  }
}

const [calls = '[]'] = process.argv.slice(2);
const outcomes: CallOutcome[] = [];
for (const each of JSON.parse(calls)) outcomes.push(await call(each));
console.log(JSON.stringify(outcomes));
