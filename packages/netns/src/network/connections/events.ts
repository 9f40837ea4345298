import { hear } from '../../connection/hear.ts';
import type { Fd } from '../../native/fd.ts';
import { type ConntrackMessage, conntrack, conntrackGroups } from '../../netlink/families/netfilter/conntrack.ts';
import { conntrackMessages } from '../../netlink/families/netfilter/conntrack-messages.ts';
import { NLM_F_CREATE } from '../../netlink/header.ts';
import { NETLINK_NETFILTER } from '../../netlink/protocols.ts';
import type { Connection } from './connection.ts';
import { type ConnectionFilter, readyConnectionFilter } from './filter.ts';
import { connectionOf } from './read.ts';

/**
 * `present`: it was there; `new`, `update`, `destroy`: it came, changed, ended. `resync`: the kernel had to drop events; what is there is told anew, and
 * what is not told again has ended.
 */
export type ConnectionEvent =
  | { readonly kind: 'present' | 'new' | 'update' | 'destroy'; readonly connection: Connection }
  | { readonly kind: 'resync'; readonly connection?: undefined };

/** Which connections are followed: `conntrack -E`. */
export interface ConnectionMonitorOptions extends ConnectionFilter {
  /** Do not tell of those that are there at the beginning. */
  readonly onlyChanges?: boolean | undefined;
  /** Ends it. */
  readonly signal?: AbortSignal | undefined;
  /** Bytes of room for events that were not read yet. */
  readonly receiveBuffer?: number | undefined;
}

/** What the events need of a table. */
interface ConnectionSource extends Disposable {
  list(filter: ConnectionFilter): Promise<readonly Connection[]>;
}

/** Follows the connections of a namespace; closes `source` at the end. `running` ends it from outside. */
export function monitorConnections(
  source: ConnectionSource,
  namespace: Fd | undefined,
  options: ConnectionMonitorOptions,
  running: Set<{ end(): void }>,
): AsyncIterableIterator<ConnectionEvent> {
  const { onlyChanges, signal, receiveBuffer, ...filter } = options;
  const { keep } = readyConnectionFilter(filter);
  const { new: begun, update, destroy } = conntrackGroups;
  const events = hear(
    {
      protocol: NETLINK_NETFILTER,
      namespace,
      groups: [begun, update, destroy],
      ...(receiveBuffer !== undefined && { receiveBuffer }),
    },
    conntrackMessages,
  );
  let ended = false;
  const own = {
    end() {
      if (ended) return;
      ended = true;
      void events.return?.();
      running.delete(own);
      signal?.removeEventListener('abort', own.end);
      source[Symbol.dispose]();
    },
  };
  running.add(own);
  signal?.addEventListener('abort', own.end);
  if (signal?.aborted) own.end();

  async function* present(): AsyncIterableIterator<ConnectionEvent> {
    for (const connection of await source.list(filter)) yield { kind: 'present', connection };
  }
  async function* follow(): AsyncIterableIterator<ConnectionEvent> {
    try {
      if (!(onlyChanges || ended)) yield* present();
      for await (const event of events) {
        if (event.kind === 'overrun') {
          yield { kind: 'resync' };
          yield* present();
        } else if (event.declaration === (conntrack as unknown)) {
          const connection = connectionOf(event.value as ConntrackMessage);
          if (keep(connection)) yield { kind: kindOf(event.type, event.flags), connection };
        }
      }
    } catch (error) {
      if (!ended) throw error; // what was being asked is asked no more
    } finally {
      own.end();
    }
  }
  const following = follow();
  return {
    next: () => following.next(),
    return(value) {
      own.end();
      return following.return?.(value) ?? Promise.resolve({ done: true, value });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function kindOf(type: number, flags: number): 'new' | 'update' | 'destroy' {
  if (type === conntrack.types.del) return 'destroy';
  return flags & NLM_F_CREATE ? 'new' : 'update';
}
