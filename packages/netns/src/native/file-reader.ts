import { readText } from '../wire/text.ts';
import { addon } from './addon.ts';
import { AT_FDCWD, O_CLOEXEC, O_DIRECTORY, O_NONBLOCK, O_RDONLY } from './constants.ts';
import { check, syscall } from './syscall.ts';

const bracket = 0x5b;
const closing = 0x5d;
const colon = 0x3a;
const zero = 0x30;
const slash = 0x2f;
const linkSize = 32;
/** How much of a link that is a path there is to see. */
export const shownOfPath = linkSize;
/** How many links can be looked at in one call. */
export const linksAtOnce = 256;

/**
 * Reads small files, of /proc above all, with as few system calls and objects as possible: Node's own functions cost more than the
 * kernel's work, and a fraction of a millisecond each when they are first called. What cannot be read (it is gone, or not ours to
 * look at) is undefined, never an error.
 */
export class FileReader {
  readonly #bytes = new Uint8Array(32_768);
  readonly #links = new Uint8Array(linkSize * linksAtOnce);
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
      if (length <= 0) return numbers; // not earlier: a signal makes the kernel stop before its end
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

  /** The numbers in links like `net:[4026531833]`; those of others are undefined. `names` ends each name by NUL. */
  linkNumbers(at: number, names: string): (number | undefined)[] {
    const count = addon.readLinks(at, names, this.#links);
    return Array.from({ length: Math.max(0, count) }, (_, index) => this.#linkNumber(index * linkSize));
  }

  /**
   * What the links say that have numbers for names, as far as it is like `net:[4026531833]` or `socket:[123]`; and to `seePath` the
   * beginning (`shownOfPath` bytes) of each that is an absolute path.
   */
  links(
    at: number,
    names: readonly number[],
    see: (name: number, kind: string, number: number) => void,
    seePath?: (name: number, beginning: string) => void,
  ): void {
    for (let first = 0; first < names.length; first += linksAtOnce) {
      const some = names.slice(first, first + linksAtOnce);
      addon.readLinks(at, `${some.join('\0')}\0`, this.#links);
      some.forEach((name, index) => {
        const start = index * linkSize;
        if (this.#links[start] === slash) {
          seePath?.(name, readText(this.#links, start, start + linkSize));
          return;
        }
        const number = this.#linkNumber(start);
        if (number !== undefined) see(name, this.#linkKind(start), number);
      });
    }
  }

  #linkNumber(start: number): number | undefined {
    let at = start;
    while (at < start + linkSize && this.#links[at] !== bracket && this.#links[at] !== 0) at++;
    return this.#links[at] === bracket ? this.#digits(this.#links, at + 1, closing) : undefined;
  }

  #linkKind(start: number): string {
    let kind = '';
    for (let at = start; this.#links[at] !== colon && at < start + linkSize; at++)
      kind += String.fromCharCode(this.#links[at] ?? 0);
    return kind;
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
    const length = addon.readFile(at, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, this.#bytes);
    return length < 0 ? undefined : this.#bytes.subarray(0, length);
  }
}

function enlarged(bytes: Uint8Array): Uint8Array {
  const larger = new Uint8Array(2 * bytes.length);
  larger.set(bytes);
  return larger;
}
