import { Fd } from './fd.ts';
import { check, perform, syscall } from './syscall.ts';

const MFD_CLOEXEC = 1;
const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_SHARED = 1;

/**
 * Memory with an address that JavaScript knows: for system calls whose arguments contain pointers (bpf(2), recvmsg(2)). It is a
 * nameless file, mapped; what is put in and taken out goes through the file. memfd_create(2), Linux 3.17.
 */
export class Arena implements Disposable {
  readonly #file: Fd;
  readonly #size: number;
  /** Where it begins. */
  readonly address: number;

  constructor(size: number) {
    const operation = `get ${size} bytes of memory`;
    this.#size = size;
    this.#file = Fd.adopt(perform(operation, 'memfd_create', 'netns', MFD_CLOEXEC), 'memory');
    try {
      perform(operation, 'ftruncate', this.#file.raw, size);
      this.address = perform(operation, 'mmap', 0, size, PROT_READ | PROT_WRITE, MAP_SHARED, this.#file.raw, 0);
    } catch (error) {
      this.#file.close();
      throw error;
    }
  }

  /** Copies bytes there; gives the address of the first. */
  put(offset: number, bytes: Uint8Array): number {
    if (offset < 0 || offset + bytes.length > this.#size) throw new RangeError(`${offset} is outside of this memory`);
    check(syscall('pwrite64', this.#file.raw, bytes, bytes.length, offset), 'pwrite64', 'write into memory');
    return this.address + offset;
  }

  /** Copies bytes from there into an array. */
  take(offset: number, into: Uint8Array): void {
    if (offset < 0 || offset + into.length > this.#size) throw new RangeError(`${offset} is outside of this memory`);
    check(syscall('pread64', this.#file.raw, into, into.length, offset), 'pread64', 'read from memory');
  }

  close(): void {
    if (this.#file.closed) return;
    syscall('munmap', this.address, this.#size);
    this.#file.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
