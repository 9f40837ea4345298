import { openSync } from 'node:fs';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { addon } from '../../../src/native/addon.ts';
import { AF_UNIX, SOCK_DGRAM, UV_READABLE } from '../../../src/native/constants.ts';
import { perform } from '../../../src/native/syscall.ts';
import { watchDescriptor } from '../../../src/native/watch.ts';

/** The life of a watch in a process of its own: `node --expose-gc watching.mjs MODE`. Prints what happened. */
const { gc } = globalThis as unknown as { gc(): void };

async function collectGarbage(): Promise<void> {
  for (let round = 0; round < 3; round++) {
    gc();
    await setImmediate();
  }
}

/** A descriptor that is always readable, and one that never is. */
const readable = () => openSync('/proc/self/mountinfo', 'r');
const quiet = () => openSync('/dev/ptmx', 'r');

/** Watches a socket without keeping the watch; the result sends it a message. */
function forget(): () => void {
  const socket = perform('open', 'socket', AF_UNIX, SOCK_DGRAM, 0);
  const address = Buffer.from(`\x01\0\0netns-watching-${process.pid}`, 'latin1');
  perform('name', 'bind', socket, address, address.length);
  watchDescriptor(socket, UV_READABLE, () => {
    console.log('called');
    process.exit();
  });
  return () => void perform('send', 'sendto', socket, address, 1, 0, address, address.length);
}

/**
 * Tells whether many rounds of something leave memory behind that the garbage collector does not know of. The heap itself grows and
 * shrinks by some megabytes at its own pace; what leaks grows every time.
 */
async function measure(rounds: number, work: () => void): Promise<void> {
  let grown = 0;
  for (let attempt = 0; attempt < 3; attempt++) {
    await collectGarbage();
    const before = process.memoryUsage.rss();
    for (let round = 0; round < rounds; round++) {
      work();
      await collectGarbage();
    }
    grown = (process.memoryUsage.rss() - before) / 1e6;
    if (grown < 8) return console.log('no leak');
  }
  console.log(`leaks ${grown} MB`);
}

const modes: Record<string, () => unknown> = {
  exception() {
    process.on('uncaughtException', (error) => {
      console.log(`uncaught: ${error.message}`);
      process.exit();
    });
    modes.unhandled?.();
  },

  unhandled() {
    const watch = watchDescriptor(readable(), UV_READABLE, () => {
      watch.close();
      throw new Error('from the callback');
    });
  },

  async promise() {
    // A promise that settles in the callback is continued right after it.
    const settled = new Promise<void>((resolve) => {
      const watch = watchDescriptor(readable(), UV_READABLE, () => {
        watch.close();
        resolve();
        void Promise.resolve().then(() => console.log('microtask'));
        process.nextTick(() => console.log('tick'));
      });
    });
    await settled;
    console.log('continued');
  },

  async forgotten() {
    const send = forget();
    await collectGarbage();
    send();
    await setTimeout(500);
    console.log('never called');
  },

  closed() {
    const fd = quiet();
    return measure(50, () => {
      for (let i = 0; i < 1000; i++) {
        const handle = addon.watch(fd, UV_READABLE, () => {});
        if (typeof handle !== 'number') addon.unwatch(handle);
      }
    });
  },

  refused() {
    return measure(5, () => {
      for (let i = 0; i < 100_000; i++) addon.watch(-1, UV_READABLE, () => {});
    });
  },

  exit() {
    watchDescriptor(readable(), UV_READABLE, () => {
      console.log('called');
      process.exit(7);
    });
  },

  pending() {
    watchDescriptor(quiet(), UV_READABLE, () => {});
    process.on('exit', () => console.log('exiting'));
    setImmediate().then(() => process.exit(3));
  },

  unreferenced() {
    watchDescriptor(quiet(), UV_READABLE, () => {}).keepAlive(false);
    console.log('ends by itself');
  },

  async referenced() {
    const watch = watchDescriptor(quiet(), UV_READABLE, () => {});
    watch.keepAlive(false);
    watch.keepAlive(true);
    setTimeout(200, undefined, { ref: false }).then(() => {
      console.log('still alive');
      watch.close();
    });
  },
};

modes[process.argv[2] ?? '']?.();
