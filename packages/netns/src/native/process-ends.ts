import type { AsyncResource } from 'node:async_hooks';
import { O_CLOEXEC, UV_READABLE } from './constants.ts';
import { Fd } from './fd.ts';
import { check, perform, syscall } from './syscall.ts';
import { type Watch, watchDescriptor } from './watch.ts';

const EPOLL_CTL_ADD = 1;
const EPOLLIN = 1;
const eventsAtOnce = 64;

/** `struct epoll_event` in words of 32 bits: the events, and (behind a gap, but on x86-64) 64 bits of ours. */
const [eventWords, dataAt] = process.arch === 'x64' ? [3, 1] : [4, 2];

/** Who is told of an end, in an asynchronous context. */
export interface Awaited extends Pick<AsyncResource, 'runInAsyncScope'> {
  ended(): void;
}

/**
 * Tells when children end, by their pidfds. One watch is for all of them: one for each would take a quarter of the time that it takes to
 * start a child. Without children it closes by itself. pidfd_open(2), epoll(7).
 */
export class ProcessEnds {
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

  /** Takes over a pidfd and calls `ended` when its process has ended, until it is forgotten. Until then it keeps this process running. */
  watch(pidfd: Fd, awaited: Awaited): void {
    const fd = pidfd.raw;
    this.#event[0] = EPOLLIN;
    this.#event[dataAt] = fd;
    const result = syscall('epoll_ctl', this.#epoll.raw, EPOLL_CTL_ADD, fd, this.#event);
    if (result < 0) pidfd.close();
    check(result, 'epoll_ctl', 'watch a process');
    this.#awaited.set(fd, awaited);
    this.refer(true);
  }

  /** Closes a pidfd, of which the kernel then tells nothing more. */
  forget(pidfd: Fd, referenced: boolean): void {
    if (referenced) this.refer(false);
    this.#awaited.delete(pidfd.raw);
    pidfd.close();
    if (this.#awaited.size === 0) this.#closeIfIdle();
  }

  /** Whether one child more, or one less, keeps this process running. */
  refer(on: boolean): void {
    this.#referenced += on ? 1 : -1;
    if (this.#referenced === (on ? 1 : 0)) this.#watch.keepAlive(on);
  }

  #see(): void {
    const count = syscall('epoll_pwait', this.#epoll.raw, this.#events, eventsAtOnce, 0, null, 8);
    // What throws ends this; the others are told again at once.
    for (let at = 0; at < count; at++) {
      const awaited = this.#awaited.get(this.#events[at * eventWords + dataAt] ?? -1);
      awaited?.runInAsyncScope(awaited.ended, awaited);
    }
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
export function processEnds(): ProcessEnds {
  current ??= new ProcessEnds();
  return current;
}
