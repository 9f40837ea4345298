import { NetlinkConnection } from '../../connection/connection.ts';
import { InvalidArgumentError, KernelError } from '../../errors.ts';
import type { RunDirectoryOptions } from '../../namespaces/name-directory.ts';
import type { Namespace } from '../../namespaces/namespace.ts';
import { describeRef, type NamespaceRef, openNamespace } from '../../namespaces/reference.ts';
import { type Link, Links } from '../../network/links.ts';
import { openNetwork } from '../../network/network.ts';
import { ResourceStack } from '../../resource.ts';
import { type Direction, wholePackets } from './filter/compile.ts';
import { type Batch, merge } from './merge.ts';
import { PacketQueue, type TimeBase, timeBase } from './packet-queue.ts';
import { PacketSocket } from './packet-socket.ts';
import { type CapturedPacket, packetsIn } from './packets-in.ts';
import { interfaceDescription, interfaceStatistics, sectionHeader } from './pcapng.ts';
import { Readiness } from './readiness.ts';
import { PacketRing } from './ring.ts';

/** Where to capture. */
export interface CaptureSource {
  /** Default: the namespace of this process. */
  readonly namespace?: NamespaceRef | undefined;
  /** The name of an interface; `*`: all that there are, and those that come. Default: `*`. */
  readonly interface?: string | undefined;
  /** What the namespace is called in the capture. Default: as it is referred to. */
  readonly title?: string | undefined;
}

/** What to capture, and where: as the options of `tcpdump`, for many devices of many namespaces. */
export interface CaptureOptions extends RunDirectoryOptions {
  readonly from: readonly CaptureSource[];
  /** Which packets, in the syntax of pcap-filter(7). Default: all. */
  readonly filter?: string | undefined;
  /** How many bytes of a packet are kept. Default: 262144, which is all. `tcpdump -s`. */
  readonly snapLength?: number | undefined;
  /** Packets that come in, that go out, or both. Default: both. `tcpdump -Q`. */
  readonly direction?: Direction | undefined;
  /** See what is sent to others, too, where the device can. Default: true. `tcpdump -p` turns it off. */
  readonly promiscuous?: boolean | undefined;
  /** Bytes of the ring of each interface in which packets wait. Default: 2 MiB; less if there are more than 32 interfaces. `tcpdump -B`. */
  readonly bufferSize?: number | undefined;
  /** Ends after so many packets. Default: never. `tcpdump -c`. */
  readonly count?: number | undefined;
  /** Ends the capture well: what was seen until then still comes. */
  readonly signal?: AbortSignal | undefined;
  /** Hears of interfaces that are gone, and, of those asked for with `*`, of new ones, and of those that could not be opened. */
  readonly onChange?: ((change: CaptureChange) => void) | undefined;
}

/** Where packets are no longer taken from (`gone`), newly are (`added`), or cannot be (`refused`). */
export interface CaptureChange {
  readonly event: 'gone' | 'added' | 'refused';
  readonly interface: Pick<CaptureInterface, 'name' | 'namespace'>;
  /** Why it was refused. */
  readonly error?: unknown;
}

/** An interface that is being captured, and how much was. */
export interface CaptureInterface {
  /** Its number in the file, from 0. */
  readonly number: number;
  readonly name: string;
  /** What its namespace is called. */
  readonly namespace: string;
  /** LINKTYPE_…: 1 is Ethernet, 101 is IP without anything before it, 113 a header of Linux's own. */
  readonly linkType: number;
  /** It was there at the last look. */
  readonly open: boolean;
  /** What passed the filter, what of it was dropped by the kernel for lack of room, and what was given to the reader. */
  readonly received: bigint;
  readonly dropped: bigint;
  readonly delivered: bigint;
}

const megabyte = 1024 * 1024;
/** What rings of all interfaces take together, unless that is too little for each. */
const memoryForRings = 64 * megabyte;
const usualRing = 2 * megabyte;
const smallestRing = megabyte / 4;
/** Packets that wait for older ones take no more: then they go first. */
const mostHeld = 16 * megabyte;
/** How late a packet may get into the ring after its time was taken, in milliseconds. */
const lateness = 5;
/** How often it is looked after interfaces that are down, in milliseconds. */
const lookAgain = 200;

/** One interface: its socket, and what of it waits for older packets of others. */
interface Opened {
  readonly number: number;
  readonly title: string;
  readonly socket: PacketSocket;
  readonly ring: PacketRing;
  readonly queue: PacketQueue;
  readonly description: Uint8Array;
  /** The namespace, by its inode. */
  readonly inode: number;
  open: boolean;
  /** It reported an error, and may come back. */
  down: boolean;
}

/** Where an interface is wanted. */
interface Place {
  readonly namespace: Namespace;
  readonly title: string;
  readonly name: string;
  /** It was not asked for by name: others go on without it. */
  readonly optional: boolean;
}

/** A namespace of which all interfaces are wanted. */
type Followed = Pick<Place, 'namespace' | 'title'>;

/**
 * Packets of interfaces in any namespaces, as one stream in the order of time. Iterate over it once: over packets, or over bytes with `pcapng()`.
 * While nobody asks for the next, packets wait in the kernel's rings, and what finds no room there is counted as dropped.
 */
export class Capture implements AsyncIterable<CapturedPacket>, Disposable {
  readonly #options: CaptureOptions;
  readonly #opened: Opened[] = [];
  readonly #waitsForMore: boolean;
  readonly #resources = new ResourceStack();
  readonly #readiness: Readiness;
  readonly #start = BigInt(Date.now()) * 1_000_000n;
  readonly #base: TimeBase = timeBase(this.#start);
  /** Blocks that describe interfaces which were added meanwhile. */
  readonly #added: Uint8Array[] = [];
  readonly #patience: number;
  readonly #bufferSize: number;
  #left: number;
  #stopped = false;
  #used = false;
  /** Since when, by performance.now(), packets are held back. */
  #heldSince: number | undefined;

  /** Use `capture()`. */
  constructor(options: CaptureOptions, places: readonly Place[], followed: readonly Followed[]) {
    this.#options = options;
    this.#waitsForMore = followed.length > 0;
    this.#left = options.count ?? Number.POSITIVE_INFINITY;
    const share = Math.floor(memoryForRings / Math.max(1, places.length));
    this.#bufferSize = options.bufferSize ?? Math.max(smallestRing, Math.min(usualRing, share));
    // Each ring has a timer in the kernel.
    this.#patience = Math.min(250, Math.max(20, places.length));
    using undo = new ResourceStack();
    undo.use(this.#resources);
    this.#readiness = this.#resources.use(new Readiness());
    for (const place of places) this.#openPlace(place);
    for (const each of followed) this.#follow(each);
    undo.commit();
    options.signal?.addEventListener('abort', this.#onAbort);
    this.#resources.defer(() => options.signal?.removeEventListener('abort', this.#onAbort));
    if (options.signal?.aborted) this.stop();
  }

  readonly #onAbort = () => this.stop();

  /** All of them, also those that are gone. */
  get interfaces(): readonly CaptureInterface[] {
    return this.#opened.map(({ number, title, socket, queue, open }) => ({
      number,
      name: socket.name,
      namespace: title,
      linkType: socket.form.linkType,
      open,
      delivered: BigInt(queue.taken),
      ...socket.count(),
    }));
  }

  /** Takes no more packets; what was seen until now still comes, then the iteration ends. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const { socket, open } of this.#opened) if (open) socket.stop();
    this.#readiness.wake();
  }

  /** What a file begins with: to be written into each further file of a ring of files. */
  header(): Uint8Array {
    const version = 'netns';
    return joined([sectionHeader(version), ...this.#opened.map(({ description }) => description)]);
  }

  /** The capture as a file: pieces of pcapng, each of whole blocks. Closes the capture at its end. */
  async *pcapng(): AsyncGenerator<Uint8Array, void> {
    this.#begin();
    try {
      yield this.header();
      this.#added.length = 0;
      for await (const { blocks } of this.#batches()) {
        if (this.#added.length > 0) yield joined(this.#added.splice(0));
        yield blocks;
      }
      yield this.#statistics();
    } finally {
      this.close();
    }
  }

  /** The packets, one after the other. Closes the capture at its end. */
  async *[Symbol.asyncIterator](): AsyncGenerator<CapturedPacket, void> {
    this.#begin();
    try {
      for await (const { blocks } of this.#batches())
        for (const { interface: number, ...packet } of packetsIn(blocks)) {
          const { title, socket } = this.#opened[number] as Opened;
          yield { namespace: title, interface: socket.name, linkType: socket.form.linkType, ...packet };
        }
    } finally {
      this.close();
    }
  }

  close(): void {
    this.#stopped = true;
    this.#readiness.wake();
    for (const each of this.#opened) this.#shut(each);
    this.#resources[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #begin(): void {
    if (this.#used) throw new InvalidArgumentError('capture', 'iteration', 'it was begun already');
    this.#used = true;
  }

  #openPlace(place: Place): void {
    try {
      this.#open(place);
    } catch (error) {
      if (!place.optional) throw error;
      this.#refuse(place, error);
    }
  }

  #refuse({ name, title }: Pick<Place, 'name' | 'title'>, error: unknown): void {
    if (!(error instanceof KernelError && error.code === 'ENODEV')) this.#tell('refused', name, title, error);
  }

  #open({ namespace, title, name }: Pick<Place, 'namespace' | 'title' | 'name'>): Opened {
    const { filter = '', snapLength = wholePackets, direction = 'both', promiscuous = true } = this.#options;
    const socket = new PacketSocket(namespace, name, {
      title,
      filter,
      snapLength,
      direction,
      promiscuous,
      bufferSize: this.#bufferSize,
      patience: this.#patience,
    });
    const number = this.#opened.length;
    const { linkType, layer } = socket.form;
    const opened: Opened = {
      number,
      title,
      socket,
      ring: new PacketRing(socket.memory, socket.blockSize),
      queue: new PacketQueue(number, layer === 'cooked', this.#base),
      description: interfaceDescription({
        linkType,
        snapLength,
        name,
        description: `${name} of ${title}`,
        hardwareAddress: socket.hardwareAddress,
        filter,
      }),
      inode: namespace.id.ino,
      open: true,
      down: false,
    };
    this.#opened.push(opened);
    this.#resources.use(socket);
    this.#readiness.add(socket.raw, number);
    return opened;
  }

  /** Opens what comes, until the end. */
  #follow(followed: Followed): void {
    const { namespace, title } = followed;
    const own = this.#resources.use(openNamespace(namespace));
    const network = this.#resources.use(openNetwork(namespace));
    const listen = async () => {
      for await (const change of network.monitor({ objects: ['link'] })) {
        if (this.#stopped) return;
        if (!('value' in change) || change.event === 'delete') continue;
        const { name, index } = change.value as { name: string; index: number };
        const known = this.#opened.some(
          ({ socket, inode, open }) => open && inode === own.id.ino && socket.index === index,
        );
        if (known) continue;
        try {
          this.#added.push(this.#open({ namespace: own, title, name }).description);
          this.#tell('added', name, title);
        } catch (error) {
          this.#refuse({ name, title }, error);
        }
      }
    };
    listen().catch(() => {}); // it ends with the network
  }

  #tell(event: CaptureChange['event'], name: string, namespace: string, error?: unknown): void {
    this.#options.onChange?.({ event, interface: { name, namespace }, ...(error !== undefined && { error }) });
  }

  async *#batches(): AsyncGenerator<Batch, void> {
    while (!this.#stopped && this.#left > 0) {
      const batch = this.#collect();
      if (batch.packets > 0) {
        yield batch;
        await turn(); // signals and timers have their turn, too
      } else if (!this.#isAlive()) break;
      else await this.#wait();
    }
    this.stop();
    await this.#emptied();
    for (;;) {
      const batch = this.#collect(true);
      if (batch.packets === 0) return;
      yield batch;
    }
  }

  /** What can be given now: nothing that may come later is older. */
  #collect(all = false): Batch {
    const now = Date.now() - 1;
    for (const each of this.#opened) if (each.open) this.#drain(each);
    const held = this.#opened.reduce((sum, { queue }) => sum + queue.length, 0);
    const waited = this.#heldSince !== undefined && performance.now() - this.#heldSince > 2 * this.#holding;
    const limit = all || waited || held > mostHeld ? Number.POSITIVE_INFINITY : this.#limit(now);
    const batch =
      this.#left > 0
        ? merge(
            this.#opened.map(({ queue }) => queue),
            limit,
            this.#left,
          )
        : empty;
    this.#left -= batch.packets;
    const isHeld = this.#opened.some(({ queue }) => queue.length > 0);
    this.#heldSince = isHeld
      ? batch.packets === 0
        ? (this.#heldSince ?? performance.now())
        : performance.now()
      : undefined;
    return batch;
  }

  #drain({ ring, queue }: Opened): void {
    ring.drain((packet) => queue.put(packet, ring.bytes));
  }

  /** The kernel hands a block over within this time, in milliseconds: at the second look of its timer. */
  get #holding(): number {
    return 2 * this.#patience + lateness;
  }

  /** Up to when all interfaces have told everything: in nanoseconds from the base. `now` is from before they were asked. */
  #limit(now: number): number {
    const open = this.#opened.filter((each) => each.open);
    if (open.length < 2) return Number.POSITIVE_INFINITY;
    const sinceStart = now - Number(this.#start / 1_000_000n);
    const idle = open.every(({ ring }) => ring.isEmpty);
    return (sinceStart - (idle ? lateness : this.#holding)) * 1e6;
  }

  #isAlive(): boolean {
    return this.#waitsForMore || this.#opened.some(({ open }) => open);
  }

  async #wait(): Promise<void> {
    const held = this.#heldSince !== undefined;
    const down = this.#opened.some((each) => each.open && each.down);
    const failed = await this.#readiness.wait(held ? lateness : down ? lookAgain : undefined);
    for (const each of this.#opened)
      if (each.open && (each.down || failed.has(each.number))) {
        each.down = true;
        if (!each.socket.isThere()) this.#lose(each);
      }
  }

  /** It is gone: what it has told so far still comes. */
  #lose(each: Opened): void {
    this.#drain(each);
    this.#shut(each);
    this.#tell('gone', each.socket.name, each.title);
  }

  #shut(each: Opened): void {
    if (!each.open) return;
    each.open = false;
    each.socket.count();
    this.#readiness.remove(each.socket.raw);
    each.socket.close();
  }

  /** Until the kernel has handed over what it had begun to collect. */
  async #emptied(): Promise<void> {
    const deadline = performance.now() + 2 * this.#holding;
    for (;;) {
      const open = this.#opened.filter((each) => each.open);
      for (const each of open) this.#drain(each);
      if (open.every(({ ring }) => ring.isEmpty) || performance.now() > deadline) return;
      await this.#readiness.wait(lateness);
    }
  }

  #statistics(): Uint8Array {
    const end = BigInt(Date.now()) * 1_000_000n;
    return joined(
      this.#opened.map(({ number, socket, queue }) =>
        interfaceStatistics({
          interface: number,
          start: this.#start,
          end,
          delivered: BigInt(queue.taken),
          ...socket.count(),
        }),
      ),
    );
  }
}

const empty: Batch = { blocks: new Uint8Array(), packets: 0 };

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/**
 * Captures packets of interfaces in any namespaces at once, in the order of time, to the nanosecond. What `tcpdump` does in one namespace.
 *
 *     using packets = await capture({ from: [{ namespace: 'red' }, { namespace: 'blue', interface: 'eth0' }], filter: 'tcp port 80' });
 *     for await (const { namespace, time, bytes } of packets) …
 *
 * It begins with this call, and ends by `stop()`, `signal`, `count`, `break`, or when all interfaces are gone. It keeps the namespaces alive as long.
 * Packets of several interfaces are held back until no other can have an older one, for a twentieth of a second at most.
 *
 * Throws KernelError: EPERM without CAP_NET_RAW there, ENOENT (no such namespace), ENODEV (no such interface); InvalidArgumentError for a filter that is
 * wrong, with the column. Linux 3.2. packet(7), pcap-filter(7).
 */
export async function capture(options: CaptureOptions): Promise<Capture> {
  const { from, count, snapLength } = options;
  if (from.length === 0) throw new InvalidArgumentError('capture', 'from', 'nothing to capture from was given');
  checkWhole('count', count);
  checkWhole('snap length', snapLength);
  // The capture holds what it needs by itself; these are only the way there.
  using opened = new ResourceStack();
  const places: Place[] = [];
  const followed: Followed[] = [];
  for (const { namespace: ref = ownNamespace, interface: name = '*', title = titleOf(ref) } of from) {
    const namespace = opened.use(openNamespace(ref, 'net', options));
    if (name !== '*') places.push({ namespace, title, name, optional: false });
    else {
      for (const link of await linksOf(namespace)) places.push({ namespace, title, name: link.name, optional: true });
      followed.push({ namespace, title });
    }
  }
  return new Capture(options, withoutTwins(places), followed);
}

const ownNamespace = { path: '/proc/thread-self/ns/net' };

async function linksOf(namespace: Namespace): Promise<readonly Link[]> {
  using connection = new NetlinkConnection({ namespace: namespace.fd });
  return await new Links(connection).list();
}

/** One interface is captured once, however often it was asked for. */
function withoutTwins(places: readonly Place[]): readonly Place[] {
  const byKey = new Map<string, Place>();
  for (const place of places) {
    const key = `${place.namespace.id.ino} ${place.name}`;
    if (byKey.get(key)?.optional !== false) byKey.set(key, place);
  }
  return [...byKey.values()];
}

function titleOf(ref: NamespaceRef): string {
  if (ref === ownNamespace) return 'this namespace';
  return typeof ref === 'string' ? ref : describeRef(ref);
}

function checkWhole(what: string, value: number | undefined): void {
  if (value !== undefined && !(Number.isSafeInteger(value) && value > 0))
    throw new InvalidArgumentError(what, value, 'a positive whole number is needed');
}
