import { constants } from 'node:os';

/** The exit status of a command as shells give it: 128 and the number of the signal that ended it. */
export function statusOf(exitCode: number | null | undefined, signal: NodeJS.Signals | null | undefined): number {
  return exitCode ?? (signal ? 128 + constants.signals[signal] : 1);
}
