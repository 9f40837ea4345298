import { constants } from 'node:os';
import type { KernelError } from '../errors.ts';

/** The exit status of a command as shells give it: 128 and the number of the signal that ended it. */
export function statusOf(exitCode: number | null | undefined, signal: NodeJS.Signals | null | undefined): number {
  return exitCode ?? (signal ? 128 + constants.signals[signal] : 1);
}

/** The exit status of a command that did not run: 125 if it could not get there, 126 if it cannot be run, 127 if it does not exist. */
export function statusOfFailure({ syscall, code }: KernelError): number {
  if (syscall !== 'execve' || code === 'EINTR') return 125;
  return code === 'ENOENT' ? 127 : 126;
}
