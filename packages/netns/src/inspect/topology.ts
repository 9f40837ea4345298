import { NetlinkError } from '../errors.ts';
import type { RunDirectoryOptions } from '../namespaces/names.ts';
import type { Link } from '../network/links.ts';
import { census, type MachineCensusOptions, type MachineNamespace } from './census.ts';
import type { Completeness } from './completeness.ts';
import { Observer } from './observer.ts';
import { openMachineNamespace } from './open.ts';

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

export interface TopologyOptions extends RunDirectoryOptions, Pick<MachineCensusOptions, 'signal' | 'onProgress'> {}

/**
 * Looks at the devices and addresses of every network namespace, through one namespace of its own, and finds who is at the other end of
 * each veth, which bridge a device belongs to, and what it stands on; also where the other end is in a namespace that nothing
 * else leads to. The work grows with the number of devices only. `ip -all netns exec ip -d addr`, which does not tell of ends.
 *
 * Changes nothing in the namespaces. Takes CAP_SYS_ADMIN here, and CAP_NET_ADMIN in those that are to be seen: throws KernelError EPERM.
 */
export async function topology(options: TopologyOptions = {}): Promise<Topology> {
  const { namespaces, completeness } = await census({ ...options, types: ['net'], relations: false, containers: true });
  using observer = new Observer();
  const known = new Map<
    number,
    Pick<TopologyNamespace, 'key' | 'inode' | 'names' | 'container' | 'current' | 'initial'>
  >();
  const closed: string[] = [];
  for (const each of namespaces) {
    const { type, inode, names, container, current, initial } = each;
    const key = `${type}:[${inode}]`;
    using open = openMachineNamespace(each);
    const number = open && (await numberOf(observer, open.fd));
    if (number === undefined) closed.push(key);
    else known.set(number, { key, inode, names, container, current, initial });
  }
  const found: TopologyNamespace[] = [];
  for (const pending = [...known.keys()]; pending.length > 0; ) {
    const number = pending.shift() as number;
    const facts = known.get(number);
    if (facts === undefined) continue;
    const seen = await look(observer, number);
    if (seen === undefined) continue; // it has ended
    const { links, addresses } = seen;
    if (links.length === 0 && facts.inode !== undefined) closed.push(facts.key);
    for (const { linkNetnsid } of links) {
      if (linkNetnsid === undefined || linkNetnsid < 0 || known.has(linkNetnsid)) continue;
      const hidden = { inode: undefined, names: [], container: undefined, current: false, initial: false };
      known.set(linkNetnsid, { key: `hidden:${linkNetnsid}`, ...hidden });
      pending.push(linkNetnsid);
    }
    const byLink = new Map<number, string[]>();
    for (const { link, address, prefixLength, scope } of addresses) {
      if (scope !== 'link' && scope !== 'host') add(byLink, link, `${address}/${prefixLength}`);
    }
    const keyOf = (nsid: number | undefined) => (nsid === undefined ? facts.key : known.get(nsid)?.key);
    found.push({ ...facts, links: links.map((link) => topologyLink(link, byLink.get(link.index) ?? [], keyOf)) });
  }
  return { namespaces: found, completeness, closed };
}

function add(map: Map<number, string[]>, key: number, value: string): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}

/** Undefined if it has gone meanwhile, or we may not. */
async function numberOf(observer: Observer, fd: Parameters<Observer['register']>[0]): Promise<number | undefined> {
  try {
    return await observer.register(fd);
  } catch (error) {
    if (error instanceof NetlinkError) return undefined;
    throw error;
  }
}

/** The devices and addresses in the namespace with this number; undefined if it has ended. */
async function look({ network }: Observer, number: number) {
  try {
    const links = await network.links.list({ targetNsid: number });
    return { links, addresses: await network.addresses.list({ targetNsid: number }) };
  } catch (error) {
    if (error instanceof NetlinkError && error.code === 'EINVAL') return undefined;
    throw error;
  }
}

const cables = ['veth', 'netkit', 'vxcan'];

function topologyLink(
  link: Link,
  addresses: readonly string[],
  keyOf: (nsid: number | undefined) => string | undefined,
): TopologyLink {
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
    addresses,
    master,
    peer: isCable ? end : undefined,
    below: isCable ? undefined : isTunnel ? underlayEnd(link, namespace) : end,
    underlay: isTunnel && link.linkNetnsid !== undefined ? namespace : undefined,
  };
}

/** These send their packets in the namespace where they were made, and say what they stand on in their own settings. */
const tunnels = ['vxlan', 'geneve', 'bareudp', 'gtp', 'amt', 'wireguard'];

function underlayEnd(link: Link, namespace: string | undefined): LinkEnd | undefined {
  const info = link.message.attributes.linkinfo as { readonly data?: { readonly link?: unknown } } | undefined;
  const index = info?.data?.link;
  return typeof index === 'number' && index > 0 && namespace !== undefined ? { namespace, index } : undefined;
}
