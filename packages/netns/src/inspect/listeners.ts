import { NetlinkConnection } from '../connection/connection.ts';
import { openSockets } from '../connection/transport.ts';
import { KernelError } from '../errors.ts';
import type { Fd } from '../native/fd.ts';
import { NETLINK_NETFILTER, NETLINK_SOCK_DIAG } from '../netlink/protocols.ts';
import type { FirewallElement } from '../network/firewall/elements.ts';
import { Firewall } from '../network/firewall/firewall.ts';
import type { SetName } from '../network/firewall/sets.ts';
import type { SocketFilter } from '../network/sockets/filter.ts';
import { socketOwners } from '../network/sockets/owners.ts';
import type { InetSocket, SocketOwner, UnixSocket } from '../network/sockets/socket.ts';
import { Sockets } from '../network/sockets/sockets.ts';
import { ResourceStack } from '../resource.ts';
import { census, type MachineCensusOptions, type MachineNamespace } from './census.ts';
import type { Completeness } from './completeness.ts';
import type { Container } from './containers/cgroups.ts';
import { Containers } from './containers/container-of.ts';
import { inNetwork } from './in-network.ts';
import { openMachineNamespace } from './open.ts';
import { type Publication, publicationsOf } from './publications.ts';
import type { MachineSnapshot } from './snapshot/snapshot.ts';

/** The namespace that a socket is in, or whose firewall publishes it. */
export interface ListeningPlace
  extends Pick<MachineNamespace, 'inode' | 'names' | 'container' | 'current' | 'initial'> {
  /** `net:[4026532281]`. */
  readonly key: string;
}

/** Where something is published: a firewall there sends it on. */
export interface PublishedAt extends Omit<Publication, 'to' | 'protocol'> {
  readonly namespace: ListeningPlace;
}

/** A socket that waits for whoever comes. */
export interface Listening {
  readonly namespace: ListeningPlace;
  /** Out of a snapshot without its `message`. */
  readonly socket: InetSocket | UnixSocket;
  /** Who has it; none: nobody who can be seen, or the kernel itself. */
  readonly processes: readonly SocketOwner[];
  /** The container of the first of these processes, or else of its namespace. */
  readonly container: Container | undefined;
  readonly published: readonly PublishedAt[];
}

/** Every socket of the machine that waits for whoever comes. */
export interface Listeners {
  readonly listeners: readonly Listening[];
  readonly completeness: Completeness;
  /** What could not be looked at here, each a sentence without a stop. */
  readonly unseen: readonly string[];
}

/** What counts as listening, and how the search is followed and stopped. */
export interface ListenersOptions
  extends Pick<MachineCensusOptions, 'runDirectory' | 'userRuntimeDirectory' | 'signal' | 'onProgress' | 'from'> {
  /** Unix sockets that listen, too. Default: false. */
  readonly unix?: boolean;
}

/**
 * Lists the sockets that wait for whoever comes, in every network namespace of the machine, also in those that no process is in: TCP that
 * listens, UDP that is bound; with their processes and containers, and the ports at which firewalls publish them (`publicationsOf` says
 * which rules are understood). `ss -tulpn` in each namespace, and no `ss` finds all.
 *
 * An address at which something is published counts only if one namespace alone has it, or the one with the firewall itself. Old
 * iptables (`iptables-legacy`) are not seen. Changes nothing, and keeps nothing alive. Works without privilege on what the caller may
 * see: other namespaces take CAP_SYS_ADMIN, firewalls CAP_NET_ADMIN there; `unseen` tells.
 */
export async function listeners(options: ListenersOptions = {}): Promise<Listeners> {
  const { from, unix = false } = options;
  const { namespaces, completeness } = await census({ ...options, types: ['net'], relations: false, containers: true });
  const found: Heard[] = [];
  const rules: PublishingRule[] = [];
  const [closed, unread]: [string[], string[]] = [[], []];
  const heardBefore =
    from && (() => namespaces.map((namespace) => [namespace, heardIn(from, namespace, unix)] as const));
  for await (const [namespace, heard] of heardBefore?.() ?? hearAll(namespaces, unix)) {
    options.signal?.throwIfAborted();
    const place = placeOf(namespace);
    if (heard === 'gone') continue;
    if (heard === 'refused') {
      closed.push(place.key);
      continue;
    }
    for (const socket of heard.sockets) found.push({ namespace, place, socket });
    if (heard.published === undefined) unread.push(place.key);
    else for (const publication of heard.published) rules.push({ place, publication });
  }
  const published = await publish(found, rules, () =>
    from === undefined ? homesOfAddresses(namespaces) : homesIn(from, namespaces),
  );
  const inodes = new Set(found.map(({ socket }) => socket.inode).filter((inode) => inode !== 0));
  const owners = from === undefined ? ownersOf(inodes) : ownersIn(from);
  return {
    listeners: found.map(({ place, socket }) => {
      const processes = owners.of(socket.inode);
      return {
        namespace: place,
        socket,
        processes,
        container: owners.container(socket.inode) ?? (place.current || place.initial ? undefined : place.container),
        published: published.get(socket) ?? [],
      };
    }),
    completeness,
    unseen: [
      ...(closed.length > 0 ? [`${sayPlaces(closed)} may not be looked into`] : []),
      ...(unread.length > 0 ? [`the firewall of ${sayPlaces(unread)} could not be read`] : []),
      ...(owners.partial ? ['there are processes that may not be looked at'] : []),
    ],
  };
}

/** What listens in a namespace, and what its firewall publishes: undefined if that could not be read. */
interface HeardInside {
  readonly sockets: readonly Heard['socket'][];
  readonly published: readonly Publication[] | undefined;
}

type Answer = HeardInside | 'gone' | 'refused';

/** So many are opened at once, with the two sockets that each is asked through: it shares the cost of going there. */
const atOnce = 50;

async function* hearAll(
  namespaces: readonly MachineNamespace[],
  unix: boolean,
): AsyncGenerator<readonly [MachineNamespace, Answer]> {
  for (let at = 0; at < namespaces.length; at += atOnce) {
    const some = namespaces.slice(at, at + atOnce);
    yield* (await hearTogether(some, unix)) ?? (await hearEach(some, unix));
  }
}

/** Undefined if one of them cannot be entered just so. */
async function hearTogether(
  namespaces: readonly MachineNamespace[],
  unix: boolean,
): Promise<(readonly [MachineNamespace, Answer])[] | undefined> {
  using undo = new ResourceStack();
  const open: Fd[] = [];
  for (const namespace of namespaces) {
    const found = openMachineNamespace(namespace);
    if (found === undefined) return undefined;
    open.push(undo.use(found).fd);
  }
  const socketsFor = (protocol: number) => openSockets(open, { protocol }).map((socket) => undo.use(socket));
  try {
    const [diag, netfilter] = [socketsFor(NETLINK_SOCK_DIAG), socketsFor(NETLINK_NETFILTER)];
    const answers: (readonly [MachineNamespace, Answer])[] = [];
    for (const [index, namespace] of namespaces.entries()) {
      const sockets = new Sockets(
        open[index],
        new NetlinkConnection({ transport: diag[index], protocol: NETLINK_SOCK_DIAG }),
      );
      const firewall = new Firewall({ namespace: open[index], transport: netfilter[index] });
      answers.push([namespace, await hear(sockets, firewall, unix)]);
    }
    return answers;
  } catch (error) {
    if (error instanceof KernelError) return undefined;
    throw error;
  }
}

async function hearEach(namespaces: readonly MachineNamespace[], unix: boolean) {
  const answers: (readonly [MachineNamespace, Answer])[] = [];
  for (const namespace of namespaces)
    answers.push([
      namespace,
      await inNetwork(namespace, async (open) => {
        using sockets = new Sockets(open?.fd);
        using firewall = new Firewall({ namespace: open?.fd });
        return await hear(sockets, firewall, unix);
      }),
    ]);
  return answers;
}

async function hear(sockets: Sockets, firewall: Firewall, unix: boolean): Promise<HeardInside> {
  const published = await publicationsIn(firewall);
  return { sockets: await listeningIn(sockets, unix), published };
}

function heardIn({ networks }: MachineSnapshot, { type, inode }: MachineNamespace, unix: boolean): Answer {
  const network = networks.get(`${type}:[${inode}]`);
  if (network === undefined) return 'gone';
  if (network.inside !== 'read') return network.inside;
  return {
    // They lack the kernel's own words only.
    sockets: network.objects.socket.filter(({ kind }) => unix || kind !== 'unix') as unknown as Heard['socket'][],
    published: network.firewall === 'refused' ? undefined : network.objects.publication,
  };
}

/** Who has the sockets. */
interface Owners {
  of(inode: number): readonly SocketOwner[];
  /** The container of the first of them: a process tells more than its namespace, which many containers may share. */
  container(inode: number): Container | undefined;
  readonly partial: boolean;
}

export function ownersOf(inodes: ReadonlySet<number>): Owners {
  const { of, partial } = socketOwners(inodes);
  const containers = new Containers();
  return {
    of: (inode) => of.get(inode) ?? [],
    container: (inode) => {
      const [owner] = of.get(inode) ?? [];
      return owner && containers.of(owner.pid);
    },
    partial,
  };
}

function ownersIn({ owners, visibility }: MachineSnapshot): Owners {
  return {
    of: (inode) => owners.get(inode)?.processes ?? [],
    container: (inode) => owners.get(inode)?.container,
    partial: visibility.ownersPartial,
  };
}

/** A socket that was found, and where. */
interface Heard {
  readonly namespace: MachineNamespace;
  readonly place: ListeningPlace;
  readonly socket: InetSocket | UnixSocket;
}

function placeOf({ inode, names, container, current, initial }: MachineNamespace): ListeningPlace {
  return { key: `net:[${inode}]`, inode, names, container, current, initial };
}

function sayPlaces([first = '', ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${others.length + 1} network namespaces`;
}

const openKinds: readonly string[] = ['tcp', 'udp', 'udplite'];

export async function listeningIn(sockets: Sockets, unix: boolean): Promise<(InetSocket | UnixSocket)[]> {
  const wanted: SocketFilter[] = [
    { kinds: ['tcp', 'udp', 'udplite'], states: ['listening', 'close'] },
    ...(unix ? [{ kinds: ['unix'], states: ['listening'] } as const] : []),
  ];
  const found: (InetSocket | UnixSocket)[] = [];
  for (const filter of wanted)
    for (const socket of await sockets.list(filter)) {
      if (socket.kind === 'unix') found.push(socket);
      else if ('family' in socket && openKinds.includes(socket.kind) && socket.local.port !== 0) found.push(socket);
    }
  return found;
}

/** What kernels answer that have no nftables. */
export const withoutFirewall: readonly string[] = ['EPROTONOSUPPORT', 'EAFNOSUPPORT', 'EOPNOTSUPP', 'EINVAL'];

/** What its firewall publishes; none where there is no firewall; undefined if it could not be read. */
async function publicationsIn(firewall: Firewall): Promise<readonly Publication[] | undefined> {
  try {
    const chains = await firewall.chains.list();
    if (!chains.some(({ type, hook }) => type === 'nat' && hook === 'prerouting')) return [];
    const rules = await firewall.rules.list();
    const known = new Map<string, readonly FirewallElement[]>();
    // What is in a map may lead to chains that look into others.
    for (;;) {
      const wanted = new Map<string, SetName>();
      const published = publicationsOf(chains, rules, ({ family, table, name }) => {
        const key = `${family} ${table} ${name}`;
        if (!known.has(key)) wanted.set(key, { family, table, name });
        return known.get(key);
      });
      if (wanted.size === 0) return published;
      for (const [key, set] of wanted) known.set(key, await elementsIn(firewall, set));
    }
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    return withoutFirewall.includes(error.code) ? [] : undefined;
  }
}

async function elementsIn({ elements }: Firewall, set: SetName): Promise<readonly FirewallElement[]> {
  try {
    return await elements.list(set);
  } catch (error) {
    if (error instanceof KernelError && error.code === 'ENOENT') return []; // gone meanwhile, with its rule
    throw error;
  }
}

/** Something that the firewall of a namespace publishes. */
interface PublishingRule {
  readonly place: ListeningPlace;
  readonly publication: Publication;
}

/** Finds the sockets that are published, and where. */
async function publish(
  found: readonly Heard[],
  rules: readonly PublishingRule[],
  homesOf: () => Promise<Map<string, Set<number>>> | Map<string, Set<number>>,
): Promise<ReadonlyMap<Heard['socket'], readonly PublishedAt[]>> {
  const published = new Map<Heard['socket'], PublishedAt[]>();
  if (rules.length === 0) return published;
  const homes = rules.some(({ publication }) => publication.to.address !== undefined)
    ? await homesOf()
    : new Map<string, ReadonlySet<number>>();
  const byPort = new Map<string, Heard[]>();
  const byProtocol = new Map<string, Heard[]>();
  const note = (map: Map<string, Heard[]>, key: string, each: Heard) => {
    const others = map.get(key);
    if (others === undefined) map.set(key, [each]);
    else others.push(each);
  };
  for (const each of found) {
    if (each.socket.kind === 'unix') continue;
    note(byPort, `${each.socket.kind} ${each.socket.local.port}`, each);
    note(byProtocol, each.socket.kind, each);
  }
  for (const { place, publication } of rules) {
    const { to, protocol, address, conditional } = publication;
    const candidates = to.lastPort === undefined ? byPort.get(`${protocol} ${to.port}`) : byProtocol.get(protocol);
    const target = placeOfTarget(place.inode, to.address, homes);
    for (const { socket, place: home } of candidates ?? []) {
      if (home.inode !== target || socket.kind === 'unix' || !takes(socket, to.address)) continue;
      const ports = portsFor(publication, socket.local.port);
      if (ports === undefined) continue;
      const { port, lastPort } = ports;
      const others = published.get(socket) ?? [];
      // Several ways through the chains may lead to the same.
      if (
        others.some(
          (each) =>
            each.namespace === place && each.address === address && each.port === port && each.lastPort === lastPort,
        )
      )
        continue;
      others.push({ namespace: place, address, ...ports, conditional });
      published.set(socket, others);
    }
  }
  return published;
}

/** Where a port is published by a rule that may send many to as many others; undefined: not by this one. */
function portsFor(
  { port, lastPort, to }: Publication,
  wanted: number,
): { readonly port: number; readonly lastPort?: number } | undefined {
  if (to.lastPort === undefined) return { port, ...(lastPort !== undefined && { lastPort }) };
  return wanted < to.port || wanted > to.lastPort ? undefined : { port: port + wanted - to.port };
}

/** The inode of the namespace to which a rule sends packets; undefined where that is not certain. */
function placeOfTarget(
  own: number,
  address: string | undefined,
  homes: ReadonlyMap<string, ReadonlySet<number>>,
): number | undefined {
  if (address === undefined) return own;
  const places = homes.get(address);
  if (places?.has(own)) return own;
  return places?.size === 1 ? [...places][0] : undefined;
}

/** Which namespaces have each address. */
async function homesOfAddresses(namespaces: readonly MachineNamespace[]): Promise<Map<string, Set<number>>> {
  const { addressesIn } = await import('./addresses-in.ts'); // few firewalls publish
  const homes = new Map<string, Set<number>>();
  for (const namespace of namespaces) {
    const addresses = await inNetwork(namespace, addressesIn);
    if (typeof addresses !== 'string') settle(homes, namespace, addresses);
  }
  return homes;
}

function homesIn({ networks }: MachineSnapshot, namespaces: readonly MachineNamespace[]): Map<string, Set<number>> {
  const homes = new Map<string, Set<number>>();
  for (const namespace of namespaces)
    settle(homes, namespace, networks.get(`net:[${namespace.inode}]`)?.objects.address ?? []);
  return homes;
}

function settle(
  homes: Map<string, Set<number>>,
  { inode }: MachineNamespace,
  addresses: readonly { readonly address: string }[],
): void {
  for (const { address } of addresses) {
    const places = homes.get(address);
    if (places === undefined) homes.set(address, new Set([inode]));
    else places.add(inode);
  }
}

/** Whether a socket takes what comes to an address of its namespace; undefined: to the first address of whichever device. */
function takes({ family, local, v6only }: InetSocket, address: string | undefined): boolean {
  if (local.address === address) return true;
  if (address === undefined) return local.address === '0.0.0.0' || local.address === '::';
  if (address.includes(':')) return local.address === '::';
  return local.address === '0.0.0.0' || (family === 'inet6' && local.address === '::' && v6only !== true);
}
