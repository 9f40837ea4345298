import { readText } from '../wire/text.ts';
import { AT_FDCWD, O_CLOEXEC, O_DIRECTORY, O_NONBLOCK, O_RDONLY } from './constants.ts';
import { check, syscall } from './syscall.ts';

const bracket = 0x5b;
const closing = 0x5d;
const colon = 0x3a;
const zero = 0x30;
const longestKind = 16;
/** `struct linux_dirent64` with a name of 255 bytes. */
const longestEntry = 280;

/**
 * Reads small files, of /proc above all, with as few system calls and objects as possible: Node's own functions cost more than the
 * kernel's work, and a fraction of a millisecond each when they are first called. What cannot be read (it is gone, or not ours to
 * look at) is undefined, never an error.
 */
export class FileReader {
  readonly #bytes = new Uint8Array(32_768);
  readonly #link = new Uint8Array(64);
  readonly #view = new DataView(this.#bytes.buffer);

  /** Opens a directory, lets `use` work with its descriptor, and closes it. */
  with<T>(path: string, use: (directory: number) => T, at = AT_FDCWD): T | undefined {
    const directory = syscall('openat', at, path, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
    if (directory < 0) return undefined;
    try {
      return use(directory);
    } finally {
      syscall('close', directory);
    }
  }

  /** The entries of a directory of /proc whose names are numbers, in its order. */
  numbers(path: string, at = AT_FDCWD): number[] | undefined {
    return this.with(path, (directory) => this.numbersIn(directory), at);
  }

  /** The same of a directory that is open. */
  numbersIn(directory: number): number[] {
    const numbers: number[] = [];
    for (;;) {
      const length = syscall('getdents64', directory, this.#bytes, this.#bytes.length);
      // struct linux_dirent64: the length of the entry at 16, its name at 19.
      for (let at = 0; at < length; at += this.#view.getUint16(at + 16, true)) {
        const number = this.#digits(this.#bytes, at + 19, 0);
        if (number !== undefined) numbers.push(number);
      }
      // /proc stops early only when the next entry has no room: where it had, there is no need to ask once more.
      if (length < this.#bytes.length - longestEntry) return numbers;
    }
  }

  /** All entries of a directory that is open, in its order. Throws KernelError: there is no telling which are missing. */
  namesIn(directory: number, operation: string): string[] {
    const names: string[] = [];
    for (;;) {
      const length = syscall('getdents64', directory, this.#bytes, this.#bytes.length);
      if (check(length, 'getdents64', operation) === 0) return names;
      for (let at = 0; at < length; at += this.#view.getUint16(at + 16, true)) {
        const name = readText(this.#bytes, at + 19, length);
        if (name !== '.' && name !== '..') names.push(name);
      }
    }
  }

  /** The number in a link like `net:[4026531833]`. */
  linkNumber(at: number, name: string): number | undefined {
    const length = syscall('readlinkat', at, name, this.#link, this.#link.length - 1);
    if (length <= 0) return undefined;
    const start = this.#link.indexOf(bracket);
    return start < 0 || start >= length ? undefined : this.#digits(this.#link, start + 1, closing);
  }

  /** What a link like `net:[4026531833]` or `socket:[123]` says; others are undefined. */
  link(at: number, name: string): { readonly kind: string; readonly number: number } | undefined {
    const number = this.linkNumber(at, name);
    if (number === undefined) return undefined;
    let kind = '';
    for (let index = 0; this.#link[index] !== colon && index < longestKind; index++)
      kind += String.fromCharCode(this.#link[index] ?? 0);
    return { kind, number };
  }

  /** The digits from `at` up to the byte `end`, as a number. */
  #digits(bytes: Uint8Array, at: number, end: number): number | undefined {
    let number = 0;
    let index = at;
    for (; bytes[index] !== end; index++) {
      const digit = (bytes[index] ?? 0) - zero;
      if (digit < 0 || digit > 9) return undefined;
      number = number * 10 + digit;
    }
    return index === at ? undefined : number;
  }

  /** All of a file. The next call overwrites it. */
  bytes(path: string, at = AT_FDCWD): Uint8Array | undefined {
    const file = syscall('openat', at, path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return undefined;
    const bytes = this.bytesOf(file);
    syscall('close', file);
    return bytes;
  }

  /** The same of a file that is open, from where it stands. */
  bytesOf(file: number): Uint8Array | undefined {
    let bytes: Uint8Array = this.#bytes;
    let length = 0;
    for (;;) {
      const got = syscall('read', file, bytes.subarray(length), bytes.length - length);
      if (got < 0) return undefined;
      if (got === 0) return bytes.subarray(0, length);
      length += got;
      if (length === bytes.length) bytes = enlarged(bytes);
    }
  }

  /** The beginning of a file, as one read gives it: enough for the small files of /proc. The next call overwrites it. */
  start(path: string, at = AT_FDCWD): Uint8Array | undefined {
    const file = syscall('openat', at, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) return undefined;
    const length = syscall('read', file, this.#bytes, this.#bytes.length);
    syscall('close', file);
    return length < 0 ? undefined : this.#bytes.subarray(0, length);
  }
}

function enlarged(bytes: Uint8Array): Uint8Array {
  const larger = new Uint8Array(2 * bytes.length);
  larger.set(bytes);
  return larger;
}
