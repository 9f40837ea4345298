import { addon } from '../../../src/native/addon.ts';

// The same numbers on all machines: asm-generic/unistd.h.
const io_uring_setup = 425;
const io_uring_register = 427;
const IORING_REGISTER_FILES = 2;

/** An io_uring with which a descriptor is registered, so that this may be closed; throws where that cannot be had. */
export function registered(fd: number): number {
  const ring = addon.syscall(io_uring_setup, 1, new Uint8Array(120)); // struct io_uring_params
  if (ring < 0) throw new Error(`io_uring_setup failed with ${ring}`);
  const result = addon.syscall(io_uring_register, ring, IORING_REGISTER_FILES, Int32Array.of(fd), 1);
  if (result < 0) throw new Error(`io_uring_register failed with ${result}`);
  return ring;
}
