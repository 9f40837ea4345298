import type { Connection } from '../../network/connections/connection.ts';
import type { FirewallObjects } from '../../network/firewall/events.ts';
import type { MonitoredObjects } from '../../network/monitored.ts';
import type { InetSocket } from '../../network/sockets/socket.ts';
import type { MachineNamespace } from '../census.ts';

/** The tables of a network that are followed. */
export type WatchedTables = Omit<MonitoredObjects, 'nsid'>;
/** A table that can be followed in many namespaces at once, by its name. */
export type WatchedTable = keyof WatchedTables;

/** What can be followed. */
export type WatchedObject = WatchedTable | 'firewall' | 'connection' | 'socket' | 'name' | 'namespace';

/** The namespace in which something has happened. */
export interface TimelinePlace extends Pick<MachineNamespace, 'names' | 'container' | 'current' | 'initial'> {
  /** `net:[4026532281]`; `hidden:N` for one that only a device in another namespace tells of. */
  readonly key: string;
}

interface InPlace {
  /** When it was heard. */
  readonly time: Date;
  readonly namespace: TimelinePlace;
}

/** `set`: it is new, or changed, and is this now. `delete`: it is gone, and was this. `present`: it is there, as far as it was asked. */
type TableEvent = {
  readonly [T in WatchedTable]: InPlace & {
    readonly event: 'present' | 'set' | 'delete';
    readonly object: T;
    readonly value: Omit<WatchedTables[T], 'message'>;
    /** The name of the device that it belongs to. */
    readonly device: string | undefined;
  };
}[WatchedTable];

/**
 * Something that has happened. A socket is told of when it has closed, a namespace when it is first seen and when it has ended. `synchronized`:
 * from here on everything is told; before it stands what was there, if that was asked for. `resync`: the kernel had to drop events, so everything
 * that is followed is told anew (`present`), until the next `synchronized`; what is not told again is gone. Both may be of one namespace only: of
 * one with very many routes that are not remembered, they are told anew when some may have gone with a device.
 */
export type TimelineEvent =
  | TableEvent
  | (InPlace & {
      readonly event: 'present' | 'set' | 'delete';
      readonly object: 'firewall';
      readonly value: {
        readonly [O in keyof FirewallObjects]: { readonly kind: O } & Omit<
          FirewallObjects[O],
          'message' | 'expressions'
        >;
      }[keyof FirewallObjects];
    })
  | (InPlace & {
      readonly event: 'present' | 'set' | 'delete';
      readonly object: 'connection';
      readonly value: Omit<Connection, 'message'>;
    })
  | (InPlace & { readonly event: 'delete'; readonly object: 'socket'; readonly value: Omit<InetSocket, 'message'> })
  | (InPlace & { readonly event: 'set' | 'delete'; readonly object: 'name'; readonly value: { readonly name: string } })
  | (InPlace & { readonly event: 'set' | 'delete'; readonly object: 'namespace'; readonly value: TimelinePlace })
  /** With a namespace: only there, and of these tables. */
  | { readonly event: 'resync'; readonly time: Date; readonly namespace?: undefined; readonly objects?: undefined }
  | (InPlace & { readonly event: 'resync'; readonly objects: readonly WatchedTable[] })
  | {
      readonly event: 'synchronized';
      readonly time: Date;
      readonly namespace?: TimelinePlace;
      /** What is not told of, each a sentence without a stop. */
      readonly unseen: readonly string[];
    };
