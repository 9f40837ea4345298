import { readlinkSync } from 'node:fs';
import { EAGAIN, EINTR, ENOENT, ESRCH } from '../errno-numbers.ts';
import { KernelError } from '../errors.ts';
import { nsexecPath } from '../native/addon.ts';
import {
  AT_FDCWD,
  CLONE_NEWNS,
  CLONE_NEWUSER,
  F_GETLK,
  F_SETFD,
  F_UNLCK,
  F_WRLCK,
  MS_NODEV,
  MS_NOEXEC,
  MS_NOSUID,
  MS_REC,
  MS_SLAVE,
  O_CLOEXEC,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_RDONLY,
  O_RDWR,
} from '../native/constants.ts';
import { Fd } from '../native/fd.ts';
import { spawnProgram } from '../native/spawn.ts';
import { check, perform, programOf, syscall } from '../native/syscall.ts';

/**
 * A mount takes a mount namespace, and one that an ordinary user may change goes with its last process. So a process stays in
 * it: the holder, the static helper at its step `stay`. It keeps a lock on a file, and by that lock it is found: the kernel tells
 * whose it is, and drops it when the process ends. When the file is taken away, the holder ends.
 */
export const lockName = 'lock';

/** The process that holds the lock in an open directory; undefined: none does. fcntl(2) F_GETLK. */
export function findHolder(home: Fd, path: string): number | undefined {
  const operation = `find the process that holds the names in ${path}`;
  const raw = syscall('openat', home.raw, lockName, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (raw === -ENOENT) return undefined;
  using file = Fd.adopt(check(raw, 'openat', operation), `${path}/${lockName}`);
  const lock = new ArrayBuffer(32); // struct flock: s16 type, s16 whence, s64 start, s64 length, s32 process
  const [type, pid] = [new Int16Array(lock), new Int32Array(lock)];
  type[0] = F_WRLCK;
  perform(operation, 'fcntl', file.raw, F_GETLK, new Uint8Array(lock));
  if (type[0] === F_UNLCK) return undefined;
  if (pid[6] !== 0) {
    checkProc(operation);
    return pid[6];
  }
  const hint = 'it is in a pid namespace that cannot be seen from here';
  throw new KernelError({ errno: ESRCH, syscall: 'fcntl', operation, hint });
}

/** The numbers of processes mean nothing in a `/proc` that is of another pid namespace, as in a sandbox that did not mount its own. */
function checkProc(operation: string): void {
  let self: string | undefined;
  try {
    self = readlinkSync('/proc/self');
  } catch {}
  if (self === String(process.pid)) return;
  const hint = '/proc shows another pid namespace than that of this process';
  throw new KernelError({ errno: ESRCH, syscall: 'readlink', operation, hint });
}

/** A holder, with its namespaces open. */
export interface Holder extends Disposable {
  readonly pid: number;
  readonly user: Fd;
  readonly mounts: Fd;
}

/** Opens the namespaces of the holder, and makes sure that they are its own: the number of a process can be given to another. */
export function openHolder(home: Fd, path: string): Holder | undefined {
  for (;;) {
    const pid = findHolder(home, path);
    if (pid === undefined) return undefined;
    const open = (type: string) => syscall('openat', AT_FDCWD, `/proc/${pid}/ns/${type}`, O_RDONLY | O_CLOEXEC);
    const [user, mounts] = [open('user'), open('mnt')];
    if (user >= 0 && mounts >= 0 && findHolder(home, path) === pid) return adopt(pid, user, mounts);
    for (const raw of [user, mounts]) if (raw >= 0) syscall('close', raw);
    if (findHolder(home, path) === pid)
      check(Math.min(user, mounts), 'openat', `enter the place of the names in ${path}`);
  }
}

function adopt(pid: number, user: number, mounts: number): Holder {
  const fds = { user: Fd.adopt(user, 'a user namespace'), mounts: Fd.adopt(mounts, 'a mount namespace') };
  const close = () => {
    fds.user.close();
    fds.mounts.close();
  };
  return { pid, ...fds, [Symbol.dispose]: close };
}

interface HolderStep {
  readonly words: readonly string[];
  readonly syscall: string;
  readonly operation: string;
}

/** In the parent, which knows its own ids; the child is root in its namespace, and nobody else exists there. */
function holderSteps(path: string, names: string): readonly HolderStep[] {
  const [uid, gid] = [process.geteuid?.() ?? 0, process.getegid?.() ?? 0];
  const step = (syscall: string, operation: string, ...words: string[]): HolderStep => ({ syscall, operation, words });
  const map = (file: string, text: string) =>
    step('write', `write ${file} of a new user namespace`, 'write', `/proc/self/${file}`, text);
  const flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
  return [
    step('clone', 'start the process that holds names', 'background'),
    step('unshare', 'make a user and a mount namespace for names', 'unshare', String(CLONE_NEWUSER | CLONE_NEWNS)),
    map('setgroups', 'deny'),
    map('uid_map', `0 ${uid} 1`),
    map('gid_map', `0 ${gid} 1`),
    // What is unmounted outside must not stay mounted for our sake.
    step('mount', 'make all mounts slaves', 'mount', '', '/', 'none', String(MS_REC | MS_SLAVE)),
    step('mount', `mount a place for names on ${names}`, 'mount', 'netns', names, 'tmpfs', String(flags)),
    step('chdir', 'change to the root directory', 'chdir', '/'),
    step('fcntl', `lock ${path}/${lockName}`, 'stay', `${path}/${lockName}`),
  ];
}

/** Starts a holder and waits until it is ready. False: another one has been quicker, and that is as good. Throws KernelError. */
export function startHolder(path: string, names: string): boolean {
  const operation = 'start the process that holds names';
  checkProc(operation);
  const ends = new Int32Array(2);
  perform(operation, 'pipe2', ends, O_CLOEXEC);
  using reader = Fd.adopt(ends[0] ?? -1, 'a pipe');
  const steps = holderSteps(path, names);
  {
    using writer = Fd.adopt(ends[1] ?? -1, 'a pipe');
    const words = ['report', String(writer.raw), ...steps.flatMap((step) => step.words), '--'];
    const inherit = ['fcntl', writer.raw, F_SETFD, 0] as const;
    const { pid, pidfd } = spawnProgram(programOf([inherit]), [nsexecPath], ['netns-names', ...words], '');
    syscall('close', pidfd);
    while (syscall('wait4', pid, null, 0, null) === -EINTR);
  }
  const report = readAll(reader);
  if (report === '') return true;
  const [position = 0, errno = 0] = report.split(/\s/).map(Number);
  const failed = stepAt(steps, position - 2);
  if (failed?.words[0] === 'stay' && errno === EAGAIN) return false;
  throw new KernelError({ errno, syscall: failed?.syscall ?? 'execve', operation: failed?.operation ?? operation });
}

/** The helper reports the number of the word that failed. */
function stepAt(steps: readonly HolderStep[], position: number): HolderStep | undefined {
  let at = 0;
  return steps.find(({ words }) => {
    at += words.length;
    return position < at;
  });
}

/** Until the last one who has the other end has closed it: then the holder is ready, or gone. */
function readAll(reader: Fd): string {
  const buffer = Buffer.alloc(64);
  let text = '';
  for (;;) {
    const length = syscall('read', reader.raw, buffer, buffer.length);
    if (length > 0) text += buffer.toString('latin1', 0, length);
    else if (length !== -EINTR) return text;
  }
}
