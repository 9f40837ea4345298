import { ENOENT } from '../errno-numbers.ts';
import { readText } from '../wire/text.ts';
import { addon } from './addon.ts';
import { AT_FDCWD, O_CLOEXEC, O_DIRECTORY, O_NONBLOCK, O_RDONLY } from './constants.ts';
import { check, syscall } from './syscall.ts';

const zero = 0x30;
const slash = 0x2f;
const linkSize = 32;
/** How many bytes of a link that is a path there are to see. */
export const shownOfPath = linkSize;
/** How many links can be looked at in one call. */
export const linksAtOnce = 256;

/** Is told of a link: its name, and the two parts of what it says. */
type SeeLink = (name: number, kind: string, number: number) => void;

/**
 * Reads small files, of /proc above all, with as few system calls and objects as possible: Node's own functions cost more than the
 * kernel's work, and a fraction of a millisecond each when they are first called. What cannot be read (it is gone, or not ours to
 * look at) is undefined, never an error.
 */
export class FileReader {
  readonly #bytes = new Uint8Array(32_768);
  readonly #links = new Uint8Array(linkSize * linksAtOnce);
  readonly #linkText = Buffer.from(this.#links.buffer);
  readonly #numbers = new Int32Array(linksAtOnce);
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
        const number = this.#digits(at + 19);
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
    const numbers: (number | undefined)[] = [];
    for (let index = 0; index < count; index++) numbers.push(numberIn(this.#link(index)));
    return numbers;
  }

  /**
   * What the links of a directory say that have numbers for names, as far as it is like `net:[4026531833]` or `socket:[123]`; and to
   * `seeOther` the beginning (`shownOfPath` bytes, a character for each) of what the others say: paths, mostly. 0, or -errno if the directory cannot be read.
   */
  linksIn(path: string, at: number, see: SeeLink, seeOther?: (name: number, beginning: string) => void): number {
    const count = addon.readNumbered(at, path, this.#numbers, this.#links);
    if (count > linksAtOnce) return this.#manyLinksIn(path, at, see, seeOther);
    for (let index = 0; index < count; index++) this.#tell(this.#numbers[index] as number, index, see, seeOther);
    return Math.min(count, 0);
  }

  #manyLinksIn(path: string, at: number, see: SeeLink, seeOther?: (name: number, beginning: string) => void): number {
    const read = (directory: number) => {
      const names = this.numbersIn(directory);
      for (let first = 0; first < names.length; first += linksAtOnce) {
        const some = names.slice(first, first + linksAtOnce);
        addon.readLinks(directory, `${some.join('\0')}\0`, this.#links);
        for (const [index, name] of some.entries()) this.#tell(name, index, see, seeOther);
      }
      return 0;
    };
    return this.with(path, read, at) ?? -ENOENT; // its process has ended since it was counted
  }

  #tell(name: number, index: number, see: SeeLink, seeOther?: (name: number, beginning: string) => void): void {
    const text = this.#link(index);
    const number = text.charCodeAt(0) === slash ? undefined : numberIn(text);
    if (number === undefined) seeOther?.(name, text);
    else see(name, text.slice(0, text.indexOf(':')), number);
  }

  /** What a link says: Node's own function makes a string sooner than a loop that V8 has not compiled yet. */
  #link(index: number): string {
    const start = index * linkSize;
    const text = this.#linkText.toString('latin1', start, start + linkSize);
    const end = text.indexOf('\0');
    return end < 0 ? text : text.slice(0, end);
  }

  /** The digits from `at` up to NUL, as a number. */
  #digits(at: number): number | undefined {
    let number = 0;
    let index = at;
    for (; this.#bytes[index] !== 0; index++) {
      const digit = (this.#bytes[index] ?? 0) - zero;
      if (digit < 0 || digit > 9) return undefined;
      number = number * 10 + digit;
    }
    return number;
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

/** The number in `net:[4026531833]`. */
function numberIn(link: string): number | undefined {
  const at = link.indexOf('[') + 1;
  if (at === 0 || !link.endsWith(']')) return undefined;
  const number = Number(link.slice(at, -1) || Number.NaN);
  return Number.isInteger(number) ? number : undefined;
}

function enlarged(bytes: Uint8Array): Uint8Array {
  const larger = new Uint8Array(2 * bytes.length);
  larger.set(bytes);
  return larger;
}
