import { hear } from '../connection/hear.ts';
import type { NetlinkEvent } from '../connection/listener.ts';
import type { Fd } from '../native/fd.ts';
import { nsid as declaration, type NsidMessage } from '../netlink/families/route/nsid.ts';

const RTNLGRP_NSID = 28;

/** Listens for the ids of a namespace (by default this process's own) from the moment of the call. Linux 4.1. */
export function subscribeToNsids(namespace?: Fd): AsyncIterableIterator<NetlinkEvent> {
  return hear({ namespace, groups: [RTNLGRP_NSID] }, { of: () => declaration });
}

/**
 * What an event says: a namespace got an id here, or one that had an id has ended; `lost`: the kernel had no room for all events;
 * undefined: something else.
 */
export function nsidEventOf(
  event: NetlinkEvent,
): { readonly gone: boolean; readonly nsid: number } | 'lost' | undefined {
  if (event.kind === 'overrun') return 'lost';
  const { nsid } = (event.value as NsidMessage).attributes;
  return nsid === undefined ? undefined : { gone: event.type === declaration.types.del, nsid };
}
