import type { AsyncResource } from 'node:async_hooks';
import { setTimeout } from 'node:timers';
import { ESRCH } from '../errno-numbers.ts';
import { addon, type Program } from './addon.ts';
import { AT_FDCWD, O_CLOEXEC, O_RDWR, UV_READABLE } from './constants.ts';
import { Fd } from './fd.ts';
import { failureIn, type Spawned, type StartFailure, spawnProgram } from './spawn.ts';
import { perform, programOf, syscall } from './syscall.ts';
import { type Watch, watchDescriptor } from './watch.ts';

const endsAtOnce = 64;
const idleMilliseconds = 50;

/** Who is told of an end, in an asynchronous context. */
export interface Awaited extends Pick<AsyncResource, 'runInAsyncScope'> {
  /** `status` is that of wait(2); `failure` why the program was never run. */
  ended(status: number, failure: StartFailure | undefined): void;
}

/**
 * The children of this thread that are waited for, by their pidfds, which it owns. One watch is for all of them: one for each would take a
 * quarter of the time that it takes to start a child. Without children it closes by itself. pidfd_open(2), epoll(7).
 */
export class ProcessEnds {
  readonly #epoll = Fd.adopt(perform('watch processes', 'epoll_create1', O_CLOEXEC), 'the watch for processes');
  readonly #null = openNull();
  readonly #watch: Watch;
  /** By the numbers of their pidfds, which are small. */
  readonly #awaited: (Awaited | undefined)[] = [];
  /** The native account of one: pidfd, failed step, error number, status. */
  readonly #end = new Int32Array(4);
  #count = 0;
  #referenced = 0;
  #closing = false;

  /** What gives a child /dev/null for its three streams, without opening it; undefined where /dev/null has the place of a stream. */
  readonly silence: Program | undefined;

  constructor() {
    const source = this.#null?.raw ?? -1;
    if (source > 2) this.silence = programOf([0, 1, 2].map((place) => ['dup3', source, place, 0]));
    this.#watch = watchDescriptor(this.#epoll.raw, UV_READABLE, () => this.#see());
    this.#watch.keepAlive(false);
    this.#closeWhenIdle();
  }

  /**
   * Starts a program as `spawnProgram` does, and calls `ended` when it has ended. Until then it keeps this process running. Throws as
   * that does. The only one is always waited for: it gets the processor that we leave, instead of a place in the queue of another.
   */
  start(
    awaited: Awaited,
    program: Program,
    paths: readonly string[],
    argv: readonly string[],
    environment: string | null,
    wait: boolean,
  ): Spawned {
    const child = spawnProgram(program, paths, argv, environment, wait || this.#count === 0, this.#epoll.raw);
    this.#awaited[child.pidfd] = awaited;
    this.#count++;
    this.refer(true);
    return child;
  }

  /** Sends a signal to a child that has not been waited for. Returns -errno if that fails. */
  kill({ pidfd }: Spawned, signal: number): number {
    return this.#awaited[pidfd] === undefined ? -ESRCH : syscall('pidfd_send_signal', pidfd, signal, null, 0);
  }

  /** Whether one child more, or one less, keeps this process running. */
  refer(on: boolean): void {
    this.#referenced += on ? 1 : -1;
    if (this.#referenced === (on ? 1 : 0)) this.#watch.keepAlive(on);
  }

  #see(): void {
    for (let left = endsAtOnce; left > 0 && addon.reap(this.#epoll.raw, this.#end) > 0; left--) {
      const [pidfd = -1, , , status = 0] = this.#end;
      const failure = failureIn(this.#end);
      const awaited = this.#awaited[pidfd];
      this.#awaited[pidfd] = undefined;
      this.#count--;
      if (this.#count === 0) this.#closeWhenIdle();
      // What throws ends this; the others are told again at once.
      awaited?.runInAsyncScope(awaited.ended, awaited, status, failure);
    }
  }

  /** Not at once: the end of a child often starts the next one. */
  #closeWhenIdle(): void {
    if (this.#closing) return;
    this.#closing = true;
    setTimeout(() => {
      this.#closing = false;
      if (this.#count > 0 || this !== current) return;
      current = undefined;
      this.#watch.close();
      this.#epoll.close();
      this.#null?.close();
    }, idleMilliseconds).unref();
  }
}

let current: ProcessEnds | undefined;

/** That of this thread. Throws KernelError. */
export function processEnds(): ProcessEnds {
  current ??= new ProcessEnds();
  return current;
}

function openNull(): Fd | undefined {
  const raw = syscall('openat', AT_FDCWD, '/dev/null', O_RDWR | O_CLOEXEC);
  return raw < 0 ? undefined : Fd.adopt(raw, '/dev/null');
}
