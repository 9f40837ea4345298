import { existsSync } from 'node:fs';
import { KernelError } from '../errors.ts';
import { type Network, openNetwork } from '../network/network.ts';
import type { SocketFilter } from '../network/sockets/filter.ts';
import { socketOwners } from '../network/sockets/owners.ts';
import type { InetSocket, SocketOwner, UnixSocket } from '../network/sockets/socket.ts';
import type { Sockets } from '../network/sockets/sockets.ts';
import { census, type MachineCensusOptions, type MachineNamespace } from './census.ts';
import type { Completeness } from './completeness.ts';
import { Containers } from './container-of.ts';
import type { Container } from './containers.ts';
import { openMachineNamespace } from './open.ts';
import { type Publication, publicationsOf } from './publications.ts';

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

export interface ListenersOptions
  extends Pick<MachineCensusOptions, 'runDirectory' | 'userRuntimeDirectory' | 'signal' | 'onProgress'> {
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
  const { namespaces, completeness } = await census({ ...options, types: ['net'], relations: false, containers: true });
  const found: Heard[] = [];
  const rules: PublishingRule[] = [];
  const [closed, unread]: [string[], string[]] = [[], []];
  for (const namespace of namespaces) {
    options.signal?.throwIfAborted();
    const place = placeOf(namespace);
    const heard = await inNetwork(namespace, async (network) => {
      const published = await publicationsIn(network);
      return { sockets: await listeningIn(network.sockets, options.unix === true), published };
    });
    if (heard === 'gone') continue;
    if (heard === 'refused') {
      closed.push(place.key);
      continue;
    }
    for (const socket of heard.sockets) found.push({ namespace, place, socket });
    if (heard.published === undefined) unread.push(place.key);
    else for (const publication of heard.published) rules.push({ place, publication });
  }
  const published = await publish(found, rules, namespaces);
  const owners = socketOwners(new Set(found.map(({ socket }) => socket.inode).filter((inode) => inode !== 0)));
  const containers = new Containers();
  return {
    listeners: found.map(({ place, socket }) => {
      const processes = owners.of.get(socket.inode) ?? [];
      return {
        namespace: place,
        socket,
        processes,
        container: containerOf(containers, processes, place),
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

/** Looks into a namespace, and lets go of it at once. Who is in one needs no right to enter it. */
async function inNetwork<T>(
  namespace: MachineNamespace,
  look: (network: Network) => Promise<T>,
): Promise<T | 'gone' | 'refused'> {
  using open = namespace.current ? undefined : openMachineNamespace(namespace);
  if (open === undefined && !namespace.current) return isThere(namespace) ? 'refused' : 'gone';
  try {
    using network = openNetwork(open);
    return await look(network);
  } catch (error) {
    if (error instanceof KernelError && (error.code === 'EPERM' || error.code === 'EACCES')) return 'refused';
    throw error;
  }
}

const openKinds: readonly string[] = ['tcp', 'udp', 'udplite'];

async function listeningIn(sockets: Sockets, unix: boolean): Promise<(InetSocket | UnixSocket)[]> {
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
const withoutFirewall: readonly string[] = ['EPROTONOSUPPORT', 'EAFNOSUPPORT', 'EOPNOTSUPP', 'EINVAL'];

/** What its firewall publishes; none where there is no firewall; undefined if it could not be read. */
async function publicationsIn({ firewall }: Network): Promise<readonly Publication[] | undefined> {
  try {
    const chains = await firewall.chains.list();
    if (!chains.some(({ type, hook }) => type === 'nat' && hook === 'prerouting')) return [];
    return publicationsOf(chains, await firewall.rules.list());
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    return withoutFirewall.includes(error.code) ? [] : undefined;
  }
}

/** Whether any process that kept it is still there, or a mount of it may be. */
function isThere({ keepers }: MachineNamespace): boolean {
  const isAlive = (pid: number) => existsSync(`/proc/${pid}`);
  return keepers.some((keeper) => {
    if ('pid' in keeper) return isAlive(keeper.pid);
    return 'holders' in keeper ? keeper.holders.some(({ pid }) => isAlive(pid)) : keeper.kind === 'mount';
  });
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
  namespaces: readonly MachineNamespace[],
): Promise<ReadonlyMap<Heard['socket'], readonly PublishedAt[]>> {
  const published = new Map<Heard['socket'], PublishedAt[]>();
  if (rules.length === 0) return published;
  const homes = rules.some(({ publication }) => publication.to.address !== undefined)
    ? await homesOfAddresses(namespaces)
    : new Map<string, ReadonlySet<number>>();
  const byPort = new Map<string, Heard[]>();
  for (const each of found) {
    if (each.socket.kind === 'unix') continue;
    const key = `${each.socket.kind} ${each.socket.local.port}`;
    const others = byPort.get(key);
    if (others === undefined) byPort.set(key, [each]);
    else others.push(each);
  }
  for (const { place, publication } of rules) {
    const { to, protocol, address, port, conditional } = publication;
    const target = placeOfTarget(place.inode, to.address, homes);
    for (const { socket, place: home } of byPort.get(`${protocol} ${to.port}`) ?? []) {
      if (home.inode !== target || socket.kind === 'unix' || !takes(socket, to.address)) continue;
      const others = published.get(socket) ?? [];
      // Several ways through the chains may lead to the same.
      if (others.some((each) => each.namespace === place && each.address === address && each.port === port)) continue;
      others.push({ namespace: place, address, port, conditional });
      published.set(socket, others);
    }
  }
  return published;
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
  const homes = new Map<string, Set<number>>();
  for (const namespace of namespaces) {
    const addresses = await inNetwork(namespace, (network) => network.addresses.list());
    if (typeof addresses === 'string') continue;
    for (const { address } of addresses) {
      const places = homes.get(address);
      if (places === undefined) homes.set(address, new Set([namespace.inode]));
      else places.add(namespace.inode);
    }
  }
  return homes;
}

/** Whether a socket takes what comes to an address of its namespace; undefined: to the first address of whichever device. */
function takes({ family, local, v6only }: InetSocket, address: string | undefined): boolean {
  if (local.address === address) return true;
  if (address === undefined) return local.address === '0.0.0.0' || local.address === '::';
  if (address.includes(':')) return local.address === '::';
  return local.address === '0.0.0.0' || (family === 'inet6' && local.address === '::' && v6only !== true);
}

/** A process tells more than its namespace, which many containers may share. */
function containerOf(
  containers: Containers,
  [owner]: readonly SocketOwner[],
  { container, current, initial }: ListeningPlace,
): Container | undefined {
  const own = owner && containers.of(owner.pid, () => undefined);
  return own ?? (current || initial ? undefined : container);
}
