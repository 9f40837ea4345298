import { Listener, type NetlinkEvent } from '../../connection/listener.ts';
import { KernelError, NetlinkError, UnsupportedError } from '../../errors.ts';
import { EventQueue } from '../../event-queue.ts';
import { monitorNames, type NameEvent } from '../../namespaces/monitor.ts';
import type { Namespace } from '../../namespaces/namespace.ts';
import { openNamespace } from '../../namespaces/reference.ts';
import { type InetSocketMessage, inetDiagProtocols, inetSocket } from '../../netlink/families/diag/inet.ts';
import { type ConntrackMessage, conntrack, conntrackGroups } from '../../netlink/families/netfilter/conntrack.ts';
import { nsid } from '../../netlink/families/route/nsid.ts';
import { NETLINK_NETFILTER, NETLINK_ROUTE, NETLINK_SOCK_DIAG } from '../../netlink/protocols.ts';
import { connectionOf } from '../../network/connections/read.ts';
import {
  type FirewallObjects,
  firewallEventsOf,
  firewallObjectsOf,
  NFNLGRP_NFTABLES,
} from '../../network/firewall/events.ts';
import { monitoredObjects } from '../../network/monitored.ts';
import { type Network, openNetwork } from '../../network/network.ts';
import { nsidEntryOf } from '../../network/nsids.ts';
import { inetSocketOf } from '../../network/sockets/read.ts';
import { ResourceStack } from '../../resource.ts';
import { census, type MachineCensusOptions, type MachineNamespace } from '../census.ts';
import { Observer } from '../observer.ts';
import { openMachineNamespace } from '../open.ts';
import { idOfNamespace } from '../sources/handle.ts';
import type { TimelineEvent, TimelinePlace, WatchedObject, WatchedTable } from './timeline.ts';

export interface WatchOptions extends Pick<MachineCensusOptions, 'runDirectory' | 'userRuntimeDirectory'> {
  /** What to follow. Default: everything but connections, of which there may be very many. */
  readonly objects?: readonly WatchedObject[] | undefined;
  /** Only these namespaces: names, or keys as `net:[4026532281]`. Default: all. */
  readonly namespaces?: readonly string[] | undefined;
  /** Tell of what is there first. Default: false. */
  readonly initial?: boolean | undefined;
  /** How often it is looked for namespaces that nothing announces, in milliseconds. Default: 2000. */
  readonly rescan?: number | undefined;
  /** Bytes for events that were not read yet, for each kind of socket. Default: 4 MiB, some thousands of events. */
  readonly receiveBuffer?: number | undefined;
  /** Ends the iteration when aborted. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Follows all network namespaces of the machine at once: one timeline of devices, addresses, routes, rules, nexthops, neighbours, firewalls,
 * sockets that close, names, and namespaces that come and go, also of those that are made meanwhile. `ip monitor` and `nft monitor` in
 * each namespace, and more.
 *
 *     for await (const { time, event, …} of watch()) …
 *
 * It listens through one namespace of its own, in which each other one has a number: nothing changes in them, and none is kept alive. What
 * changes in a new namespace before it is found, by its name, by a device or by the look every `rescan` milliseconds, is told as `present`.
 * The kernel does not tell of everything: routes of IPv4 and nexthops go without a word with their device. Events wait in the kernel for
 * a slow reader, and are told anew if it had to drop some (`resync`), so the memory that this takes has a bound.
 *
 * Takes CAP_SYS_ADMIN here and CAP_NET_ADMIN in the namespaces: throws KernelError EPERM. Linux 4.20. Ends with `break` or `signal`.
 */
export function watch(options: WatchOptions = {}): AsyncIterableIterator<TimelineEvent> {
  return new Watcher(options).queue;
}

const watchedTables: readonly WatchedTable[] = ['link', 'address', 'neighbour', 'fdb', 'nexthop', 'route', 'rule'];
/** What is followed unless something else is wished. */
export const usualObjects: readonly WatchedObject[] = [...watchedTables, 'firewall', 'socket', 'name', 'namespace'];

/** So many events may wait for whoever reads before the kernel has to keep them. */
const enough = 2000;

/** SKNLGRP_INET_TCP_DESTROY, _UDP_DESTROY, and of IPv6 (`linux/sock_diag.h`). */
const socketGroups = [1, 2, 3, 4];

/** A namespace that has a number in the observer. */
interface Place {
  readonly told: TimelinePlace;
  readonly names: string[];
  /** What it can be opened by again; undefined for one that only devices tell of. */
  readonly found: Pick<MachineNamespace, 'type' | 'inode' | 'id' | 'keepers' | 'paths'> | undefined;
  /** Names of devices by their indexes. */
  readonly devices: Map<number, string>;
}

class Watcher {
  readonly queue = new EventQueue<TimelineEvent>(
    () => this.#close(),
    () => this.#resume(),
  );
  readonly #options: WatchOptions;
  readonly #objects: ReadonlySet<WatchedObject>;
  readonly #tables: readonly WatchedTable[];
  readonly #observer: Observer;
  readonly #listeners: Listener[] = [];
  readonly #names: AsyncIterableIterator<NameEvent> | undefined;
  readonly #places = new Map<number, Place>();
  /** The numbers of namespaces by what they are: inode and id. */
  readonly #numbers = new Map<string, number>();
  readonly #onAbort = () => this.queue.end();
  /** The namespace whose tables are being read, and what was heard of it meanwhile: its turn comes behind that. */
  #held: { readonly number: number; readonly events: (() => void)[] } | undefined;
  /** What is done one after the other: looks, and readings of tables. */
  #work: Promise<void> = Promise.resolve();
  #looking = false;
  #resyncing = false;
  #timer: NodeJS.Timeout | undefined;
  #paused = false;
  /** Goes on with what waits for the reader to have taken what there is. */
  #goOn: (() => void) | undefined;
  #ended = false;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#objects = new Set(options.objects ?? usualObjects);
    this.#tables = watchedTables.filter((table) => this.#objects.has(table));
    using undo = new ResourceStack();
    this.#observer = undo.use(new Observer((namespace) => this.#listen(namespace, undo)));
    const { signal, runDirectory, userRuntimeDirectory } = options;
    this.#names = namesOrNone({
      ...(runDirectory !== undefined && { runDirectory }),
      ...(userRuntimeDirectory !== undefined && { userRuntimeDirectory }),
    });
    undo.commit();
    signal?.addEventListener('abort', this.#onAbort);
    if (signal?.aborted) {
      this.queue.end();
      return;
    }
    void this.#followNames();
    this.#do(async () => {
      await this.#look(options.initial === true);
      this.#push({ event: 'synchronized', time: new Date() });
    });
    this.#timer = setInterval(() => this.#lookSoon(), options.rescan ?? 2000);
  }

  #listen(namespace: Namespace, undo: ResourceStack): void {
    const { receiveBuffer } = this.#options;
    const open = (
      protocol: number,
      groups: readonly number[],
      hear: (event: NetlinkEvent & { kind: 'message' }) => void,
    ) => {
      if (groups.length === 0) return;
      const tell = (event: NetlinkEvent) => (event.kind === 'overrun' ? this.#resyncSoon() : hear(event));
      const hearer = { tell, fail: (error: unknown) => this.queue.end(error) };
      const where = { namespace: namespace.fd, protocol, groups, allNamespaces: true };
      this.#listeners.push(
        undo.use(new Listener({ ...where, ...(receiveBuffer !== undefined && { receiveBuffer }) }, hearer)),
      );
    };
    // Devices are always followed: their names stand in what is told of the rest.
    const tables = new Set([...monitoredObjects.nsid.groups, ...monitoredObjects.link.groups]);
    for (const table of this.#tables) for (const group of monitoredObjects[table].groups) tables.add(group);
    open(NETLINK_ROUTE, [...tables], (event) => this.#hearTable(event));
    const { new: begun, update, destroy } = conntrackGroups;
    const netfilter = [
      ...(this.#objects.has('firewall') ? [NFNLGRP_NFTABLES] : []),
      ...(this.#objects.has('connection') ? [begun, update, destroy] : []),
    ];
    open(NETLINK_NETFILTER, netfilter, (event) => this.#hearNetfilter(event));
    open(NETLINK_SOCK_DIAG, this.#objects.has('socket') ? socketGroups : [], (event) => this.#hearSocket(event));
  }

  #hearTable({ declaration, type, value, nsid: number }: NetlinkEvent & { kind: 'message' }): void {
    const isDelete = type === (declaration.types as Readonly<Record<string, number>>).del;
    if (declaration === nsid) {
      const entry = nsidEntryOf(value as Parameters<typeof nsidEntryOf>[0]);
      // In the observer itself: it has ended. In another: a device there leads to a namespace that may be new.
      if (number !== undefined) this.#lookSoon();
      else if (isDelete) this.#bury(entry.nsid);
      return;
    }
    if (number === undefined) return;
    this.#at(number, (place) => {
      for (const table of ['link', ...this.#tables.filter((each) => each !== 'link')] as const) {
        const { declaration: own, read } = monitoredObjects[table];
        const entry = own === declaration ? read(value) : undefined;
        if (entry !== undefined) this.#tell(isDelete ? 'delete' : 'set', table, entry, place);
      }
    });
  }

  #hearNetfilter(heard: NetlinkEvent & { kind: 'message' }): void {
    const { declaration, type, value, nsid: number } = heard;
    if (number === undefined) return;
    if (declaration === (conntrack as unknown)) {
      const event = type === conntrack.types.del ? 'delete' : 'set';
      const connection = withoutMessage(connectionOf(value as ConntrackMessage));
      this.#at(number, ({ told }) => this.#push({ ...now(told), event, object: 'connection', value: connection }));
      return;
    }
    for (const each of firewallEventsOf(heard)) {
      if (!('object' in each)) continue;
      const { event, object, value } = each;
      this.#at(number, (place) => this.#tellFirewall(event, object, value, place));
    }
  }

  #tellFirewall(
    event: 'present' | 'set' | 'delete',
    kind: keyof FirewallObjects,
    value: FirewallObjects[keyof FirewallObjects],
    { told }: Place,
  ): void {
    const { message, expressions, ...rest } = value as { readonly message?: unknown; readonly expressions?: unknown };
    this.#push({ ...now(told), event, object: 'firewall', value: { kind, ...rest } } as TimelineEvent);
  }

  #hearSocket({ declaration, value, nsid: number }: NetlinkEvent & { kind: 'message' }): void {
    if (declaration !== (inetSocket.received as unknown) || number === undefined) return;
    const message = value as InetSocketMessage;
    const kind = message.attributes.protocol === inetDiagProtocols.udp ? 'udp' : 'tcp';
    const socket = withoutMessage(inetSocketOf(kind, message));
    this.#at(number, ({ told }) => this.#push({ ...now(told), event: 'delete', object: 'socket', value: socket }));
  }

  /** Does something about a namespace now, or behind the reading of its tables. */
  #at(number: number, act: (place: Place) => void): void {
    if (this.#ended) return;
    const known = () => this.#places.get(number) ?? (this.#isChosen() ? undefined : this.#meetHidden(number));
    const place = known();
    if (place === undefined) return;
    if (this.#held?.number === number) this.#held.events.push(() => act(place));
    else act(place);
  }

  #isChosen(): boolean {
    return this.#options.namespaces !== undefined;
  }

  /** The kernel has given a number to what a device leads to. */
  #meetHidden(number: number): Place {
    const names: string[] = [];
    const told = { key: `hidden:${number}`, names, container: undefined, current: false, initial: false };
    const place: Place = { told, names, found: undefined, devices: new Map() };
    this.#places.set(number, place);
    this.#lookSoon();
    return place;
  }

  #tell(event: 'present' | 'set' | 'delete', table: WatchedTable, entry: object, { told, devices }: Place): void {
    const { index, name, link } = entry as { readonly index?: number; readonly name?: string; readonly link?: number };
    if (table === 'link' && index !== undefined && name !== undefined) {
      if (event === 'delete') devices.delete(index);
      else devices.set(index, name);
    }
    if (!this.#objects.has(table)) return;
    const device = table === 'link' ? name : devices.get(link ?? 0);
    this.#push({ ...now(told), event, object: table, value: withoutMessage(entry), device } as TimelineEvent);
  }

  #do(work: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      if (this.#ended) return;
      try {
        await work();
      } catch (error) {
        if (!this.#ended) this.queue.end(error); // after the end, what was under way fails, and nobody asks
      }
    });
  }

  #lookSoon(): void {
    if (this.#looking || this.#ended) return;
    this.#looking = true;
    this.#do(async () => {
      this.#looking = false;
      await this.#look(true, true);
    });
  }

  /** Finds namespaces, and gives numbers to those that have none. */
  async #look(present: boolean, born = false): Promise<void> {
    const { runDirectory, userRuntimeDirectory } = this.#options;
    const names = {
      ...(runDirectory !== undefined && { runDirectory }),
      ...(userRuntimeDirectory !== undefined && { userRuntimeDirectory }),
    };
    const { namespaces } = await census({ ...names, types: ['net'], relations: false, containers: true });
    for (const namespace of namespaces) {
      if (this.#ended) return;
      const known = this.#numbers.get(identityOf(namespace));
      if (known !== undefined) this.#rename(known, namespace.names);
      else if (namespace.inode !== this.#observer.inode && this.#isWanted(namespace)) {
        using open = openMachineNamespace(namespace);
        if (open !== undefined) await this.#meet(open, namespace, present, born);
      }
    }
  }

  #rename(number: number, names: readonly string[]): void {
    const place = this.#places.get(number);
    if (place !== undefined) place.names.splice(0, place.names.length, ...names);
  }

  #isWanted({ type, inode, names }: Pick<MachineNamespace, 'type' | 'inode' | 'names'>): boolean {
    const wanted = this.#options.namespaces;
    return wanted === undefined || wanted.includes(`${type}:[${inode}]`) || names.some((name) => wanted.includes(name));
  }

  async #meet(open: Namespace, namespace: MachineNamespace, present: boolean, born: boolean): Promise<void> {
    const { type, inode, id, keepers, paths, container, current, initial } = namespace;
    const number = await nothingIfGone(() => this.#observer.register(open.fd));
    if (number === undefined) return;
    const hidden = this.#places.get(number);
    const names = [...namespace.names];
    const place: Place = {
      told: { key: `${type}:[${inode}]`, names, container, current, initial },
      names,
      found: { type, inode, id, keepers: id === undefined ? keepers.slice(0, 4) : [], paths },
      devices: hidden?.devices ?? new Map(),
    };
    this.#places.set(number, place);
    this.#numbers.set(identityOf(namespace), number);
    open.close(); // from here on only its number is known, which keeps nothing
    if (born && this.#objects.has('namespace'))
      this.#push({ ...now(place.told), event: 'set', object: 'namespace', value: place.told });
    await this.#read(number, place, present ? ['link', 'address'] : ['link'], present);
  }

  /** The end of a namespace. */
  #bury(number: number): void {
    const place = this.#places.get(number);
    if (place === undefined) return;
    this.#places.delete(number);
    if (place.found !== undefined) this.#numbers.delete(identityOf(place.found));
    if (this.#objects.has('namespace'))
      this.#push({ ...now(place.told), event: 'delete', object: 'namespace', value: place.told });
  }

  /** Reads tables from outside, and tells of them; what is heard meanwhile comes behind. */
  async #read(number: number, place: Place, tables: readonly WatchedTable[], tell: boolean): Promise<void> {
    await this.#hold(number, async () => {
      for (const table of tables) {
        await this.#room();
        const { listAt } = monitoredObjects[table];
        const entries = await nothingIfGone(async () => listAt?.(this.#observer.network, number));
        if (tell) for (const entry of entries ?? []) this.#tell('present', table, entry, place);
        else
          for (const { index, name } of (entries ?? []) as { index: number; name: string }[])
            place.devices.set(index, name);
      }
    });
  }

  async #hold(number: number, work: () => Promise<void>): Promise<void> {
    const held = { number, events: [] as (() => void)[] };
    this.#held = held;
    try {
      await work();
    } finally {
      this.#held = undefined;
      for (const event of held.events) event();
    }
  }

  #resyncSoon(): void {
    if (this.#resyncing || this.#ended) return;
    this.#resyncing = true;
    this.#push({ event: 'resync', time: new Date() });
    this.#do(async () => {
      this.#resyncing = false;
      const alive = new Set((await this.#observer.network.nsids.list()).map((entry) => entry.nsid));
      for (const number of [...this.#places.keys()]) if (!alive.has(number)) this.#bury(number);
      for (const [number, place] of [...this.#places]) {
        if (this.#ended) return;
        await this.#tellAnew(number, place);
      }
      await this.#look(true, true);
      this.#push({ event: 'synchronized', time: new Date() });
    });
  }

  async #tellAnew(number: number, place: Place): Promise<void> {
    const outside: readonly WatchedTable[] = ['link', 'address'];
    await this.#read(number, place, ['link', ...this.#tables.filter((table) => table === 'address')], true);
    const inside = this.#tables.filter((table) => !outside.includes(table));
    const more = this.#objects.has('firewall') || this.#objects.has('connection');
    if (place.found === undefined || (inside.length === 0 && !more)) return;
    using open = openMachineNamespace(place.found);
    if (open === undefined) return;
    await this.#hold(number, async () => {
      await nothingIfGone(async () => {
        using network = openNetwork(open);
        const list = async <T>(ask: () => Promise<readonly T[]>) => {
          await this.#room();
          return (await nothingIfGone(ask)) ?? [];
        };
        for (const table of inside)
          for (const entry of await list(() => listTable(network, table))) this.#tell('present', table, entry, place);
        if (this.#objects.has('firewall')) {
          const ruleset = async () => [...firewallObjectsOf(await network.firewall.list())];
          for (const { object, value } of await list(ruleset)) this.#tellFirewall('present', object, value, place);
        }
        if (!this.#objects.has('connection')) return;
        for (const connection of await list(() => network.connections.list())) {
          const value = withoutMessage(connection);
          this.#push({ ...now(place.told), event: 'present', object: 'connection', value });
        }
      });
    });
  }

  async #followNames(): Promise<void> {
    try {
      for await (const { event, name } of this.#names ?? []) {
        if (event === 'ready') this.#do(() => this.#nameAppeared(name));
        else if (event === 'delete') this.#do(async () => this.#nameGone(name));
      }
    } catch (error) {
      this.queue.end(error);
    }
  }

  async #nameAppeared(name: string): Promise<void> {
    const named = openIfThere(name, this.#options);
    if (named === undefined) return; // it is gone again
    using open = named;
    const { ino: inode } = open.id;
    const id = idOfNamespace(open.fd.raw);
    const number = this.#numbers.get(identityOf({ inode, id }));
    const place = number === undefined ? undefined : this.#places.get(number);
    if (place === undefined) {
      const nothing = { owner: undefined, parent: undefined, ownerUid: undefined, references: undefined };
      const found = { type: 'net', inode, id, names: [name], paths: [], keepers: [], container: undefined } as const;
      if (this.#isWanted(found))
        await this.#meet(open, { ...found, ...nothing, current: false, initial: false }, true, true);
    } else if (!place.names.includes(name)) place.names.push(name);
    const known = this.#places.get(this.#numbers.get(identityOf({ inode, id })) ?? -1);
    if (known !== undefined && this.#objects.has('name'))
      this.#push({ ...now(known.told), event: 'set', object: 'name', value: { name } });
  }

  #nameGone(name: string): void {
    for (const place of this.#places.values()) {
      const at = place.names.indexOf(name);
      if (at < 0) continue;
      if (this.#objects.has('name'))
        this.#push({ ...now(place.told), event: 'delete', object: 'name', value: { name } });
      place.names.splice(at, 1);
    }
  }

  #push(event: TimelineEvent): void {
    // What a namespace is called may change before somebody reads this.
    const still = 'namespace' in event ? { ...event, namespace: frozen(event.namespace) } : event;
    this.queue.push(still);
    if (this.#paused || this.queue.waiting < enough) return;
    this.#paused = true;
    for (const listener of this.#listeners) listener.pause();
  }

  /** Waits, if there is enough for the reader already, until that is taken: tables are read no faster than they are told. */
  async #room(): Promise<void> {
    while (this.#paused && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#goOn = resolve;
      });
    }
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    for (const listener of this.#listeners) listener.resume();
    this.#goOn?.();
  }

  #close(): void {
    this.#ended = true;
    this.#goOn?.();
    clearInterval(this.#timer);
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    for (const listener of this.#listeners) listener[Symbol.dispose]();
    void this.#names?.return?.();
    this.#observer.close();
  }
}

/** The number alone may be another's by now. */
function identityOf({ inode, id }: Pick<MachineNamespace, 'inode' | 'id'>): string {
  return `${inode} ${id}`;
}

function now(namespace: TimelinePlace): { readonly time: Date; readonly namespace: TimelinePlace } {
  return { time: new Date(), namespace };
}

function frozen(place: TimelinePlace): TimelinePlace {
  return { ...place, names: [...place.names] };
}

/** The kernel's own words are long, and many events may wait. */
function withoutMessage<T extends object>(entry: T): Omit<T, 'message'> {
  const { message, ...rest } = entry as T & { readonly message?: unknown };
  return rest;
}

async function listTable(network: Network, table: WatchedTable): Promise<readonly object[]> {
  return await monitoredObjects[table].list(network);
}

/** Undefined for a namespace that has ended meanwhile, or into which we may not look, and for what this kernel does not have. */
async function nothingIfGone<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof NetlinkError || error instanceof UnsupportedError) return undefined;
    if (error instanceof KernelError && gone.includes(error.code)) return undefined;
    throw error;
  }
}

const gone: readonly string[] = ['EPERM', 'EACCES', 'EINVAL', 'ENOENT', 'ESRCH', 'EPROTONOSUPPORT'];

function openIfThere(name: string, { runDirectory, userRuntimeDirectory }: WatchOptions): Namespace | undefined {
  try {
    return openNamespace(name, 'net', {
      ...(runDirectory !== undefined && { runDirectory }),
      ...(userRuntimeDirectory !== undefined && { userRuntimeDirectory }),
    });
  } catch (error) {
    if (error instanceof KernelError && gone.includes(error.code)) return undefined;
    throw error;
  }
}

/** A directory of names that may not be made has none. */
function namesOrNone(options: Pick<WatchOptions, 'runDirectory' | 'userRuntimeDirectory'>) {
  try {
    return monitorNames(options);
  } catch (error) {
    if (error instanceof KernelError) return undefined;
    throw error;
  }
}
