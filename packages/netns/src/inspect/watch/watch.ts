import { KernelError, NetlinkError, UnsupportedError } from '../../errors.ts';
import { EventQueue } from '../../event-queue.ts';
import { monitorNames, type NameEvent } from '../../namespaces/monitor.ts';
import type { Namespace } from '../../namespaces/namespace.ts';
import { openNamespace } from '../../namespaces/reference.ts';
import type { Fd } from '../../native/fd.ts';
import type { Known } from '../../netlink/declarations.ts';
import { type InetSocketMessage, inetDiagProtocols, inetSocket } from '../../netlink/families/diag/inet.ts';
import { socketMessages } from '../../netlink/families/diag/messages.ts';
import { type ConntrackMessage, conntrack, conntrackGroups } from '../../netlink/families/netfilter/conntrack.ts';
import { conntrackMessages } from '../../netlink/families/netfilter/conntrack-messages.ts';
import { firewallMessages } from '../../netlink/families/netfilter/firewall-messages.ts';
import { nsid } from '../../netlink/families/route/nsid.ts';
import { NETLINK_NETFILTER, NETLINK_ROUTE, NETLINK_SOCK_DIAG } from '../../netlink/protocols.ts';
import { connectionOf } from '../../network/connections/read.ts';
import {
  type FirewallObjects,
  firewallEventsOf,
  firewallObjectsOf,
  NFNLGRP_NFTABLES,
} from '../../network/firewall/events.ts';
import { monitoredMessages, monitoredObjects, takesAway } from '../../network/monitored.ts';
import { type Network, openNetwork } from '../../network/network.ts';
import { Nsids, nsidEntryOf } from '../../network/nsids.ts';
import { inetSocketOf } from '../../network/sockets/read.ts';
import { census, type MachineCensusOptions, type MachineNamespace } from '../census.ts';
import { openMachineNamespace, ownerIfTold } from '../open.ts';
import { idOfNamespace } from '../sources/handle.ts';
import { Ear, type Heard, type Hearing, here } from './ear.ts';
import { Remembered, type Room, type SilentTable, silentTables } from './remembered.ts';
import type { TimelineEvent, TimelinePlace, WatchedObject, WatchedTable } from './timeline.ts';

/** What to follow, in which namespaces. */
export interface WatchOptions extends Pick<MachineCensusOptions, 'runDirectory' | 'userRuntimeDirectory'> {
  /** What to follow. Default: everything but connections, of which there may be very many. */
  readonly objects?: readonly WatchedObject[] | undefined;
  /** Only these namespaces: names, or keys as `net:[4026532281]`. Default: all. */
  readonly namespaces?: readonly string[] | undefined;
  /** Tell of what is there first. Default: false. */
  readonly initial?: boolean | undefined;
  /** How often it is looked for namespaces that nothing announces, in milliseconds. Default: 2000. */
  readonly rescan?: number | undefined;
  /**
   * Routes and nexthops that are remembered, of all namespaces together: to tell which have gone without a word. A namespace for whose there
   * is no room is told anew then (`resync`). Default: 20,000, some megabytes.
   */
  readonly remember?: number | undefined;
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
 * The kernel does not tell of everything: routes of IPv4 and nexthops go without a word with their device. Such a table is read again
 * then, and what is missing is told. Events wait in the kernel for a slow reader, and are told anew if it had to drop some (`resync`), so
 * the memory that this takes has a bound.
 *
 * Following a namespace takes CAP_SYS_ADMIN in the user namespace that owns it, as whoever made that has: so an ordinary user follows
 * their own namespaces, and the one that they are in (without its firewall). `unseen` tells what is left out. Linux 4.20. Ends with
 * `break` or `signal`.
 */
export function watch(options: WatchOptions = {}): AsyncIterableIterator<TimelineEvent> {
  return new Watcher(options).queue;
}

const watchedTables: readonly WatchedTable[] = ['link', 'address', 'neighbour', 'fdb', 'nexthop', 'route', 'rule'];
/** Those that can be read from outside. */
const outside: readonly WatchedTable[] = ['link', 'address'];
/** What is followed unless something else is wished. */
export const usualObjects: readonly WatchedObject[] = [...watchedTables, 'firewall', 'socket', 'name', 'namespace'];

/** So many events may wait for whoever reads before the kernel has to keep them. */
const enough = 2000;
/** For how long events may come before a table is read again, in milliseconds: one event seldom comes alone. */
const breath = 20;

/** SKNLGRP_INET_TCP_DESTROY, _UDP_DESTROY, and of IPv6 (`linux/sock_diag.h`). */
const socketGroups = [1, 2, 3, 4];

type PlaceEar = Ear<Place>;

/** A namespace that is followed. */
interface Place {
  readonly told: TimelinePlace;
  readonly names: string[];
  /** Where it is heard, and its number there. */
  readonly ear: PlaceEar;
  readonly number: number;
  /** What it can be opened by again; undefined for one that only devices tell of. */
  readonly found: Pick<MachineNamespace, 'type' | 'inode' | 'id' | 'keepers' | 'paths'> | undefined;
  /** Names of devices by their indexes; of those that are gone, until it is known what went with them. */
  readonly devices: Map<number, string>;
  readonly goneDevices: Set<number>;
  readonly remembered: Remembered;
}

class Watcher {
  readonly queue = new EventQueue<TimelineEvent>(
    () => this.#close(),
    () => this.#resume(),
  );
  readonly #options: WatchOptions;
  readonly #objects: ReadonlySet<WatchedObject>;
  readonly #tables: readonly WatchedTable[];
  readonly #silent: readonly SilentTable[];
  /** Hears whatever belongs to our own user namespace, and what is below; undefined without the right to. */
  readonly #main: PlaceEar | undefined;
  /** By the user namespaces that their observers belong to. */
  readonly #others = new Map<number, PlaceEar | undefined>();
  #here: PlaceEar | undefined;
  readonly #names: AsyncIterableIterator<NameEvent> | undefined;
  readonly #places = new Map<string, Place>();
  /** Keys of namespaces that may not be followed. */
  #refused: string[] = [];
  #unseen: readonly string[] = [];
  readonly #room: Room;
  readonly #onAbort = () => this.queue.end();
  /** The namespace whose tables are being read, and what was heard of it meanwhile: its turn comes behind that. */
  #held: { readonly place: Place; readonly events: (() => void)[] } | undefined;
  /** What is done one after the other: looks, and readings of tables. */
  #work: Promise<void> = Promise.resolve();
  #looking = false;
  #resyncing = false;
  /** In which something may have gone without a word. */
  readonly #doubtful = new Set<Place>();
  #clearing: NodeJS.Timeout | undefined;
  #timer: NodeJS.Timeout | undefined;
  #paused = false;
  /** Goes on with what waits for the reader to have taken what there is. */
  #goOn: (() => void) | undefined;
  #ended = false;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#objects = new Set(options.objects ?? usualObjects);
    this.#tables = watchedTables.filter((table) => this.#objects.has(table));
    this.#silent = silentTables.filter((table) => this.#objects.has(table));
    const { signal, runDirectory, userRuntimeDirectory, remember = 20_000 } = options;
    this.#room = { left: remember };
    this.#main = this.#earAt({});
    this.#names = namesOrNone({
      ...(runDirectory !== undefined && { runDirectory }),
      ...(userRuntimeDirectory !== undefined && { userRuntimeDirectory }),
    });
    signal?.addEventListener('abort', this.#onAbort);
    if (signal?.aborted) {
      this.queue.end();
      return;
    }
    void this.#followNames();
    this.#do(async () => {
      await this.#look(options.initial === true);
      this.#push({ event: 'synchronized', time: new Date(), unseen: this.#whatIsUnseen() });
    });
    this.#timer = setInterval(() => this.#lookSoon(), options.rescan ?? 2000);
  }

  /** Undefined where it may not be listened. */
  #earAt(where: 'here' | { readonly owner?: Fd }): PlaceEar | undefined {
    try {
      return new Ear<Place>(where, {
        hearings: this.#hearings(),
        receiveBuffer: this.#options.receiveBuffer,
        overrun: () => this.#resyncSoon(),
        fail: (error) => this.queue.end(error),
      });
    } catch (error) {
      if (error instanceof KernelError && refusals.includes(error.code)) return undefined;
      throw error;
    }
  }

  #hearings(): Hearing<Place>[] {
    // Devices are always followed: their names stand in what is told of the rest.
    const tables = new Set([...monitoredObjects.nsid.groups, ...monitoredObjects.link.groups]);
    for (const table of this.#tables) for (const group of monitoredObjects[table].groups) tables.add(group);
    if (this.#silent.length > 0) for (const group of monitoredObjects.address.groups) tables.add(group);
    const { new: begun, update, destroy } = conntrackGroups;
    const netfilter = (known: Known, groups: readonly number[], what: string): Hearing<Place> => ({
      protocol: NETLINK_NETFILTER,
      known,
      groups,
      what,
      hear: (event, ear) => this.#hearNetfilter(event, ear),
    });
    const sockets = this.#objects.has('socket') ? socketGroups : [];
    return [
      {
        protocol: NETLINK_ROUTE,
        known: monitoredMessages,
        groups: [...tables],
        hear: (event, ear) => this.#hearTable(event, ear),
      },
      netfilter(firewallMessages, this.#objects.has('firewall') ? [NFNLGRP_NFTABLES] : [], 'the firewall'),
      netfilter(conntrackMessages, this.#objects.has('connection') ? [begun, update, destroy] : [], 'the connections'),
      {
        protocol: NETLINK_SOCK_DIAG,
        known: socketMessages,
        groups: sockets,
        what: 'sockets that close',
        hear: (event, ear) => this.#hearSocket(event, ear),
      },
    ];
  }

  get #ears(): PlaceEar[] {
    return [this.#main, this.#here, ...this.#others.values()].filter((ear) => ear !== undefined);
  }

  #hearTable({ declaration, type, value, nsid: from }: Heard, ear: PlaceEar): void {
    const isDelete = type === (declaration.types as Readonly<Record<string, number>>).del;
    if (declaration === nsid) {
      const entry = nsidEntryOf(value as Parameters<typeof nsidEntryOf>[0]);
      // In an observer itself: it has ended. In another: a device there leads to a namespace that may be new.
      if (from !== undefined || ear.observer === undefined) this.#lookSoon();
      else if (isDelete) this.#bury(ear.places.get(entry.nsid));
      return;
    }
    this.#at(ear, from, (place) => {
      const event = isDelete ? 'delete' : 'set';
      for (const table of ['link', ...this.#tables.filter((each) => each !== 'link')] as const) {
        const { declaration: own, read } = monitoredObjects[table];
        const entry = own === declaration ? read(value) : undefined;
        if (entry !== undefined) this.#tell(event, table, withoutMessage(entry), place);
      }
      if (takesAway(event, declaration, value)) this.#doubt(place);
    });
  }

  #hearNetfilter(heard: Heard, ear: PlaceEar): void {
    const { declaration, type, value, nsid: from } = heard;
    if (declaration === (conntrack as unknown)) {
      const event = type === conntrack.types.del ? 'delete' : 'set';
      const connection = withoutMessage(connectionOf(value as ConntrackMessage));
      this.#at(ear, from, ({ told }) => this.#push({ ...now(told), event, object: 'connection', value: connection }));
      return;
    }
    for (const each of firewallEventsOf(heard)) {
      if (!('object' in each)) continue;
      const { event, object, value } = each;
      this.#at(ear, from, (place) => this.#tellFirewall(event, object, value, place));
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

  #hearSocket({ declaration, value, nsid: from }: Heard, ear: PlaceEar): void {
    if (declaration !== (inetSocket.received as unknown)) return;
    const message = value as InetSocketMessage;
    const kind = message.attributes.protocol === inetDiagProtocols.udp ? 'udp' : 'tcp';
    const socket = withoutMessage(inetSocketOf(kind, message));
    this.#at(ear, from, ({ told }) => this.#push({ ...now(told), event: 'delete', object: 'socket', value: socket }));
  }

  /** Does something about a namespace now, or behind the reading of its tables. What happens in an observer itself is nothing. */
  #at(ear: PlaceEar, from: number | undefined, act: (place: Place) => void): void {
    const number = ear.observer === undefined ? here : from;
    if (this.#ended || number === undefined) return;
    const isHidden = number !== here && this.#options.namespaces === undefined;
    const place = ear.places.get(number) ?? (isHidden ? this.#meetHidden(ear, number) : undefined);
    if (place === undefined) return;
    if (this.#held?.place === place) this.#held.events.push(() => act(place));
    else act(place);
  }

  /** The kernel has given a number to what a device leads to. */
  #meetHidden(ear: PlaceEar, number: number): Place {
    const names: string[] = [];
    const told = { key: `hidden:${number}`, names, container: undefined, current: false, initial: false };
    const place = this.#placeAt({ ear, number }, told, names, undefined);
    this.#lookSoon();
    return place;
  }

  #placeAt({ ear, number }: Seat, told: TimelinePlace, names: string[], found: Place['found']): Place {
    const remembered = new Remembered(found === undefined ? [] : this.#silent, this.#room);
    const devices = ear.places.get(number)?.devices ?? new Map<number, string>();
    const place: Place = { told, names, ear, number, found, devices, goneDevices: new Set(), remembered };
    ear.places.set(number, place);
    return place;
  }

  #tell(event: 'present' | 'set' | 'delete', table: WatchedTable, entry: object, place: Place): void {
    const { told, devices, goneDevices, remembered } = place;
    const { index, name, link } = entry as { readonly index?: number; readonly name?: string; readonly link?: number };
    if (table === 'link' && index !== undefined && name !== undefined) {
      if (event === 'delete') goneDevices.add(index);
      else {
        devices.set(index, name);
        goneDevices.delete(index);
      }
    }
    if (!this.#objects.has(table)) return;
    if (isSilent(table) && !remembered.note(event, table, entry)) {
      this.#doubt(place);
      if (event === 'delete') return; // it was a part of something: what is missing then will be told
    }
    const device = table === 'link' ? name : devices.get(link ?? 0);
    this.#push({ ...now(told), event, object: table, value: entry, device } as TimelineEvent);
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
    const found = await census({ ...names, types: ['net'], relations: false, containers: true });
    const { kernel, unseen } = found.completeness;
    this.#unseen = kernel === undefined ? unseen : [];
    this.#refused = [];
    const own = new Set(this.#ears.map(({ observer }) => observer?.inode));
    for (const each of found.namespaces) {
      if (this.#ended) return;
      // Where the kernel's list may not be read, the namespace itself tells its id.
      using asked = each.id === undefined ? openMachineNamespace(each) : undefined;
      const namespace = asked === undefined ? each : { ...each, id: idOfNamespace(asked.fd.raw) };
      const known = this.#places.get(identityOf(namespace));
      if (known !== undefined) known.names.splice(0, known.names.length, ...namespace.names);
      else if (!own.has(namespace.inode) && this.#isWanted(namespace)) {
        using open = asked ?? openMachineNamespace(namespace);
        if (open === undefined && !namespace.current) this.#refused.push(keyOf(namespace));
        else await this.#meet(open, namespace, present, born);
      }
    }
  }

  /** What cannot be told of, each a sentence without a stop. */
  #whatIsUnseen(): string[] {
    const [first = '', ...others] = this.#refused;
    const refused = others.length === 0 ? first : `${others.length + 1} network namespaces`;
    return [
      ...(first === ''
        ? []
        : [`${refused} may not be followed: that takes CAP_SYS_ADMIN in the user namespace that owns it`]),
      ...this.#ears.flatMap(({ unheard, places }) =>
        places.size === 0
          ? []
          : unheard.map((what) => `${what} of ${keysOf(places)} may not be followed: that takes CAP_NET_ADMIN`),
      ),
      ...this.#unseen,
    ];
  }

  #isWanted({ type, inode, names }: Pick<MachineNamespace, 'type' | 'inode' | 'names'>): boolean {
    const wanted = this.#options.namespaces;
    return (
      wanted === undefined || wanted.includes(keyOf({ type, inode })) || names.some((name) => wanted.includes(name))
    );
  }

  async #meet(
    open: Namespace | undefined,
    namespace: MachineNamespace,
    present: boolean,
    born: boolean,
  ): Promise<void> {
    const { type, inode, id, keepers, paths, container, current, initial } = namespace;
    const seat = await this.#seatFor(open, current);
    if (seat === undefined) {
      this.#refused.push(keyOf(namespace));
      return;
    }
    open?.close(); // from here on only its number is known, which keeps nothing
    const names = [...namespace.names];
    const told = { key: keyOf(namespace), names, container, current, initial };
    const found = { type, inode, id, keepers: id === undefined ? keepers.slice(0, 4) : [], paths };
    const place = this.#placeAt(seat, told, names, found);
    this.#places.set(identityOf(found), place);
    if (born && this.#objects.has('namespace'))
      this.#push({ ...now(told), event: 'set', object: 'namespace', value: told });
    await this.#read(place, present);
  }

  /** Where a namespace can be heard; undefined: nowhere by us, or it has ended. */
  async #seatFor(open: Namespace | undefined, current: boolean): Promise<Seat | undefined> {
    const seat = open && this.#main && (await seatAt(this.#main, open));
    if (seat !== undefined) return seat;
    if (current) {
      this.#here ??= this.#earAt('here');
      return this.#here && { ear: this.#here, number: here };
    }
    const other = open && this.#earOf(open);
    return other && (await seatAt(other, open));
  }

  /** Whoever made a user namespace has all rights over what it owns: an observer that belongs to it hears that. */
  #earOf(open: Namespace): PlaceEar | undefined {
    using owner = ownerIfTold(open);
    if (owner === undefined) return undefined;
    const { ino } = owner.id;
    if (!this.#others.has(ino)) this.#others.set(ino, this.#earAt({ owner: owner.fd }));
    return this.#others.get(ino);
  }

  /** The end of a namespace. */
  #bury(place: Place | undefined): void {
    if (place === undefined) return;
    const { ear, number, found, told, remembered } = place;
    if (ear.places.get(number) === place) ear.places.delete(number);
    if (found !== undefined) this.#places.delete(identityOf(found));
    remembered.forget();
    this.#doubtful.delete(place);
    if (this.#objects.has('namespace')) this.#push({ ...now(told), event: 'delete', object: 'namespace', value: told });
  }

  /** Reads what is there, and tells of it or only remembers it; what is heard meanwhile comes behind. */
  async #read(place: Place, tell: boolean): Promise<void> {
    await this.#hold(place, async () => {
      for (const table of outside) {
        if (table !== 'link' && !(tell && this.#objects.has(table))) continue;
        const entries = (await this.#listOutside(place, table)) ?? [];
        if (tell) for (const entry of entries) this.#tell('present', table, withoutMessage(entry), place);
        else for (const { index, name } of entries as { index: number; name: string }[]) place.devices.set(index, name);
      }
      const inside = this.#tables.filter((table) => !outside.includes(table) && (tell || isSilent(table)));
      const more = tell && (this.#objects.has('firewall') || this.#objects.has('connection'));
      if (inside.length > 0 || more)
        await this.#inNetwork(place, (network) => this.#readInside(place, network, inside, tell));
    });
  }

  async #listOutside(
    { ear: { network: observing }, number }: Place,
    table: WatchedTable,
  ): Promise<readonly object[] | undefined> {
    await this.#space();
    if (observing !== undefined) return nothingIfGone(async () => monitoredObjects[table].listAt?.(observing, number));
    using network = openNetwork();
    return await nothingIfGone(() => listTable(network, table));
  }

  async #readInside(place: Place, network: Network, tables: readonly WatchedTable[], tell: boolean): Promise<void> {
    const list = async <T>(ask: () => Promise<readonly T[]>) => {
      await this.#space();
      return (await nothingIfGone(ask)) ?? [];
    };
    for (const table of tables) {
      const entries = (await list(() => listTable(network, table))).map((entry) => withoutMessage(entry));
      if (isSilent(table)) place.remembered.compare(table, entries);
      if (tell) for (const entry of entries) this.#tell('present', table, entry, place);
    }
    if (!tell) return;
    if (this.#objects.has('firewall')) {
      const ruleset = async () => [...firewallObjectsOf(await network.firewall.list())];
      for (const { object, value } of await list(ruleset)) this.#tellFirewall('present', object, value, place);
    }
    if (!this.#objects.has('connection')) return;
    for (const connection of await list(() => network.connections.list())) {
      const value = withoutMessage(connection);
      this.#push({ ...now(place.told), event: 'present', object: 'connection', value });
    }
  }

  /** Looks into a namespace, if it is there and it is known where. */
  async #inNetwork({ ear, found }: Place, look: (network: Network) => Promise<void>): Promise<void> {
    if (found === undefined) return;
    using open = ear.observer === undefined ? undefined : openMachineNamespace(found);
    if (open === undefined && ear.observer !== undefined) return;
    await nothingIfGone(async () => {
      using network = openNetwork(open);
      await look(network);
    });
  }

  async #hold(place: Place, work: () => Promise<void>): Promise<void> {
    const held = { place, events: [] as (() => void)[] };
    this.#held = held;
    try {
      await work();
    } finally {
      this.#held = undefined;
      for (const event of held.events) event();
    }
  }

  /** Something may have gone with what is told to be gone: that will be looked after in a moment. */
  #doubt(place: Place): void {
    if (this.#silent.length === 0 || place.found === undefined) return;
    this.#doubtful.add(place);
    this.#clearing ??= setTimeout(() => {
      this.#do(async () => {
        const doubtful = [...this.#doubtful];
        this.#doubtful.clear();
        this.#clearing = undefined;
        for (const each of doubtful) if (!this.#ended) await this.#clearDoubt(each);
      });
    }, breath);
  }

  async #clearDoubt(place: Place): Promise<void> {
    const { told, remembered, devices, goneDevices } = place;
    const gone = [...goneDevices];
    const unknown: (readonly [SilentTable, readonly object[]])[] = [];
    const tell = (event: 'present' | 'set' | 'delete', object: SilentTable, entries: readonly object[]) => {
      for (const value of entries as readonly { readonly link?: number }[])
        this.#push({ ...now(told), event, object, value, device: devices.get(value.link ?? 0) } as TimelineEvent);
    };
    await this.#hold(place, () =>
      this.#inNetwork(place, async (network) => {
        for (const table of this.#silent) {
          await this.#space();
          const entries = await monitoredObjects[table].list(network);
          // What is missing in a table that changed all the time may be there.
          if (entries.interrupted) this.#doubt(place);
          const plain = (entries as readonly object[]).map((entry) => withoutMessage(entry));
          const difference = entries.interrupted && remembered.knows ? none : remembered.compare(table, plain);
          if (difference === undefined) unknown.push([table, plain]);
          tell('delete', table, difference?.gone ?? []);
          tell('set', table, difference?.fresh ?? []);
        }
        if (unknown.length === 0) return;
        this.#push({ ...now(told), event: 'resync', objects: unknown.map(([table]) => table) });
        for (const [table, entries] of unknown) tell('present', table, entries);
        this.#push({ ...now(told), event: 'synchronized', unseen: [] });
      }),
    );
    for (const index of gone) if (goneDevices.delete(index)) devices.delete(index);
  }

  #resyncSoon(): void {
    if (this.#resyncing || this.#ended) return;
    this.#resyncing = true;
    this.#push({ event: 'resync', time: new Date() });
    this.#do(async () => {
      this.#resyncing = false;
      for (const { observer, places } of this.#ears) {
        if (observer === undefined) continue;
        const alive = new Set((await new Nsids(observer.connection).list()).map((entry) => entry.nsid));
        for (const [number, place] of [...places]) if (!alive.has(number)) this.#bury(place);
      }
      for (const { places } of this.#ears)
        for (const place of [...places.values()]) {
          if (this.#ended) return;
          await this.#read(place, true);
        }
      await this.#look(true, true);
      this.#push({ event: 'synchronized', time: new Date(), unseen: this.#whatIsUnseen() });
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
    const place = this.#places.get(identityOf({ inode, id }));
    if (place === undefined) {
      const nothing = { owner: undefined, parent: undefined, ownerUid: undefined, references: undefined };
      const found = { type: 'net', inode, id, names: [name], paths: [], keepers: [], container: undefined } as const;
      if (this.#isWanted(found))
        await this.#meet(open, { ...found, ...nothing, current: false, initial: false }, true, true);
    } else if (!place.names.includes(name)) place.names.push(name);
    const known = this.#places.get(identityOf({ inode, id }));
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
    const still = event.namespace === undefined ? event : { ...event, namespace: frozen(event.namespace) };
    this.queue.push(still);
    if (this.#paused || this.queue.waiting < enough) return;
    this.#paused = true;
    for (const ear of this.#ears) ear.pause();
  }

  /** Waits, if there is enough for the reader already, until that is taken: tables are read no faster than they are told. */
  async #space(): Promise<void> {
    while (this.#paused && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#goOn = resolve;
      });
    }
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    for (const ear of this.#ears) ear.resume();
    this.#goOn?.();
  }

  #close(): void {
    this.#ended = true;
    this.#goOn?.();
    clearInterval(this.#timer);
    clearTimeout(this.#clearing);
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    void this.#names?.return?.();
    for (const ear of this.#ears) ear[Symbol.dispose]();
  }
}

/** A namespace as an ear has it. */
type Seat = Pick<Place, 'ear' | 'number'>;

/** Gives a namespace a number in an observer; undefined if that may not hear it, or it has ended. */
async function seatAt(ear: PlaceEar, open: Namespace): Promise<Seat | undefined> {
  return await nothingIfGone(async () => {
    const { observer } = ear;
    if (observer === undefined) return undefined;
    const number = await observer.register(open.fd);
    // A number is given to any. Who may ask for what is in there may hear it, too.
    await new Nsids(observer.connection).list({ targetNsid: number });
    return { ear, number };
  });
}

const none = { gone: [], fresh: [] } as const;
const refusals: readonly string[] = ['EPERM', 'EACCES'];

function isSilent(table: WatchedTable): table is SilentTable {
  return (silentTables as readonly string[]).includes(table);
}

function keyOf({ type, inode }: Pick<MachineNamespace, 'type' | 'inode'>): string {
  return `${type}:[${inode}]`;
}

function keysOf(places: ReadonlyMap<number, Place>): string {
  return [...places.values()].map(({ told }) => told.key).join(', ');
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
