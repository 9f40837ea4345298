import { closeSync, openSync, readFileSync } from 'node:fs';
import { KernelError } from '../errors.ts';
import { inChild } from '../native/child.ts';
import {
  AT_FDCWD,
  LOCK_EX,
  LOCK_NB,
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
import { defaultRunDirectory, type RunDirectoryOptions } from './names.ts';

const EINVAL = 22;
const EEXIST = 17;
const EWOULDBLOCK = 11;
const defaultPatienceMs = 10_000;

/** How names are made. */
export interface NamingOptions extends RunDirectoryOptions {
  /** How many milliseconds to wait for another process that holds the lock on the run directory. Default: 10,000. */
  readonly lockPatienceMs?: number | undefined;
  /** Gets the warning that the lock could not be had. Default: `process.emitWarning`. */
  readonly onWarning?: ((warning: string) => void) | undefined;
}

/** Prepares the run directory; a warning goes where `options` say. */
export function prepareForNames(options: NamingOptions): void {
  const warning = prepareRunDirectory(options.runDirectory, options.lockPatienceMs);
  if (warning === undefined) return;
  if (options.onWarning) options.onWarning(warning);
  else process.emitWarning(warning, 'NetnsWarning');
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
  lockPatienceMs: number = defaultPatienceMs,
): string | undefined {
  const made = syscall('mkdirat', AT_FDCWD, runDirectory, 0o755);
  if (made !== -EEXIST) check(made, 'mkdirat', `create the directory ${runDirectory}`);
  const flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
  using lock = Fd.adopt(
    perform(`open netns runtime directory ${runDirectory}`, 'openat', AT_FDCWD, runDirectory, flags),
    runDirectory,
  );
  const warning = takeLock(lock, runDirectory, lockPatienceMs);
  const shared = share(runDirectory);
  if (shared === -EINVAL) bindOntoItself(runDirectory);
  else check(shared, 'mount', `make ${runDirectory} a shared mount`);
  return warning;
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

/** Anybody who may read the directory may lock it: patience has an end, and going on without the lock is what `ip` does, too. */
function takeLock(directory: Fd, path: string, patienceMs: number): string | undefined {
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  for (let waited = 0, pause = 1; ; waited += pause, pause = Math.min(pause * 2, 50)) {
    const result = syscall('flock', directory.raw, LOCK_EX | LOCK_NB);
    if (result >= 0) return undefined;
    if (result !== -EWOULDBLOCK) return `could not flock netns runtime directory "${path}"`;
    if (waited >= patienceMs)
      return `another process has kept the lock on ${path} for ${waited} ms; going on without it`;
    Atomics.wait(sleeper, 0, 0, pause);
  }
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
