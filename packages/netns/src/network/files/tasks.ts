import { EINVAL } from '../../errno-numbers.ts';
import { AT_FDCWD, O_CLOEXEC, O_DIRECTORY, O_RDONLY, O_WRONLY } from '../../native/constants.ts';
import { type SyscallName, syscall } from '../../native/syscall.ts';
import { readText } from '../../wire/text.ts';
import type { Refused, Task } from './inside.ts';

/** Where the paths begin: a directory that is open, or this process's own idea of paths. */
export interface Place {
  readonly at: number;
  readonly path: string;
}

/** The machine's own /proc. */
export const hostProc: Place = { at: AT_FDCWD, path: '/proc/' };

/** What is not there, or is refused: which call said so, and why. */
export class Refusal {
  readonly errno: number;
  readonly syscall: SyscallName;

  constructor(errno: number, syscallName: SyscallName) {
    this.errno = errno;
    this.syscall = syscallName;
  }
}

/** It is larger than the room that there was for it. */
export const tooSmall = Symbol('too small');

/** Reads a small file with one call, as those below /proc/sys have to be. */
export function readTask(
  { at, path }: Place,
  file: string,
  room: Uint8Array,
): Task<string | Refusal | typeof tooSmall> {
  const calls = ['openat', 'read', 'close'] as const;
  return {
    steps: [
      [calls[0], at, path + file, O_RDONLY | O_CLOEXEC],
      [calls[1], { result: 0 }, room, room.length],
      [calls[2], { result: 0 }],
    ],
    done([opened, length = 0], failed) {
      if (failed !== undefined) return refusalOf(calls, failed, opened);
      return length === room.length ? tooSmall : new TextDecoder().decode(room.subarray(0, length));
    },
  };
}

/** Writes a file with one call: what is not taken whole is refused. */
export function writeTask({ at, path }: Place, file: string, text: string): Task<Refusal | undefined> {
  const calls = ['openat', 'write', 'close'] as const;
  const bytes = new TextEncoder().encode(text);
  return {
    steps: [
      [calls[0], at, path + file, O_WRONLY | O_CLOEXEC],
      [calls[1], { result: 0 }, bytes, bytes.length],
      [calls[2], { result: 0 }],
    ],
    done([opened, written], failed) {
      if (failed !== undefined) return refusalOf(calls, failed, opened);
      return written === bytes.length ? undefined : new Refusal(EINVAL, 'write');
    },
  };
}

/** An entry of a directory. */
export interface DirectoryEntry {
  readonly name: string;
  readonly directory: boolean;
}

const DT_DIR = 4;

/** Lists a directory with one call, and asks once more to see that this was all. */
export function listTask(
  { at, path }: Place,
  directory: string,
  room: Uint8Array,
): Task<readonly DirectoryEntry[] | Refusal | typeof tooSmall> {
  const calls = ['openat', 'getdents64', 'getdents64', 'close'] as const;
  const more = new Uint8Array(1024);
  return {
    steps: [
      [calls[0], at, path + directory, O_RDONLY | O_CLOEXEC | O_DIRECTORY],
      [calls[1], { result: 0 }, room, room.length],
      [calls[2], { result: 0 }, more, more.length],
      [calls[3], { result: 0 }],
    ],
    done([opened, length = 0, rest = 0], failed) {
      if (failed !== undefined) return refusalOf(calls, failed, opened);
      return rest > 0 ? tooSmall : entriesOf(room, length);
    },
  };
}

function refusalOf(calls: readonly SyscallName[], { step, errno }: Refused, opened: number | undefined): Refusal {
  if (opened !== undefined) syscall('close', opened); // it was opened for us, and nobody got to close it
  return new Refusal(errno, calls[step] ?? 'openat');
}

/** `struct linux_dirent64`: the length of the entry at 16, its type at 18, its name at 19. */
function entriesOf(bytes: Uint8Array, length: number): DirectoryEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const entries: DirectoryEntry[] = [];
  for (let at = 0; at < length; at += view.getUint16(at + 16, true)) {
    const name = readText(bytes, at + 19, length);
    if (name !== '.' && name !== '..') entries.push({ name, directory: bytes[at + 18] === DT_DIR });
  }
  return entries;
}
