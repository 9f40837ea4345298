import { AsyncResource } from 'node:async_hooks';
import { O_CLOEXEC, UV_READABLE } from './constants.ts';
import { Fd } from './fd.ts';
import { perform, syscall } from './syscall.ts';
import { type Watch, watchDescriptor } from './watch.ts';

const EPOLL_CTL_ADD = 1;
const EPOLLIN = 1;
const eventsAtOnce = 64;

/** `struct epoll_event` in words of 32 bits: the events, and (behind a gap, but on x86-64) 64 bits of ours. */
const [eventWords, dataAt] = process.arch === 'x64' ? [3, 1] : [4, 2];

interface Awaited {
  readonly ended: () => void;
  /** What AsyncLocalStorage holds there. */
  readonly context: AsyncResource;
  referenced: boolean;
}

/** Otherwise Node watches over each with the garbage collector, which takes longer than all else here. */
const manually = { requireManualDestroy: true };

/**
 * Tells when children end, by their pidfds. One watch is for all of them: one for each would take a quarter of the time that it takes to
 * start a child. Without children it closes by itself. pidfd_open(2), epoll(7).
 */
class ProcessEnds {
  readonly #epoll = Fd.adopt(perform('watch processes', 'epoll_create1', O_CLOEXEC), 'the watch for processes');
  readonly #watch: Watch;
  readonly #awaited = new Map<number, Awaited>();
  readonly #event = new Int32Array(eventWords);
  readonly #events = new Int32Array(eventWords * eventsAtOnce);
  #referenced = 0;

  constructor() {
    this.#watch = watchDescriptor(this.#epoll.raw, UV_READABLE, () => this.#see());
    this.#watch.keepAlive(false);
    this.#closeIfIdle();
  }

  /** Calls `ended`, as if from here, until the watch is closed, and with it `pidfd`: the kernel forgets a closed one by itself. */
  watch(pidfd: Fd, ended: () => void): Watch {
    const fd = pidfd.raw;
    this.#event[0] = EPOLLIN;
    this.#event[dataAt] = fd;
    perform('watch a process', 'epoll_ctl', this.#epoll.raw, EPOLL_CTL_ADD, fd, this.#event);
    const context = new AsyncResource('NetnsProcess', manually);
    const awaited: Awaited = { ended, context, referenced: false };
    this.#awaited.set(fd, awaited);
    this.#refer(awaited, true);
    const close = () => {
      if (this.#awaited.get(fd) !== awaited) return;
      this.#refer(awaited, false);
      this.#awaited.delete(fd);
      context.emitDestroy();
      pidfd.close();
      if (this.#awaited.size === 0) this.#closeIfIdle();
    };
    return { keepAlive: (on) => this.#refer(awaited, on), close, [Symbol.dispose]: close };
  }

  #see(): void {
    const count = syscall('epoll_pwait', this.#epoll.raw, this.#events, eventsAtOnce, 0, null, 8);
    // What throws ends this; the others are told again at once.
    for (let at = 0; at < count; at++) {
      const awaited = this.#awaited.get(this.#events[at * eventWords + dataAt] ?? -1);
      awaited?.context.runInAsyncScope(awaited.ended);
    }
  }

  #refer(awaited: Awaited, on: boolean): void {
    if (awaited.referenced === on) return;
    awaited.referenced = on;
    this.#referenced += on ? 1 : -1;
    if (this.#referenced === (on ? 1 : 0)) this.#watch.keepAlive(on);
  }

  /** Not at once: the end of a child often starts the next one. */
  #closeIfIdle(): void {
    setImmediate(() => {
      if (this.#awaited.size > 0 || this !== current) return;
      current = undefined;
      this.#watch.close();
      this.#epoll.close();
    }).unref();
  }
}

let current: ProcessEnds | undefined;

/** That of this thread. Throws KernelError. */
export function processEnds(): Pick<ProcessEnds, 'watch'> {
  current ??= new ProcessEnds();
  return current;
}
