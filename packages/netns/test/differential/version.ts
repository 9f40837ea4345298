import { execFileSync } from 'node:child_process';

/** The version that a program of iproute2 tells: `6.1.0`; `0` where it tells none. */
export function iproute2Version(program: string): string {
  return /iproute2-([0-9.]+)/.exec(execFileSync(program, ['-V'], { encoding: 'utf8' }))?.[1] ?? '0';
}

export function isOlder(version: string, than: string): boolean {
  return version.localeCompare(than, undefined, { numeric: true }) < 0;
}
