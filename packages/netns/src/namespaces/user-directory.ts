import { fstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { EEXIST, ENOENT, ENOTDIR, EPERM, ESRCH } from '../errno-numbers.ts';
import { InvalidArgumentError, KernelError } from '../errors.ts';
import { type ChildOutcome, forEachInChild, inChildAfter } from '../native/child.ts';
import {
  AT_FDCWD,
  AT_REMOVEDIR,
  CLONE_NEWNS,
  CLONE_NEWUSER,
  LOCK_EX,
  LOCK_NB,
  LOCK_SH,
  O_CLOEXEC,
  O_DIRECTORY,
  O_NOFOLLOW,
  O_RDONLY,
} from '../native/constants.ts';
import { Fd } from '../native/fd.ts';
import { check, perform, type SyscallStep, syscall } from '../native/syscall.ts';
import { ResourceStack } from '../resource.ts';
import { idOfFile, sameNamespace } from './identity.ts';
import { takeLock } from './lock.ts';
import type { NameChanges, NameDirectory, NameView, NamingOptions } from './name-directory.ts';
import { findHolder, type Holder, lockName, openHolder, startHolder } from './name-holder.ts';

const othersMayWrite = 0o022;

/**
 * The names of one ordinary user. They are mounts on a file system in memory, in a user and mount namespace of the user's own that a
 * small process keeps (see `name-holder.ts`): so they are private to the user, and gone when that process ends. It starts
 * with the first name and ends with the last. All network namespaces made here belong to that user namespace, so they can be
 * connected with each other.
 */
export class UserDirectory implements NameDirectory {
  /** What lies in the file system that everybody sees: the lock, and the directory that is mounted over in there. */
  readonly #home: string;
  readonly path: string;

  constructor(home: string) {
    this.#home = home;
    this.path = `${home}/names`;
  }

  view(): NameView | undefined {
    using home = this.#open();
    const pid = home && findHolder(home, this.#home);
    return pid === undefined ? undefined : this.#viewOf(pid);
  }

  #viewOf(pid: number): NameView {
    return { path: `/proc/${pid}/root${this.path}`, mountTable: `/proc/${pid}/mountinfo` };
  }

  /** Whether this process is in the user namespace of the names, as one that was started in a namespace with a name. */
  get isAround(): boolean {
    try {
      using home = this.#open();
      const pid = home && findHolder(home, this.#home);
      return pid !== undefined && isOwnUserNamespace(`/proc/${pid}/ns/user`);
    } catch {
      return false; // what is in another user namespace may not be looked at
    }
  }

  /** Whether nobody holds names, or one does whose namespaces this process may look at: not those of outside, for who is in a sandbox. */
  get isReachable(): boolean {
    using home = this.#open();
    if (home === undefined) return true;
    try {
      using _holder = openHolder(home, this.#home);
      return true;
    } catch {
      return false;
    }
  }

  prepare(options: NamingOptions): NameChanges {
    return this.#enter(this.#lock(this.#make(), options.lockPatienceMs), true);
  }

  changes(): NameChanges | undefined {
    const home = this.#open();
    return home && this.#enter(this.#lock(home), false);
  }

  hold(): NameView & Disposable {
    using held = new ResourceStack();
    const home = held.use(this.#lock(this.#make()));
    using holder = this.#holder(home, true);
    const file = held.use(openFile(home, lockName, 0));
    perform(`watch the names in ${this.path}`, 'flock', file.raw, LOCK_SH | LOCK_NB);
    held.commit();
    home.close();
    const release = () => {
      file.close();
      this.#endIfEmpty();
    };
    return { ...this.#viewOf(holder?.pid ?? 0), [Symbol.dispose]: release };
  }

  /** Undefined if it is not there. Only what is ours alone can be trusted: anybody can make a directory in `/tmp`. */
  #open(): Fd | undefined {
    const raw = syscall('openat', AT_FDCWD, this.#home, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (raw === -ENOENT) return undefined;
    if (raw === -ENOTDIR) throw this.#distrust(ENOTDIR, 'it is a symbolic link or a file');
    const home = Fd.adopt(check(raw, 'openat', `open ${this.#home}`), this.#home);
    try {
      const { uid, mode } = fstatSync(home.raw);
      if (uid !== process.geteuid?.()) throw this.#distrust(EPERM, `it belongs to user ${uid}`);
      if (mode & othersMayWrite) throw this.#distrust(EPERM, 'others may write to it');
      return home;
    } catch (error) {
      home.close();
      throw error;
    }
  }

  #distrust(errno: number, hint: string): KernelError {
    return new KernelError({ errno, syscall: 'openat', operation: `keep names of namespaces in ${this.#home}`, hint });
  }

  #make(): Fd {
    for (;;) {
      const made = syscall('mkdirat', AT_FDCWD, this.#home, 0o700);
      if (made !== -EEXIST) check(made, 'mkdirat', `create the directory ${this.#home}`);
      const home = this.#open();
      if (home !== undefined) return home; // else whoever took the last name away took this away
    }
  }

  /** Names change under the lock, so that none appears while the holder ends. Closes what it was given, and gives what is there now. */
  #lock(first: Fd, patienceMs?: number): Fd {
    for (let home = first; ; home = this.#make()) {
      const missed = takeLock(home, patienceMs);
      if (missed !== undefined) {
        home.close();
        const hint = `another process has kept the lock for ${missed.waited} ms`;
        throw new KernelError({ errno: missed.errno, syscall: 'flock', operation: `lock ${this.#home}`, hint });
      }
      if (fstatSync(home.raw).nlink > 0) return home;
      home.close();
    }
  }

  #holder(home: Fd, start: boolean): Holder | undefined {
    const found = openHolder(home, this.#home);
    if (found !== undefined || !start) return found;
    const made = syscall('mkdirat', home.raw, 'names', 0o700);
    if (made !== -EEXIST) check(made, 'mkdirat', `create the directory ${this.path}`);
    using undo = new ResourceStack();
    // One that cannot be entered is of no use, and nobody would find out that it is empty.
    if (startHolder(this.#home, this.path)) undo.defer(() => syscall('unlinkat', home.raw, lockName, 0));
    const holder = openHolder(home, this.#home);
    undo.commit();
    if (holder !== undefined) return holder;
    const operation = `keep names of namespaces in ${this.path}`;
    throw new KernelError({ errno: ESRCH, syscall: 'fcntl', operation, hint: 'the process that holds them has ended' });
  }

  /** Takes over `home`. */
  #enter(home: Fd, start: boolean): NameChanges {
    using undo = new ResourceStack();
    undo.defer(() => this.#leave(home));
    const holder = this.#holder(home, start);
    undo.commit();
    const way: SyscallStep[] =
      holder === undefined
        ? []
        : [
            // Our own user namespace cannot be entered again.
            ...(isOwnUserNamespace(`/proc/self/fd/${holder.user.raw}`)
              ? []
              : [['setns', holder.user.raw, CLONE_NEWUSER] as const]),
            ['setns', holder.mounts.raw, CLONE_NEWNS],
          ];
    // What is asked for is not there, without a holder.
    const nowhere: ChildOutcome = { results: new Int32Array(), failed: { step: 0, errno: ENOENT } };
    return {
      run: (operation, steps) => (holder === undefined ? nowhere : inChildAfter(way, operation, steps)),
      forEach: (paths, steps, children) =>
        holder === undefined
          ? [{ start: 0, count: paths.length, ...nowhere }]
          : forEachInChild(paths, steps, { way, children }),
      [Symbol.dispose]: () => {
        holder?.[Symbol.dispose]();
        this.#leave(home);
      },
    };
  }

  /** With the lock still held. */
  #leave(home: Fd): void {
    try {
      this.#endHolder(home);
    } finally {
      home.close();
    }
  }

  #endIfEmpty(): void {
    const home = this.#open();
    if (home !== undefined) this.#leave(this.#lock(home));
  }

  /** Ends the holder if there is no name any more and nobody watches, and leaves nothing. */
  #endHolder(home: Fd): void {
    const pid = findHolder(home, this.#home);
    if (pid !== undefined) {
      if (!isEmpty(this.#viewOf(pid).path)) return;
      using file = openFile(home, lockName, 0);
      if (syscall('flock', file.raw, LOCK_EX | LOCK_NB) < 0) return;
      perform(`end the process that holds the names in ${this.path}`, 'unlinkat', home.raw, lockName, 0);
    } else syscall('unlinkat', home.raw, lockName, 0);
    syscall('unlinkat', home.raw, 'names', AT_REMOVEDIR);
    syscall('unlinkat', AT_FDCWD, this.#home, AT_REMOVEDIR); // refused if somebody else keeps things there
  }
}

/** What may not be looked at is not ours to end. */
function isEmpty(path: string): boolean {
  try {
    return readdirSync(path).length === 0;
  } catch {
    return false;
  }
}

function openFile(directory: Fd, name: string, flags: number): Fd {
  const raw = syscall('openat', directory.raw, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | flags);
  return Fd.adopt(check(raw, 'openat', `open ${name}`), name);
}

function isOwnUserNamespace(path: string): boolean {
  const operation = 'compare user namespaces';
  return sameNamespace(idOfFile('/proc/self/ns/user', operation), idOfFile(path, operation));
}

/** Where an ordinary user's names are: in the directory for what they run, or else in one that is made for them. */
export function homeOfNames(uid: number, runtimeDirectory?: string): string {
  if (runtimeDirectory !== undefined && !runtimeDirectory.startsWith('/'))
    throw new InvalidArgumentError('runtime directory', runtimeDirectory, 'it is no absolute path');
  for (const candidate of [runtimeDirectory, `/run/user/${uid}`]) {
    const real = candidate && ownDirectory(candidate);
    if (real) return `${real}/netns`;
  }
  return `/tmp/netns-${uid}`;
}

/** Its path without symbolic links, if it is a directory of ours: what others keep there cannot be meant. */
function ownDirectory(path: string): string | undefined {
  try {
    const status = statSync(path);
    return status.isDirectory() && status.uid === process.geteuid?.() ? realpathSync.native(path) : undefined;
  } catch {
    return undefined;
  }
}
