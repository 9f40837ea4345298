import { type NetlinkEvent, subscribe } from '../connection/subscribe.ts';
import { NetlinkError } from '../errors.ts';
import { EventQueue } from '../event-queue.ts';
import type { Fd } from '../native/fd.ts';
import { linkFlag } from '../netlink/families/route/link.ts';
import { ResourceStack } from '../resource.ts';
import { Ledger } from './ledger.ts';
import { type Monitored, type MonitoredObject, type MonitoredObjects, monitoredObjects, takers } from './monitored.ts';
import type { Network } from './network.ts';

/**
 * What is, and what changes. `present`: it was there when it was looked. `set`: it is new, or changed; the value is the whole of it as it
 * is now. `delete`: it is gone; the value is what it was.
 */
export type NetworkChange = {
  [O in MonitoredObject]: {
    readonly event: 'present' | 'set' | 'delete';
    readonly object: O;
    readonly value: MonitoredObjects[O];
    /** Where: the number that the listening namespace has for the other one; undefined: in itself. */
    readonly nsid: number | undefined;
  };
}[MonitoredObject];

/**
 * A change, or a mark between them. `synchronized`: all that is there has been told, what follows are changes. `resync`: the kernel had to
 * drop events, so everything is told anew, until the next `synchronized`; what is not told again is gone.
 */
export type NetworkEvent = NetworkChange | { readonly event: 'synchronized' | 'resync' };

export interface NetworkMonitorOptions {
  /** What to follow. Default: everything. */
  readonly objects?: readonly MonitoredObject[] | undefined;
  /**
   * Follow all namespaces that have a number (nsid) in this one, too, on the same socket. Needs CAP_NET_BROADCAST in this namespace. What
   * is there already is told of their links and addresses only: the kernel cannot be asked for the rest from here.
   */
  readonly allNamespaces?: boolean | undefined;
  /** Bytes for events that were not read yet. Default: 4 MiB, some thousands of events. */
  readonly receiveBuffer?: number | undefined;
  /** Ends the iteration when aborted. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Follows a network: first what is there, then what changes, without a gap between them.
 *
 * The kernel does not tell of everything: IPv4 routes and nexthops go without a word with their device, and a route that is replaced is
 * not said to be gone. Where that may have happened the table is asked for again, and what was missing is told.
 *
 * It listens from the moment of the call, and stands in `open` until it ends. `network` is for its own questions, and closed then. What
 * changes while it looks around may be told twice, but what is told last is right.
 */
export function monitorNetwork(
  network: Network,
  namespace: Fd | undefined,
  options: NetworkMonitorOptions,
  open: Set<EventQueue<NetworkEvent>>,
): EventQueue<NetworkEvent> {
  return new NetworkMonitor(network, namespace, options, open).queue;
}

class NetworkMonitor {
  readonly queue = new EventQueue<NetworkEvent>(() => this.#close());
  readonly #network: Network;
  readonly #options: NetworkMonitorOptions;
  readonly #objects: readonly MonitoredObject[];
  readonly #events: AsyncIterableIterator<NetlinkEvent>;
  readonly #onAbort = () => this.queue.end();
  readonly #open: Set<EventQueue<NetworkEvent>>;
  /** What has been told of the tables that may change without a word. */
  readonly #ledgers = new Map<MonitoredObject, Ledger<unknown>>();
  /** That may have happened. */
  #inDoubt = false;
  #ended = false;

  constructor(
    network: Network,
    namespace: Fd | undefined,
    options: NetworkMonitorOptions,
    open: Set<EventQueue<NetworkEvent>>,
  ) {
    const wanted = options.objects;
    const all = Object.keys(monitoredObjects) as MonitoredObject[];
    using undo = new ResourceStack();
    this.#network = undo.use(network);
    this.#open = open;
    this.#options = options;
    this.#objects = wanted === undefined ? all : all.filter((object) => wanted.includes(object));
    const { allNamespaces, receiveBuffer, signal } = options;
    for (const object of this.#objects) {
      const { identify } = monitoredObjects[object] as Monitored<unknown>;
      if (identify) this.#ledgers.set(object, new Ledger(identify));
    }
    const followed = new Set(this.#objects.flatMap((object) => monitoredObjects[object].groups));
    if (allNamespaces) for (const group of monitoredObjects.nsid.groups) followed.add(group);
    if (this.#ledgers.size > 0) for (const group of takers.groups) followed.add(group);
    this.#events = subscribe({
      namespace,
      groups: [...followed],
      allNamespaces,
      ...(receiveBuffer !== undefined && { receiveBuffer }),
    });
    undo.commit();
    open.add(this.queue);
    signal?.addEventListener('abort', this.#onAbort);
    if (signal?.aborted) this.queue.end();
    else void this.#run();
  }

  async #run(): Promise<void> {
    try {
      await this.#tellAll();
      for (;;) {
        const next = this.#events.next();
        // Only when nothing is waiting: a burst of events raises the same doubt many times.
        if (this.#inDoubt && (await Promise.race([next, idle()])) === undefined) await this.#clearDoubt();
        const { value: event, done } = await next;
        if (done) return;
        if (event.kind === 'message') await this.#tell(event);
        else {
          this.queue.push({ event: 'resync' });
          await this.#tellAll();
        }
      }
    } catch (error) {
      // After the end, what was under way fails, and nobody asks.
      if (!this.#ended) this.queue.end(error);
    }
  }

  /** Everything that is there. */
  async #tellAll(): Promise<void> {
    let holes = false;
    for (const object of this.#objects) {
      const entries = await monitoredObjects[object].list(this.#network);
      if (this.#ended) return;
      this.#ledgers.get(object)?.compare(entries);
      holes ||= entries.interrupted;
      for (const value of entries) this.#push('present', object, value, undefined);
    }
    this.#inDoubt = holes;
    if (this.#options.allNamespaces)
      for (const { nsid } of await this.#network.nsids.list()) await this.#tellOther(nsid);
    this.queue.push({ event: 'synchronized' });
  }

  /** What is there in another namespace, as far as it can be asked for. One that is gone meanwhile has nothing. */
  async #tellOther(nsid: number): Promise<void> {
    for (const object of this.#objects) {
      const entries = await monitoredObjects[object].listAt?.(this.#network, nsid).catch(nothingIfGone);
      for (const value of entries ?? []) this.#push('present', object, value, nsid);
    }
  }

  async #tell({ declaration, type, value, nsid }: NetlinkEvent & { readonly kind: 'message' }): Promise<void> {
    const event = type === (declaration.types as Readonly<Record<string, number>>).del ? 'delete' : 'set';
    for (const object of this.#objects) {
      const { declaration: own, read } = monitoredObjects[object];
      const entry = own === declaration ? read(value) : undefined;
      if (entry === undefined) continue;
      if (nsid === undefined && !this.#enter(event, object, entry)) continue;
      this.#push(event, object, entry, nsid);
    }
    if (nsid === undefined && takers.declarations.includes(declaration) && takesAway(event, value))
      this.#inDoubt = true;
    // A namespace that gets a number is heard from now on; what it holds already, nobody tells by itself.
    const { nsid: numbered } = monitoredObjects;
    const entry = declaration === numbered.declaration ? numbered.read(value) : undefined;
    if (this.#options.allNamespaces && event === 'set' && nsid === undefined && entry !== undefined)
      await this.#tellOther(entry.nsid);
  }

  /** Notes an event in the ledger of its table, if it has one; false when it is not to be told as it is. */
  #enter(event: 'set' | 'delete', object: MonitoredObject, entry: unknown): boolean {
    const ledger = this.#ledgers.get(object);
    if (ledger === undefined) return true;
    const sure = event === 'set' ? ledger.set(entry) : ledger.delete(entry);
    if (!sure) this.#inDoubt = true;
    // What is gone but was never there as it is described was a part of something: the comparison will tell of what.
    return sure || event === 'set';
  }

  async #clearDoubt(): Promise<void> {
    this.#inDoubt = false;
    for (const [object, ledger] of this.#ledgers) {
      const entries = await monitoredObjects[object].list(this.#network);
      if (this.#ended) return;
      // What is missing in a table that changed all the time may be there. Whatever changed it will be told, and then it is asked again.
      if (entries.interrupted) {
        this.#inDoubt = true;
        continue;
      }
      const { gone, fresh } = ledger.compare(entries);
      for (const value of gone) this.#push('delete', object, value, undefined);
      for (const value of fresh) this.#push('set', object, value, undefined);
    }
  }

  #push(event: NetworkChange['event'], object: MonitoredObject, value: unknown, nsid: number | undefined): void {
    this.queue.push({ event, object, value, nsid } as NetworkChange);
  }

  #close(): void {
    this.#ended = true;
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    void this.#events.return?.();
    this.#network.close();
    this.#open.delete(this.queue);
  }
}

function nothingIfGone(error: unknown): readonly never[] {
  if (error instanceof NetlinkError) return [];
  throw error;
}

/** Resolves with nothing when the event loop has seen to all that was waiting. */
function idle(): Promise<undefined> {
  return new Promise((resolve) => setImmediate(resolve, undefined));
}

/** Whether an event may mean that more is gone than it says: something is deleted, or a device has gone down. */
function takesAway(event: 'set' | 'delete', message: unknown): boolean {
  const { header } = message as { readonly header: { readonly flags?: number; readonly change?: number } };
  return event === 'delete' || (header.change !== undefined && ((header.flags ?? 0) & linkFlag('UP')) === 0);
}
