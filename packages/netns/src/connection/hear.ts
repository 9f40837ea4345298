import { EventQueue } from '../event-queue.ts';
import type { Known } from '../netlink/declarations.ts';
import { Listener, type ListenOptions, type NetlinkEvent } from './listener.ts';

/** As `subscribe`, for what is known to whoever asks: the rest of the catalogue need not be loaded. */
export function hear(options: ListenOptions, known: Known): AsyncIterableIterator<NetlinkEvent> {
  const queue = new EventQueue<NetlinkEvent>(
    () => listener[Symbol.dispose](),
    () => void listener.look(),
  );
  const listener = new Listener(options, known, {
    tell: (event) => queue.push(event),
    fail: (error) => queue.end(error),
  });
  return queue;
}
