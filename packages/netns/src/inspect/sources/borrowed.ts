import { Fd } from '../../native/fd.ts';
import { syscall } from '../../native/syscall.ts';

/** PIDFD_THREAD: the descriptor is of a thread, with the table of that. Linux 6.9. */
const O_EXCL = 0o200;

/**
 * Opens a process so that its descriptors can be borrowed; undefined if it is gone. `tid`: a thread with a table of its own.
 * pidfd_open(2), Linux 5.3.
 */
export function openProcess(pid: number, tid?: number): Fd | undefined {
  const raw = tid === undefined ? syscall('pidfd_open', pid, 0) : syscall('pidfd_open', tid, O_EXCL);
  return raw < 0 ? undefined : Fd.adopt(raw, `process ${pid}`);
}

/**
 * Lets `use` work with a duplicate of another process's descriptor; undefined if it is gone or may not be had, which takes the right to
 * trace the process. pidfd_getfd(2), Linux 5.6.
 */
export function borrow<T>(process: Fd, fd: number, use: (raw: number) => T): T | undefined {
  const raw = syscall('pidfd_getfd', process.raw, fd, 0);
  if (raw < 0) return undefined;
  try {
    return use(raw);
  } finally {
    syscall('close', raw);
  }
}
