import { join } from 'node:path';

/** What one argument of a system call may be: see `argument()` in `native/addon/arguments.h`. */
export type SyscallArgument =
  | number
  | bigint
  | string
  | Uint8Array
  | Int32Array
  | { readonly result: number }
  | { readonly item: true }
  | null;

/** System calls by their numbers, one after the other. What follows items ("a\0b\0c", or numbers) is done once for each. */
export type Program = readonly (readonly SyscallArgument[] | string | Int32Array)[];

/** The C functions, exactly as `native/addon.c` exports them: plain numbers, -errno on failure. */
export interface Addon {
  syscall(number: number, ...args: readonly SyscallArgument[]): number;
  inChild(steps: Program, results: Int32Array, cloneFlags: number): number;
  inChildren(steps: Program, results: Int32Array, others: Program, otherResults: Int32Array): number;
  hold(fd: number): number;
  letGo(fd: number): number;
  readLinks(directory: number, names: string, links: Uint8Array): number;
  readNumbered(directory: number, path: string, numbers: Int32Array, links: Uint8Array): number;
  readFile(directory: number, path: string, flags: number, buffer: Uint8Array): number;
  asking(request: Uint8Array, answer: Uint8Array, flags: number): Ask | number;
  receive(fd: number, buffer: Uint8Array, slotSize: number, info: Int32Array, flags: number): number;
  map(fd: number, length: number): ArrayBuffer | number;
  unmap(memory: ArrayBuffer): number;
  watch(fd: number, events: number, callback: (status: number, events: number) => void): WatchHandle | number;
  unwatch(handle: WatchHandle): number;
  keepAlive(handle: WatchHandle, on: boolean): number;
  spawn(
    steps: Program,
    outcome: Int32Array,
    paths: readonly string[],
    argv: readonly string[],
    environment: string | null,
    wait: boolean,
    epoll: number | null,
  ): number;
  started(pidfd: number, outcome: Int32Array): number;
  reap(epoll: number, end: Int32Array): number;
  exec(path: string, argv: readonly string[], environment: string): number;
}

/** Sends the first `length` bytes of the request that it was made for by a socket, and receives up to `most` datagrams, one behind the other. */
export type Ask = (fd: number, length: number, most: number) => number;

/** An opaque native object. */
export type WatchHandle = { readonly watchHandle: unique symbol };

/** The folder of the native files for this machine: two levels up from here in the sources, the build and the bundles alike. */
const nativeDirectory = join(import.meta.dirname, '../../prebuilds', `linux-${process.arch}`);

/** The static helper program that enters or unshares namespaces and then becomes a command. */
export const nsexecPath: string = join(nativeDirectory, 'nsexec');

function load(): Addon {
  const module = { exports: {} };
  try {
    process.dlopen(module, join(nativeDirectory, 'netns.node'));
  } catch (cause) {
    const platform = `${process.platform}-${process.arch}`;
    const reason =
      platform === 'linux-x64' || platform === 'linux-arm64'
        ? 'run `npm run build` in the checkout'
        : 'Linux on x64 or arm64 is needed';
    throw new Error(`cannot load the native part of netns for ${platform}: ${reason}`, { cause });
  }
  return module.exports as Addon;
}

export const addon: Addon = load();
