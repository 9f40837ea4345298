import { Listener, type NetlinkEvent } from '../connection/listener.ts';
import { ENOBUFS } from '../errno-numbers.ts';
import { KernelError, NetlinkError } from '../errors.ts';
import { EventQueue } from '../event-queue.ts';
import { Fifo } from '../fifo.ts';
import type { Fd } from '../native/fd.ts';
import { ResourceStack } from '../resource.ts';
import { Ledger } from './ledger.ts';
import {
  type Monitored,
  type MonitoredObject,
  type MonitoredObjects,
  monitoredMessages,
  monitoredObjects,
  onlyIfAsked,
  takers,
  takesAway,
} from './monitored.ts';
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

/** What of a network is followed, where, and until when: `ip monitor`. */
export interface NetworkMonitorOptions {
  /** What to follow. Default: everything but shaping, which is `qdisc`, `class`, `filter` and `chain` (`tc monitor`). */
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

/** How often a table is read when the kernel has no room for its answers. */
const attempts = 10;

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
  readonly queue = new EventQueue<NetworkEvent>(
    () => this.#close(),
    () => void this.#listener.look(),
  );
  readonly #network: Network;
  readonly #options: NetworkMonitorOptions;
  readonly #objects: readonly MonitoredObject[];
  readonly #listener: Listener;
  /** What was heard while a table was being read: its turn comes behind that. */
  readonly #heard = new Fifo<NetlinkEvent>();
  /** A table is being read. */
  #reading = false;
  /** A table changed all the time while doubts were to be cleared: it is asked for again when a change of it was told. */
  #atUnrest = false;
  /** Doubts will be cleared in a moment. */
  #clearing = false;
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
    this.#objects = all.filter((object) => wanted?.includes(object) ?? !onlyIfAsked.includes(object));
    const { allNamespaces, receiveBuffer, signal } = options;
    for (const object of this.#objects) {
      const { identity } = monitoredObjects[object] as Monitored<unknown>;
      if (identity) this.#ledgers.set(object, new Ledger(identity));
    }
    const followed = new Set(this.#objects.flatMap((object) => monitoredObjects[object].groups));
    if (allNamespaces) for (const group of monitoredObjects.nsid.groups) followed.add(group);
    if (this.#ledgers.size > 0) for (const group of takers.groups) followed.add(group);
    this.#listener = new Listener(
      { namespace, groups: [...followed], allNamespaces, ...(receiveBuffer !== undefined && { receiveBuffer }) },
      monitoredMessages,
      { tell: (event) => this.#hear(event), fail: (error) => this.queue.end(error) },
    );
    undo.commit();
    open.add(this.queue);
    signal?.addEventListener('abort', this.#onAbort);
    if (signal?.aborted) this.queue.end();
    else void this.#read(() => this.#tellAll());
  }

  #hear(event: NetlinkEvent): void {
    if (this.#reading) this.#heard.push(event);
    else this.#take(event);
  }

  #take(event: NetlinkEvent): void {
    if (this.#ended) return;
    if (event.kind === 'overrun') {
      void this.#read(() => this.#tellAnew());
      return;
    }
    this.#tell(event);
    this.#atUnrest = false;
    if (this.#inDoubt) this.#clearDoubtLater();
  }

  /** Reads tables, and then goes on with what was heard meanwhile. */
  async #read(tables: () => Promise<void>): Promise<void> {
    this.#reading = true;
    try {
      for (let attempt = 1; !(await this.#succeeds(tables, attempt)); attempt++) tables = () => this.#tellAnew();
    } catch (error) {
      // After the end, what was under way fails, and nobody asks.
      if (!this.#ended) this.queue.end(error);
      return;
    }
    this.#reading = false;
    if (this.#inDoubt && !this.#atUnrest) this.#clearDoubtLater();
    while (!this.#reading && this.#heard.length > 0) this.#take(this.#heard.shift() as NetlinkEvent);
  }

  /** False when the kernel had to drop a part of the answer: that is to be asked for again, a few times. */
  async #succeeds(tables: () => Promise<void>, attempt: number): Promise<boolean> {
    try {
      await tables();
      return true;
    } catch (error) {
      if (!this.#ended && attempt < attempts && error instanceof KernelError && error.errno === ENOBUFS) return false;
      throw error;
    }
  }

  /** Has doubts cleared when nothing waits to be told: a burst of events raises the same doubt many times. */
  #clearDoubtLater(): void {
    if (this.#clearing) return;
    this.#clearing = true;
    setImmediate(this.#whenIdle);
  }

  readonly #whenIdle = () => {
    this.#clearing = false;
    if (this.#ended || this.#reading || !this.#inDoubt) return;
    if (this.#listener.look()) this.#clearDoubtLater();
    else void this.#read(() => this.#clearDoubt());
  };

  #tellAnew(): Promise<void> {
    this.queue.push({ event: 'resync' });
    return this.#tellAll();
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

  #tell({ declaration, type, value, nsid }: NetlinkEvent & { readonly kind: 'message' }): void {
    const event = type === (declaration.types as Readonly<Record<string, number>>).del ? 'delete' : 'set';
    for (const object of this.#objects) {
      const { declaration: own, read } = monitoredObjects[object];
      const entry = own === declaration ? read(value) : undefined;
      if (entry === undefined) continue;
      if (nsid === undefined && !this.#enter(event, object, entry)) continue;
      this.#push(event, object, entry, nsid);
    }
    if (nsid === undefined && takesAway(event, declaration, value)) this.#inDoubt = true;
    // A namespace that gets a number is heard from now on; what it holds already, nobody tells by itself.
    const { nsid: numbered } = monitoredObjects;
    const entry = declaration === numbered.declaration ? numbered.read(value) : undefined;
    if (this.#options.allNamespaces && event === 'set' && nsid === undefined && entry !== undefined)
      void this.#read(() => this.#tellOther(entry.nsid));
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
      // What is missing in a table that changed all the time may be there.
      if (entries.interrupted) {
        this.#inDoubt = this.#atUnrest = true;
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
    this.#listener[Symbol.dispose]();
    this.#network.close();
    this.#open.delete(this.queue);
  }
}

function nothingIfGone(error: unknown): readonly never[] {
  if (error instanceof NetlinkError) return [];
  throw error;
}
