import { closeSync } from 'node:fs';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { createNamespace, type Namespace } from '../../../src/namespaces/namespace.ts';
import { AT_FDCWD, CLONE_NEWNET, O_CLOEXEC, O_RDONLY } from '../../../src/native/constants.ts';
import { perform } from '../../../src/native/syscall.ts';
import { registered } from './io-uring.ts';
import { type Hold, pathOf, sorts } from './sorts-of-keepers.ts';

/**
 * Makes network namespaces that are kept alive by one thing each, and tells which on standard output; all end with its standard
 * input. `node keepers.mjs DIRECTORY`: files for mounts are made in there.
 */

type Made = Pick<Hold, 'drop'> & { readonly what?: unknown };

const CLONE_FILES = 0x400;
const [directory = '/tmp'] = process.argv.slice(2);

/** A thread that goes into a namespace, or has it in a table of descriptors of its own. */
async function work(what: 'thread' | 'table', namespace: Namespace): Promise<Made> {
  const worker = new Worker(new URL(import.meta.url), { workerData: { what, path: pathOf(namespace) } });
  return new Promise((resolve, reject) => {
    worker.once('message', (told) => resolve({ what: told, drop: () => {} }));
    worker.once('error', reject);
  });
}

if (isMainThread) {
  const made: Record<string, { inode?: number; what?: unknown; refused?: string }> = {};
  const drops: Hold['drop'][] = [];
  // The table first: it begins as a copy of what is open.
  const makers: Record<string, (namespace: Namespace, file: string) => Made | Promise<Made>> = {
    'table of a thread': (namespace) => work('table', namespace),
    thread: (namespace) => work('thread', namespace),
    ...sorts,
    'file in an io_uring': (namespace) => {
      const ring = registered(namespace.fd.raw);
      return { what: ring, drop: () => closeSync(ring) };
    },
  };
  for (const [name, make] of Object.entries(makers)) {
    const namespace = createNamespace('net');
    try {
      const { what, drop } = await make(namespace, `${directory}/${drops.length}`);
      made[name] = { inode: namespace.id.ino, what };
      drops.push(drop);
    } catch (error) {
      made[name] = { refused: String(error) };
    }
    namespace.close();
  }
  console.log(JSON.stringify(made));
  const end = async () => {
    for (const drop of drops) await drop();
    process.exit();
  };
  process.stdin.on('end', end).resume();
} else {
  const { what, path } = workerData as { what: string; path: string };
  if (what === 'table') perform('leave the table', 'unshare', CLONE_FILES);
  const fd = perform('open a namespace', 'openat', AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
  if (what === 'thread') {
    perform('enter a namespace', 'setns', fd, CLONE_NEWNET);
    closeSync(fd);
  }
  parentPort?.postMessage({ tid: perform('tell the thread', 'gettid'), fd });
  parentPort?.on('message', () => {}); // stays
}
