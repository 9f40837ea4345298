import { EAGAIN, EINTR, EPIPE } from '../../../errno-numbers.ts';
import type { RunDirectoryOptions } from '../../../namespaces/name-directory.ts';
import { TCGETS } from '../../../native/constants.ts';
import { check, syscall } from '../../../native/syscall.ts';

/** Where a command reads its surroundings and writes its answers; the tests give their own. */
export interface Io {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The name that the program was called by, without directories. */
  readonly name: string;
  /** Whether more may be said than `ip` says: it was asked in the words of `netns`. */
  readonly hints?: boolean;
  /** How many files a command may open, before Node raised that. */
  readonly softFileLimit?: number | undefined;
  /** Where names of namespaces are, as far as this user's session says it. */
  readonly names: RunDirectoryOptions;
}

export interface Sink {
  /** Writes all of it before it returns. */
  write(text: string | Uint8Array): void;
  readonly isTerminal: boolean;
}

/** The reader of stdout went away (`ip netns | head -1`): nothing more can be said, and that is no error of ours. */
export class ReaderGone extends Error {}

/**
 * A file descriptor as a sink. Writing is synchronous, since the process may be replaced by another program or end
 * right after; a pipe that is set non-blocking and full (EAGAIN) is tried again.
 */
export function fileSink(fd: number, isTerminal: boolean): Sink {
  return { isTerminal, write: (text) => writeAll(fd, typeof text === 'string' ? Buffer.from(text) : text) };
}

function writeAll(fd: number, bytes: Uint8Array): void {
  let rest = bytes;
  while (rest.length > 0) {
    const written = syscall('write', fd, rest, rest.length);
    if (written === -EPIPE) throw new ReaderGone();
    if (written === -EAGAIN) pause();
    else if (written !== -EINTR) rest = rest.subarray(check(written, 'write', `write to ${nameOf(fd)}`));
  }
}

const sizeofTermios = 64; // more than the kernel's, on any machine

/** As isatty(3) does it; `node:tty` takes milliseconds to load. */
export function isTerminal(fd: number): boolean {
  return syscall('ioctl', fd, TCGETS, new Uint8Array(sizeofTermios)) === 0;
}

function nameOf(fd: number): string {
  return fd === 1 ? 'standard output' : `descriptor ${fd}`;
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
}
