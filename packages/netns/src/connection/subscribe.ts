import { EventQueue } from '../event-queue.ts';
import { Listener, type NetlinkEvent, type SubscribeOptions } from './listener.ts';

export type { NetlinkEvent, SubscribeOptions } from './listener.ts';

/**
 * Listens to multicast groups, from the moment of the call. Ends with `break`, or `return()`.
 *
 * What the kernel sends and the catalogue does not know is left out. The default buffer holds a burst of thousands.
 */
export function subscribe(options: SubscribeOptions): AsyncIterableIterator<NetlinkEvent> {
  const queue = new EventQueue<NetlinkEvent>(
    () => listener[Symbol.dispose](),
    () => void listener.look(),
  );
  const listener = new Listener(options, {
    tell: (event) => queue.push(event),
    fail: (error) => queue.end(error),
  });
  return queue;
}
