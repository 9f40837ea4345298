import { openSync, readdirSync, readlinkSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { createNamespace, type Namespace } from '../../../src/namespaces/namespace.ts';
import { UV_READABLE } from '../../../src/native/constants.ts';
import { watchDescriptor } from '../../../src/native/watch.ts';

/** The addon in worker threads: `node workers.mjs MODE`. Prints what happened; each mode also runs in each worker, as its other half. */
const ready = () => parentPort?.postMessage('ready');
const readable = () => openSync('/proc/self/mountinfo', 'r');
const quiet = () => openSync('/dev/ptmx', 'r');

/** What a worker does. */
const inWorker: Record<string, () => unknown> = {
  /** Makes namespaces, looks at them, watches something, and ends by itself. */
  together() {
    for (let i = 0; i < 20; i++) {
      using namespace = createNamespace('net');
      using again = createNamespace('uts');
      if (namespace.equals(again)) throw new Error('they are not the same');
    }
    const watch = watchDescriptor(readable(), UV_READABLE, () => {
      watch.close();
      ready();
    });
  },

  terminated() {
    watchDescriptor(quiet(), UV_READABLE, () => {});
    ready();
  },

  busy() {
    watchDescriptor(readable(), UV_READABLE, () => {
      ready();
      for (;;);
    });
  },

  exits() {
    watchDescriptor(readable(), UV_READABLE, () => process.exit(3));
  },

  ends() {
    watchDescriptor(quiet(), UV_READABLE, () => {}).keepAlive(false);
  },

  throws() {
    watchDescriptor(readable(), UV_READABLE, () => {
      throw new Error('from the callback');
    });
  },

  forgets() {
    held.push(createNamespace('net'), createNamespace('net'));
    createNamespace('net').close();
    ready();
  },

  'forgets, terminated'() {
    setInterval(() => {}, 1000);
    inWorker.forgets?.();
  },

  /** What it gave away is not closed with it. */
  releases() {
    createNamespace('net').fd.release();
  },
};
const held: Namespace[] = [];

interface Outcome {
  readonly messages: number;
  readonly error: string | undefined;
  readonly exitCode: number;
}

/** Starts one worker and waits for its end; `onReady` runs at its first message. */
function work(mode: string, onReady: (worker: Worker) => void = () => {}): Promise<Outcome> {
  const worker = new Worker(process.argv[1] ?? '', { workerData: mode });
  let messages = 0;
  let error: string | undefined;
  worker.on('message', () => {
    messages++;
    onReady(worker);
  });
  worker.on('error', ({ message }) => {
    error = message;
  });
  return new Promise((resolve) => worker.on('exit', (exitCode) => resolve({ messages, error, exitCode })));
}

const terminate = (worker: Worker) => void worker.terminate();
const namespaces = () =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith('net:');
    } catch {
      return false;
    }
  }).length;

async function main(mode: string): Promise<unknown> {
  const own = watchDescriptor(quiet(), UV_READABLE, () => {});
  own.keepAlive(false);
  switch (mode) {
    case 'together':
      return Promise.all(Array.from({ length: 8 }, () => work(mode)));
    case 'terminated':
    case 'busy':
      return Promise.all(Array.from({ length: 3 }, () => work(mode, terminate)));
    case 'mid-exit':
      // The process ends while workers are busy with the addon.
      for (let i = 0; i < 4; i++) void work('busy');
      await setTimeout(150);
      console.log('leaving');
      return process.exit(5);
    case 'forgets':
      return [await work(mode), await work(`${mode}, terminated`, terminate), namespaces()];
    case 'releases':
      return [await work(mode), namespaces()];
    default:
      return [await work(mode)];
  }
}

if (isMainThread) console.log(JSON.stringify(await main(process.argv[2] ?? '')));
else inWorker[workerData]?.();
