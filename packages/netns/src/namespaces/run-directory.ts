import { readFileSync } from 'node:fs';
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
import { ResourceStack } from '../resource.ts';
import { defaultRunDirectory } from './names.ts';

const EINVAL = 22;
const EEXIST = 17;
const EWOULDBLOCK = 11;
const lockPatienceMs = 10_000;

/**
 * Makes the run directory ready to hold names: it must exist, and be a shared mount, so that a name removed in one mount
 * namespace disappears in the others. What `ip netns add` does first, and interoperable with it: the same lock (flock on
 * the directory), the same mounts, never a second mount on top of the first.
 *
 * Safe to call at any time and by many processes at once. Returns a warning if the lock could not be had.
 * Throws KernelError; what it mounted is gone again then.
 */
export function prepareRunDirectory(runDirectory: string = defaultRunDirectory): string | undefined {
  const made = syscall('mkdirat', AT_FDCWD, runDirectory, 0o755);
  if (made !== -EEXIST) check(made, 'mkdirat', `create the directory ${runDirectory}`);
  const flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
  using lock = Fd.adopt(
    perform(`open netns runtime directory ${runDirectory}`, 'openat', AT_FDCWD, runDirectory, flags),
    runDirectory,
  );
  const warning = takeLock(lock, runDirectory);
  const shared = share(runDirectory);
  if (shared === -EINVAL) bindOntoItself(runDirectory);
  else check(shared, 'mount', `make ${runDirectory} a shared mount`);
  return warning;
}

function share(path: string): number {
  return syscall('mount', '', path, 'none', MS_SHARED | MS_REC, null);
}

/** EINVAL told us that it is no mount point; its own peer group keeps names from leaking into what the parent is shared with. */
function bindOntoItself(path: string): void {
  using undo = new ResourceStack();
  perform(`bind ${path} onto itself`, 'mount', path, path, 'none', MS_BIND | MS_REC, null);
  undo.defer(() => void syscall('umount2', path, MNT_DETACH));
  perform(`make ${path} a private mount`, 'mount', '', path, 'none', MS_PRIVATE | MS_REC, null);
  check(share(path), 'mount', `make ${path} a shared mount`);
  undo.commit();
}

/** Anybody who may read the directory may lock it: patience has an end, and going on without the lock is what `ip` does, too. */
function takeLock(directory: Fd, path: string): string | undefined {
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  for (let waited = 0, pause = 1; ; waited += pause, pause = Math.min(pause * 2, 50)) {
    const result = syscall('flock', directory.raw, LOCK_EX | LOCK_NB);
    if (result >= 0) return undefined;
    if (result !== -EWOULDBLOCK) return `could not flock netns runtime directory "${path}"`;
    if (waited >= lockPatienceMs)
      return `another process has kept the lock on ${path} for ${waited} ms; going on without it`;
    Atomics.wait(sleeper, 0, 0, pause);
  }
}

/** How many mounts lie on top of each other at the run directory: more than one is the trace of a race between old tools. */
export function mountsOnRunDirectory(runDirectory: string = defaultRunDirectory): number {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.split(' ')[4] === runDirectory).length;
}
