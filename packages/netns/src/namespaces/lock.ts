import { EAGAIN } from '../errno-numbers.ts';
import { LOCK_EX, LOCK_NB } from '../native/constants.ts';
import type { Fd } from '../native/fd.ts';
import { syscall } from '../native/syscall.ts';

const defaultPatienceMs = 10_000;

/**
 * Takes the lock on an open directory, which lasts until that is closed. flock(2). Undefined if it was had, else what kept us from
 * it. Anybody who may read a directory may lock it: so patience has an end.
 */
export function takeLock(
  directory: Fd,
  patienceMs: number = defaultPatienceMs,
): { readonly errno: number; readonly waited: number } | undefined {
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  for (let waited = 0, pause = 1; ; waited += pause, pause = Math.min(pause * 2, 50)) {
    const result = syscall('flock', directory.raw, LOCK_EX | LOCK_NB);
    if (result >= 0) return undefined;
    if (result !== -EAGAIN || waited >= patienceMs) return { errno: -result, waited };
    Atomics.wait(sleeper, 0, 0, pause);
  }
}
