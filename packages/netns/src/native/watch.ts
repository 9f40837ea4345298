import { ClosedError } from '../errors.ts';
import { addon } from './addon.ts';
import { check } from './syscall.ts';

/** libuv telling us that a descriptor has something to read (or an urgent condition); end it with `close()`. */
export interface Watch extends Disposable {
  /** Whether this watch alone keeps the process running. It does at first. */
  keepAlive(on: boolean): void;
  close(): void;
}

/**
 * Calls `ready` each time `fd` is ready for `events`. `ready` gets a negative error number when libuv gave up watching
 * (for a netlink socket that lost messages this is EBADF, whatever the reason): then close and watch again.
 */
export function watchDescriptor(fd: number, events: number, ready: (status: number, events: number) => void): Watch {
  const handle = addon.watch(fd, events, ready);
  if (typeof handle === 'number') {
    check(handle, 'epoll', `watch descriptor ${fd}`);
    throw new ClosedError(`descriptor ${fd}`);
  }
  const close = () => void addon.unwatch(handle);
  return { keepAlive: (on) => void addon.keepAlive(handle, on), close, [Symbol.dispose]: close };
}
