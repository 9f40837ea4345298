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
  /** To how many it is lent. */
  #lent = 0;
  /** The number of one that was closed while it was lent. */
  #ending = -1;
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

  /** Whether it was closed; then nothing can be done with it. */
  get closed(): boolean {
    return this.#raw < 0;
  }

  /** A second owner of the same open file (`fcntl(F_DUPFD_CLOEXEC)`). */
  dup(): Fd {
    return Fd.adopt(perform(`duplicate ${this.#what}`, 'fcntl', this.raw, F_DUPFD_CLOEXEC, 0), this.#what);
  }

  /**
   * The number, for somebody who uses it a little later. If this is closed until then, the descriptor ends when it is given back. Much cheaper than a
   * second owner.
   */
  lend(): { readonly raw: number } & Disposable {
    const raw = this.raw;
    let lent = true;
    this.#lent++;
    const giveBack = () => {
      if (!lent) return;
      lent = false;
      if (--this.#lent === 0 && this.#ending >= 0) this.#end(this.#ending);
    };
    return { raw, [Symbol.dispose]: giveBack };
  }

  /** Gives the number to a new owner that closes it (a Node socket, say). */
  release(): number {
    const raw = this.raw;
    this.#raw = -1;
    this.#forget(raw);
    return raw;
  }

  close(): void {
    if (this.#raw < 0) return;
    const raw = this.#raw;
    this.#raw = -1;
    if (this.#lent === 0) this.#end(raw);
    else this.#ending = raw;
  }

  #end(raw: number): void {
    this.#ending = -1;
    this.#forget(raw);
    const result = syscall('close', raw);
    if (result < 0 && result !== -4)
      throw new KernelError({ errno: -result, syscall: 'close', operation: `close ${this.#what}` });
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #forget(raw: number): void {
    addon.letGo(raw);
    forgotten.unregister(this);
  }
}
