import { O_CLOEXEC, UV_READABLE } from '../../native/constants.ts';
import { Fd } from '../../native/fd.ts';
import { perform, syscall } from '../../native/syscall.ts';
import { watchDescriptor } from '../../native/watch.ts';

const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLLIN = 1;
const EPOLLERR = 8;
const eventsAtOnce = 64;
/** `struct epoll_event` in words of 32 bits: the events, and (behind a gap, but on x86-64) 64 bits of ours. */
const [eventWords, dataAt] = process.arch === 'x64' ? [3, 1] : [4, 2];

/** Waits until one of many descriptors has something to read: one watch is for all of them, and only while somebody waits. epoll(7). */
export class Readiness implements Disposable {
  readonly #epoll = Fd.adopt(perform('wait for packets', 'epoll_create1', O_CLOEXEC), 'the watch for packets');
  readonly #events = new Int32Array(eventWords * eventsAtOnce);
  #wake: (() => void) | undefined;

  add(fd: number, number: number): void {
    const event = new Int32Array(eventWords);
    event[0] = EPOLLIN;
    event[dataAt] = number;
    perform('wait for packets', 'epoll_ctl', this.#epoll.raw, EPOLL_CTL_ADD, fd, event);
  }

  remove(fd: number): void {
    if (!this.#epoll.closed) syscall('epoll_ctl', this.#epoll.raw, EPOLL_CTL_DEL, fd, new Int32Array(eventWords));
  }

  /** At most so many milliseconds, or for ever. Gives the numbers of those that report an error. */
  async wait(milliseconds: number | undefined): Promise<ReadonlySet<number>> {
    if (this.#epoll.closed) return new Set();
    using watch = watchDescriptor(this.#epoll.raw, UV_READABLE, () => this.wake());
    void watch;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (milliseconds !== undefined) timer = setTimeout(resolve, milliseconds);
    });
    this.#wake = undefined;
    clearTimeout(timer);
    return this.#failed();
  }

  /** Ends the waiting. */
  wake(): void {
    this.#wake?.();
  }

  #failed(): ReadonlySet<number> {
    const failed = new Set<number>();
    if (this.#epoll.closed) return failed;
    const events = this.#events;
    const count = syscall('epoll_pwait', this.#epoll.raw, events, eventsAtOnce, 0, null, 8);
    for (let at = 0; at < count * eventWords; at += eventWords)
      if (((events[at] ?? 0) & EPOLLERR) !== 0) failed.add(events[at + dataAt] ?? -1);
    return failed;
  }

  [Symbol.dispose](): void {
    this.wake();
    this.#epoll.close();
  }
}
