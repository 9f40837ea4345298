import { addon } from './addon.ts';
import { check } from './syscall.ts';

/**
 * Memory that the kernel and JavaScript share: the ring of a packet socket, say. mmap(2).
 *
 * What is mapped keeps what it belongs to open, so close it: then the buffer has no bytes any more.
 */
export class SharedMemory implements Disposable {
  readonly buffer: ArrayBuffer;

  constructor(fd: number, length: number, operation: string) {
    const mapped = addon.map(fd, length);
    if (typeof mapped !== 'number') this.buffer = mapped;
    else {
      check(mapped, 'mmap', operation);
      throw new TypeError('the addon gave no memory');
    }
  }

  close(): void {
    if (this.buffer.byteLength > 0) addon.unmap(this.buffer);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
