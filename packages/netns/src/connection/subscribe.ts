import { declarationOf, type KnownMessage } from '../netlink/catalogue.ts';
import { hear } from './hear.ts';
import type { ListenOptions, NetlinkEvent } from './listener.ts';

export type { NetlinkEvent } from './listener.ts';

/** What to listen to: groups of events of one netlink protocol, in one network namespace. */
export interface SubscribeOptions extends ListenOptions {
  /** What all messages are: for generic netlink, whose numbers only the running kernel knows. */
  readonly declaration?: KnownMessage | undefined;
}

/**
 * Listens to multicast groups, from the moment of the call. Ends with `break`, or `return()`.
 *
 * What the kernel sends and the catalogue does not know is left out. The default buffer holds a burst of thousands.
 */
export function subscribe({ declaration, ...options }: SubscribeOptions): AsyncIterableIterator<NetlinkEvent> {
  return hear(options, { of: declaration === undefined ? declarationOf : () => declaration });
}
