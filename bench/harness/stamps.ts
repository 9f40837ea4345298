import { spawnSync } from 'node:child_process';

/** When a measured piece of work began and ended: CLOCK_MONOTONIC in milliseconds, the same clock in every process. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** For `repeat`: each run's own duration in milliseconds. */
  readonly runs: readonly number[];
}

export function duration(span: Span): number {
  return span.end - span.start;
}

/** Runs a program that prints `START END` in nanoseconds, and then perhaps one duration per line. */
export function measured(command: readonly string[]): Span {
  const [start, end, ...runs] = numbersFrom(command);
  if (start === undefined || end === undefined) throw new Error(`${command.join(' ')} printed no stamps`);
  return { start: start / 1e6, end: end / 1e6, runs: runs.map((nanoseconds) => nanoseconds / 1e6) };
}

/** Runs a program that prints numbers. */
export function numbersFrom(command: readonly string[]): number[] {
  return outputOf(command).split(/\s+/).filter(Boolean).map(Number);
}

/** Runs a program to its end; anything but success ends the benchmark, because failures are quick. */
export function outputOf(command: readonly string[]): string {
  const [program = '', ...args] = command;
  const { status, signal, error, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (status === 0) return stdout;
  const reason = error?.message ?? `${signal ?? `status ${status}`} ${stderr.trim()}`;
  throw new Error(`${command.slice(0, 6).join(' ')}: ${reason}`);
}
