import { constants } from 'node:os';
import { InvalidArgumentError } from '../../errors.ts';

/** A signal by name (`SIGTERM`) or number. */
export type Signal = NodeJS.Signals | number;

/** The number of a signal; throws InvalidArgumentError. */
export function signalNumber(signal: Signal): number {
  const number = typeof signal === 'number' ? signal : constants.signals[signal];
  if (!Number.isInteger(number) || number < 1 || number > 64)
    throw new InvalidArgumentError('signal', signal, 'there is no such signal');
  return number;
}

export function signalName(number: number): string {
  return Object.entries(constants.signals).find(([, each]) => each === number)?.[0] ?? `signal ${number}`;
}

/** A set of signals as the kernel has it: bit 0 is signal 1. */
export function signalMask(signals: readonly Signal[]): bigint {
  return signals.reduce((mask: bigint, signal) => mask | (1n << BigInt(signalNumber(signal) - 1)), 0n);
}

/** What a program is told by other programs; those that a fault or a terminal causes are not passed on. */
export const forwardedByDefault: readonly NodeJS.Signals[] = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGUSR1',
  'SIGUSR2',
  'SIGALRM',
  'SIGTERM',
  'SIGCONT',
  'SIGWINCH',
];
