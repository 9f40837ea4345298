import { closeSync, openSync, readFileSync } from 'node:fs';
import { EAGAIN, EEXIST, EINVAL } from '../errno-numbers.ts';
import { KernelError } from '../errors.ts';
import { inChild } from '../native/child.ts';
import {
  AT_FDCWD,
  MNT_DETACH,
  MS_BIND,
  MS_PRIVATE,
  MS_REC,
  MS_SHARED,
  O_CLOEXEC,
  O_DIRECTORY,
  O_RDONLY,
} from '../native/constants.ts';
import { Fd } from '../native/fd.ts';
import { check, perform, syscall } from '../native/syscall.ts';
import { takeLock } from './lock.ts';
import {
  defaultRunDirectory,
  inPlace,
  type NameChanges,
  type NameDirectory,
  type NameView,
  type NamingOptions,
} from './name-directory.ts';

/** A directory of names in this process's own mount namespace: `/run/netns`. */
export class RunDirectory implements NameDirectory {
  readonly path: string;

  constructor(path: string = defaultRunDirectory) {
    this.path = path;
  }

  view(): NameView {
    return { path: this.path, mountTable: '/proc/self/mountinfo' };
  }

  prepare(options: NamingOptions): NameChanges {
    const warning = prepareRunDirectory(this.path, options.lockPatienceMs);
    if (warning !== undefined && options.onWarning) options.onWarning(warning);
    else if (warning !== undefined) process.emitWarning(warning, 'NetnsWarning');
    return this.changes();
  }

  changes(): NameChanges {
    return inPlace;
  }

  hold(): NameView & Disposable {
    // Not mkdirSync: with `recursive` it never returns where the parent can hold no directory (/proc).
    makeDirectory(this.path);
    return { ...this.view(), [Symbol.dispose]: () => {} };
  }
}

function makeDirectory(path: string): void {
  const made = syscall('mkdirat', AT_FDCWD, path, 0o755);
  if (made !== -EEXIST) check(made, 'mkdirat', `create the directory ${path}`);
}

/**
 * Makes the run directory ready to hold names: it must exist, and be a shared mount, so that a name removed in one mount
 * namespace disappears in the others. What `ip netns add` does first, and interoperable with it: the same lock (flock on
 * the directory), the same mounts, never a second mount on top of the first.
 *
 * Safe to call at any time and by many processes at once. Returns a warning if the lock could not be had.
 * Throws KernelError; what it mounted is gone again then.
 */
export function prepareRunDirectory(
  runDirectory: string = defaultRunDirectory,
  lockPatienceMs?: number,
): string | undefined {
  makeDirectory(runDirectory);
  const flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
  using lock = Fd.adopt(
    perform(`open netns runtime directory ${runDirectory}`, 'openat', AT_FDCWD, runDirectory, flags),
    runDirectory,
  );
  const missed = takeLock(lock, lockPatienceMs);
  const shared = share(runDirectory);
  if (shared === -EINVAL) bindOntoItself(runDirectory);
  else check(shared, 'mount', `make ${runDirectory} a shared mount`);
  if (missed === undefined) return undefined;
  if (missed.errno !== EAGAIN) return `could not flock netns runtime directory "${runDirectory}"`;
  return `another process has kept the lock on ${runDirectory} for ${missed.waited} ms; going on without it`;
}

function share(path: string): number {
  return syscall('mount', '', path, 'none', MS_SHARED | MS_REC, null);
}

/**
 * EINVAL told us that it is no mount point; its own peer group keeps names from leaking into what the parent is shared with. In a
 * child, so that whoever is killed leaves either no mount or a shared one: nobody would ever make a half-made one right.
 */
function bindOntoItself(path: string): void {
  const operations = [`bind ${path} onto itself`, `make ${path} a private mount`, `make ${path} a shared mount`];
  const { failed } = inChild(operations[0] ?? '', [
    ['mount', path, path, 'none', MS_BIND | MS_REC, null],
    ['mount', '', path, 'none', MS_PRIVATE | MS_REC, null],
    ['mount', '', path, 'none', MS_SHARED | MS_REC, null],
  ]);
  if (!failed) return;
  if (failed.step > 0) syscall('umount2', path, MNT_DETACH);
  throw new KernelError({ errno: failed.errno, syscall: 'mount', operation: operations[failed.step] ?? '' });
}

/**
 * How many mounts lie on top of each other at the run directory: more than one is the trace of a race between old tools. Mounts at
 * the same path that something else hides do not count.
 */
export function mountsOnRunDirectory(runDirectory: string = defaultRunDirectory): number {
  const mounts = new Map<string, { readonly parent: string; readonly path: string }>();
  for (const line of readFileSync('/proc/self/mountinfo', 'utf8').split('\n')) {
    const [id = '', parent = '', , , path = ''] = line.split(' ');
    mounts.set(id, { parent, path });
  }
  let count = 0;
  let mount = mounts.get(mountIdOf(runDirectory));
  for (; mount?.path === runDirectory; mount = mounts.get(mount.parent)) count++;
  return count;
}

/** The mount that a path leads to, as `/proc/self/mountinfo` numbers it. */
function mountIdOf(path: string): string {
  const fd = openSync(path, 'r');
  try {
    return /^mnt_id:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1] ?? '';
  } finally {
    closeSync(fd);
  }
}
