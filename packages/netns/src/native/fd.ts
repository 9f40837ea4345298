import { ClosedError, KernelError } from '../errors.ts';
import { addon } from './addon.ts';
import { F_DUPFD_CLOEXEC } from './constants.ts';
import { perform, syscall } from './syscall.ts';

/** Closes what was forgotten, and says so: a descriptor keeps a namespace alive. */
const forgotten = new FinalizationRegistry<{ readonly raw: number; readonly what: string }>(({ raw, what }) => {
  addon.letGo(raw);
  syscall('close', raw);
  process.emitWarning(`${what} was not closed; closing it now that nothing refers to it`, 'NetnsLeakWarning');
});

/**
 * The one owner of a file descriptor. Descriptor 0 is as good as any other; closing twice is harmless; use after
 * close throws ClosedError, so that a number which the kernel has given to somebody else is never used. In a worker thread
 * it ends with the thread at the latest.
 */
export class Fd implements Disposable {
  #raw: number;
  readonly #what: string;

  private constructor(raw: number, what: string) {
    this.#raw = raw;
    this.#what = what;
  }

  /** Takes over a descriptor that nobody else closes; `what` names it in messages. */
  static adopt(raw: number, what: string): Fd {
    const fd = new Fd(raw, what);
    addon.hold(raw);
    forgotten.register(fd, { raw, what }, fd);
    return fd;
  }

  /** The number, for one system call; do not keep it. */
  get raw(): number {
    if (this.#raw < 0) throw new ClosedError(this.#what);
    return this.#raw;
  }

  get closed(): boolean {
    return this.#raw < 0;
  }

  /** A second owner of the same open file (`fcntl(F_DUPFD_CLOEXEC)`). */
  dup(): Fd {
    return Fd.adopt(perform(`duplicate ${this.#what}`, 'fcntl', this.raw, F_DUPFD_CLOEXEC, 0), this.#what);
  }

  /** Gives the number to a new owner that closes it (a Node socket, say). */
  release(): number {
    const raw = this.raw;
    this.#forget();
    return raw;
  }

  close(): void {
    if (this.#raw < 0) return;
    const raw = this.#raw;
    this.#forget();
    const result = syscall('close', raw);
    if (result < 0 && result !== -4)
      throw new KernelError({ errno: -result, syscall: 'close', operation: `close ${this.#what}` });
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #forget(): void {
    addon.letGo(this.#raw);
    this.#raw = -1;
    forgotten.unregister(this);
  }
}
