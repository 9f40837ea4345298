import { NetlinkConnection } from '../connection/connection.ts';
import { NetlinkError } from '../errors.ts';
import type { RunDirectoryOptions } from '../namespaces/names.ts';
import type { Namespace } from '../namespaces/namespace.ts';
import { ResourceStack } from '../resource.ts';
import { census, type MachineCensusOptions, type MachineNamespace } from './census.ts';
import type { Completeness } from './completeness.ts';
import { type Observer, openObserver } from './observer.ts';
import { openMachineNamespace, ownerIfTold } from './open.ts';
import { type AddressOutline, type LinkOutline, outlineOf } from './outline.ts';
import type { MachineSnapshot } from './snapshot/snapshot.ts';

/** A device, by its namespace and its index there. */
export interface LinkEnd {
  /** The `key` of a namespace of the topology. */
  readonly namespace: string;
  readonly index: number;
}

/** A device, and what it hangs together with. */
export interface TopologyLink {
  readonly index: number;
  readonly name: string;
  readonly kind: string | undefined;
  readonly up: boolean;
  readonly mtu: number | undefined;
  readonly address: string | undefined;
  /** `10.0.0.1/24`; without the addresses that IPv6 gives by itself to every device. */
  readonly addresses: readonly string[];
  /** The bridge, bond or VRF that it belongs to, in the same namespace. */
  readonly master: number | undefined;
  /** The other end of a veth (or netkit). */
  readonly peer: LinkEnd | undefined;
  /** What it stands on: the parent of a macvlan or vlan, the underlay of a vxlan. */
  readonly below: LinkEnd | undefined;
  /** The `key` of the namespace in which a tunnel sends its packets, if that is another one. */
  readonly underlay: string | undefined;
}

/** A network namespace on the map: what it is called, and the devices in it. */
export interface TopologyNamespace {
  /** `net:[4026532281]`; `hidden:N` for one that only a device in another namespace tells of. */
  readonly key: string;
  readonly inode: number | undefined;
  readonly names: readonly string[];
  readonly container: MachineNamespace['container'];
  readonly current: boolean;
  readonly initial: boolean;
  readonly links: readonly TopologyLink[];
}

/** All networks of the machine, and what is at the other end of each cable. */
export interface Topology {
  readonly namespaces: readonly TopologyNamespace[];
  readonly completeness: Completeness;
  /** Namespaces that may not be looked into. */
  readonly closed: readonly string[];
}

/** How the drawing of the map is followed and stopped, and where the names are. */
export interface TopologyOptions
  extends RunDirectoryOptions,
    Pick<MachineCensusOptions, 'signal' | 'onProgress' | 'from'> {}

/**
 * Looks at the devices and addresses of every network namespace, through one namespace of its own, and finds who is at the other end of
 * each veth, which bridge a device belongs to, and what it stands on; also where the other end is in a namespace that nothing
 * else leads to. The work grows with the number of devices only. `ip -all netns exec ip -d addr`, which does not tell of ends.
 *
 * Changes nothing in the namespaces. Takes CAP_NET_ADMIN in those that are to be seen, but for the one that this process is in: the others
 * are told as closed.
 */
export async function topology(options: TopologyOptions = {}): Promise<Topology> {
  const { namespaces, completeness } = await census({ ...options, types: ['net'], relations: false, containers: true });
  if (options.from !== undefined) return { ...topologyOf(options.from), completeness };
  const found: TopologyNamespace[] = [];
  const closed: string[] = [];
  for await (const { facts, seen } of lookAtNetworks(namespaces, outlineOf)) {
    if (seen === undefined || (seen.links.length === 0 && facts.inode !== undefined)) closed.push(facts.key);
    if (seen !== undefined) found.push({ ...facts, links: withAddresses(seen.links, seen.addresses) });
  }
  return { namespaces: found, completeness, closed };
}

/** What a network namespace is called. */
type NetworkFacts = Omit<TopologyNamespace, 'links'>;

/** The devices and addresses of one network. */
interface Tables<L extends LinkOutline, A> {
  readonly links: readonly L[];
  readonly addresses: readonly A[];
}

/** A network namespace as an observer sees it. */
export interface SeenNetwork<L extends LinkOutline = LinkOutline, A = AddressOutline> {
  readonly facts: NetworkFacts;
  /** What the census has of it; undefined for one that only a device in another namespace tells of. */
  readonly namespace: MachineNamespace | undefined;
  /** Undefined if it may not be looked into. */
  readonly seen: SeenTables<L, A> | undefined;
}

interface SeenTables<L, A> {
  readonly links: readonly SeenLink[];
  readonly entries: readonly L[];
  readonly addresses: readonly A[];
  /** Whether the links say what they lead to in other namespaces. */
  readonly ends: boolean;
}

/** A device, but for its addresses. */
export type SeenLink = Omit<TopologyLink, 'addresses'>;

/** Reads one network, by its number in the connection's; without a number, that itself. */
type Read<L extends LinkOutline, A> = (connection: NetlinkConnection, nsid?: number) => Promise<Tables<L, A>>;

/**
 * Looks at the devices and addresses of each network namespace, and at last of those that devices lead to and the census has not. What
 * ends meanwhile is left out. Where an observer of our own has no rights, one in the user namespace that owns the network has them, if
 * this user has made that. Else only the network that this process is in can be seen, and not what its devices lead to.
 */
export async function* lookAtNetworks<L extends LinkOutline, A>(
  namespaces: readonly MachineNamespace[],
  read: Read<L, A>,
): AsyncGenerator<SeenNetwork<L, A>> {
  const hidden = hiddenKeys();
  const closed: MachineNamespace[] = [];
  for await (const network of lookThrough(openObserver(), namespaces, namespaces, read, hidden)) {
    if (network.seen === undefined && network.namespace !== undefined) closed.push(network.namespace);
    else yield network;
  }
  using owners = new ResourceStack();
  for (const [owner, wanted] of byOwner(closed, owners))
    for await (const network of lookThrough(owner && openObserver(owner.fd), namespaces, wanted, read, hidden))
      yield network.seen === undefined && network.namespace?.current ? await seenFromInside(network, read) : network;
}

/** All `namespaces` get a number in the observer, and the `wanted` ones are looked at. Closes the observer. */
async function* lookThrough<L extends LinkOutline, A>(
  opened: Observer | undefined,
  namespaces: readonly MachineNamespace[],
  wanted: readonly MachineNamespace[],
  read: Read<L, A>,
  hiddenKey: () => string,
): AsyncGenerator<SeenNetwork<L, A>> {
  using observer = opened;
  const known = new Map<number, NetworkFacts>();
  const numbers = new Map<MachineNamespace, number>();
  for (let at = 0; observer !== undefined && at < namespaces.length; at += together) {
    using open = new ResourceStack();
    const some = namespaces.slice(at, at + together);
    // What is asked for at once travels together.
    const given = await Promise.all(some.map((each) => numberOf(observer, each, open)));
    for (const [index, each] of some.entries()) {
      const number = given[index];
      if (number === undefined) continue;
      numbers.set(each, number);
      known.set(number, networkFactsOf(each));
    }
  }
  const hidden: (readonly [NetworkFacts, number])[] = [];
  const keyOf = (nsid: number) => known.get(nsid)?.key;
  const meet = (links: readonly LinkOutline[]) => {
    for (const { linkNetnsid } of links) {
      if (linkNetnsid === undefined || linkNetnsid < 0 || known.has(linkNetnsid)) continue;
      const facts = { ...unknownNetwork, key: hiddenKey() };
      known.set(linkNetnsid, facts);
      hidden.push([facts, linkNetnsid]);
    }
  };
  const look = async function* (facts: NetworkFacts, number: number | undefined, namespace?: MachineNamespace) {
    const outcome =
      observer === undefined || number === undefined ? 'closed' : await outcomeOf(read(observer.connection, number));
    if (outcome === 'ended') return;
    if (outcome !== 'closed') meet(outcome.links);
    yield { facts, namespace, seen: outcome === 'closed' ? undefined : seenWith(outcome, facts.key, keyOf) };
  };
  for (const each of wanted) yield* look(networkFactsOf(each), numbers.get(each), each);
  for (const [facts, number] of hidden) yield* look(facts, number); // meets more of them
}

/** The user namespaces that own these, as far as we are told. */
function byOwner(
  namespaces: readonly MachineNamespace[],
  owners: ResourceStack,
): Iterable<readonly [Namespace | undefined, MachineNamespace[]]> {
  const groups = new Map<number | undefined, readonly [Namespace | undefined, MachineNamespace[]]>();
  for (const each of namespaces) {
    const owner = ownerOf(each);
    const group = groups.get(owner?.id.ino);
    if (group === undefined) groups.set(owner?.id.ino, [owner && owners.use(owner), [each]]);
    else {
      owner?.close();
      group[1].push(each);
    }
  }
  return groups.values();
}

function ownerOf(namespace: MachineNamespace): Namespace | undefined {
  using open = openMachineNamespace(namespace);
  return open && ownerIfTold(open);
}

/** Everybody may look at the devices of the namespace that they are in. */
async function seenFromInside<L extends LinkOutline, A>(
  network: SeenNetwork<L, A>,
  read: Read<L, A>,
): Promise<SeenNetwork<L, A>> {
  using connection = new NetlinkConnection();
  const seen = seenWith(await read(connection), network.facts.key, () => undefined);
  return { ...network, seen: { ...seen, ends: false } };
}

function networkFactsOf({ type, inode, names, container, current, initial }: MachineNamespace): NetworkFacts {
  return { key: `${type}:[${inode}]`, inode, names, container, current, initial };
}

const unknownNetwork = { inode: undefined, names: [], container: undefined, current: false, initial: false };

/** What namespaces are called that only devices tell of. */
function hiddenKeys(): () => string {
  let count = 0;
  return () => `hidden:${count++}`;
}

function seenWith<L extends LinkOutline, A>(
  { links, addresses }: Tables<L, A>,
  own: string,
  keyOf: (nsid: number) => string | undefined,
): SeenTables<L, A> {
  const key = (nsid: number | undefined) => (nsid === undefined ? own : keyOf(nsid));
  return { links: links.map((link) => seenLink(link, key)), entries: links, addresses, ends: true };
}

/** Devices with those of their addresses that say something. */
export function withAddresses(links: readonly SeenLink[], addresses: readonly AddressOutline[]): TopologyLink[] {
  const byLink = new Map<number, string[]>();
  for (const { link, address, prefixLength, scope } of addresses)
    if (scope !== 'link' && scope !== 'host') add(byLink, link, `${address}/${prefixLength}`);
  return links.map(({ index, name, kind, up, mtu, address, master, peer, below, underlay }) => {
    const own = byLink.get(index) ?? [];
    return { index, name, kind, up, mtu, address, addresses: own, master, peer, below, underlay };
  });
}

/** What a snapshot knows of networks, in the order in which they were looked at. */
function topologyOf({ networks, namespaces }: MachineSnapshot): Omit<Topology, 'completeness'> {
  const found: TopologyNamespace[] = [];
  const closed: string[] = [];
  for (const { key, inode, drawn, closed: isClosed, objects } of networks.values()) {
    const namespace = namespaces.get(inode ?? -1)?.namespace;
    const facts = namespace === undefined ? { ...unknownNetwork, key } : networkFactsOf(namespace);
    if (isClosed) closed.push(key);
    if (drawn) found.push({ ...facts, links: withAddresses(objects.link, objects.address) });
  }
  return { namespaces: found, closed };
}

function add(map: Map<number, string[]>, key: number, value: string): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}

/** So many are open at a time: who counts references meanwhile counts these. */
const together = 32;

/** Undefined if it has gone meanwhile, or we may not. */
async function numberOf(observer: Observer, each: MachineNamespace, open: ResourceStack): Promise<number | undefined> {
  const namespace = openMachineNamespace(each);
  if (namespace === undefined) return undefined;
  try {
    return await observer.register(open.use(namespace).fd);
  } catch (error) {
    if (error instanceof NetlinkError) return undefined;
    throw error;
  }
}

/** What is in a namespace; or that there is none with that number any more, or that it may not be looked into. */
async function outcomeOf<T>(reading: Promise<T>): Promise<T | 'ended' | 'closed'> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof NetlinkError && error.code === 'EINVAL') return 'ended';
    if (error instanceof NetlinkError && error.code === 'EACCES') return 'closed';
    throw error;
  }
}

const cables = ['veth', 'netkit', 'vxcan'];

/** A device with what it leads to; also where no observer could tell the namespaces. */
export function seenLink(link: LinkOutline, keyOf: (nsid: number | undefined) => string | undefined): SeenLink {
  const { index, name, kind, up, mtu, address, master } = link;
  const namespace = keyOf(link.linkNetnsid);
  const hasOther = link.link !== undefined && link.link > 0 && namespace !== undefined;
  const end = hasOther ? { namespace, index: link.link } : undefined;
  const isTunnel = kind !== undefined && tunnels.includes(kind);
  const isCable = kind !== undefined && cables.includes(kind);
  return {
    index,
    name,
    kind,
    up,
    mtu,
    address,
    master,
    peer: isCable ? end : undefined,
    below: isCable ? undefined : isTunnel ? underlayEnd(link, namespace) : end,
    underlay: isTunnel && link.linkNetnsid !== undefined ? namespace : undefined,
  };
}

/** These send their packets in the namespace where they were made, and say what they stand on in their own settings. */
const tunnels = ['vxlan', 'geneve', 'bareudp', 'gtp', 'amt', 'wireguard'];

function underlayEnd(link: LinkOutline, namespace: string | undefined): LinkEnd | undefined {
  const info = link.message.attributes.linkinfo as { readonly data?: { readonly link?: unknown } } | undefined;
  const index = info?.data?.link;
  return typeof index === 'number' && index > 0 && namespace !== undefined ? { namespace, index } : undefined;
}
