import { readdirSync, readlinkSync } from 'node:fs';
import * as monitor from '../../../src/namespaces/monitor.ts';
import * as named from '../../../src/namespaces/named.ts';
import * as names from '../../../src/namespaces/names.ts';
import * as namespace from '../../../src/namespaces/namespace.ts';
import * as processes from '../../../src/namespaces/processes.ts';
import * as reference from '../../../src/namespaces/reference.ts';
import * as runDirectory from '../../../src/namespaces/run-directory.ts';
import * as exec from '../../../src/process/exec.ts';
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

function call([name, ...args]: readonly [keyof typeof library, ...unknown[]]): CallOutcome {
  try {
    const value = (library[name] as (...args: unknown[]) => unknown)(...args);
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
console.log(JSON.stringify(JSON.parse(calls).map(call)));
