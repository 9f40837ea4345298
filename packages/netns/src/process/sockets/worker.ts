import { access } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Worker, WorkerOptions } from 'node:worker_threads';
import { type NamespaceRef, openNamespace } from '../../namespaces/reference.ts';
import { builtin } from '../../native/builtin.ts';
import { threadEntryText } from '../../native/thread-entry.ts';
import { ResourceStack } from '../../resource.ts';
import type { Home } from './home.ts';
import { hostsEntries } from './resolver/hosts.ts';
import { readNameFiles } from './resolver/name-files.ts';
import { useNames, type WorkerNames } from './worker-names.ts';

/** Node's own options of a worker, and what else its thread enters. */
export interface NamespaceWorkerOptions extends Omit<WorkerOptions, 'eval'> {
  /** Enter this mount namespace as well: a path, a process, … of a `mnt` namespace. */
  readonly mount?: NamespaceRef | undefined;
}

/**
 * Starts a thread that enters the namespace before any of `module` runs, and never leaves: for code that opens its own sockets. A plain
 * Worker of Node's; this thread and the pool of Node stay outside. 10 to 20 ms and some 9 MB each, so for sockets of
 * your own `net`, `http` and the others are better.
 *
 * What Node does in its pool is done outside all the same: asynchronous `fs` (it matters with `mount`), `crypto`, `zlib`.
 * `dns.lookup` is replaced by one that asks the namespace's name servers, without search domains. A namespace that cannot be entered is an `error` event of
 * the worker, with `code` and `syscall`. Throws as `openNamespace` does if there is no such mount namespace.
 */
export function workerIn(home: Home, module: string | URL, options: NamespaceWorkerOptions = {}): Worker {
  // The pool's threads are made by whoever first needs them, and stay in the namespace of that thread.
  access('/', () => {});
  const { mount, ...workerOptions } = options;
  const { Worker } = process.getBuiltinModule('node:worker_threads');
  const held = new ResourceStack();
  using undo = new ResourceStack();
  undo.defer(() => held[Symbol.dispose]());
  const net = held.use(home.fd.dup());
  const mnt = mount === undefined ? undefined : held.use(openNamespace(mount, 'mnt'));
  const text = [
    threadEntryText(net.raw, mnt?.fd.raw),
    `(${useNames})(${JSON.stringify(namesFor(home, mount))});`,
    startText(module),
  ].join('\n');
  const worker = new Worker(text, { ...workerOptions, eval: true });
  worker.once('exit', () => held[Symbol.dispose]());
  undo.commit();
  return worker;
}

function namesFor(home: Home, mount: NamespaceRef | undefined): WorkerNames {
  const { resolvConf, hosts } = readNameFiles(home, { mount });
  const entries = hostsEntries(hosts);
  const local = entries.some(({ name }) => name === 'localhost')
    ? []
    : hostsEntries('::1 localhost\n127.0.0.1 localhost');
  const servers = resolvConf.servers.filter((server) => builtin('net').isIP(server) !== 0);
  return { servers, hosts: [...entries, ...local] };
}

/**
 * What makes `module`, a URL or a path as Worker itself takes it, the main module of a thread that runs text: arguments, `require.main`, what it throws
 * and what it exits with are those of a plain Worker. Only a file can be one; all else is imported.
 */
function startText(module: string | URL): string {
  const inside = module instanceof URL && module.protocol !== 'file:';
  const file = inside ? undefined : module instanceof URL ? fileURLToPath(module) : resolve(module);
  const start = inside ? `import(${JSON.stringify(module.href)})` : `process.getBuiltinModule('node:module').runMain()`;
  return `(${beMain})(${JSON.stringify(file)}); ${start};`;
}

/** Runs in the new thread, from its own text: it may use nothing of this file. Takes away what only text that is run has. */
function beMain(file: string | undefined): void {
  for (const name of ['require', 'module', 'exports', '__filename', '__dirname'])
    Reflect.deleteProperty(globalThis, name);
  process.argv.splice(1, 1, ...(file === undefined ? [] : [file]));
}
