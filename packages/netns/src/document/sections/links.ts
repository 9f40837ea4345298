import type { Link } from '../../network/links.ts';
import { hardwareAddress, linkName, namespaceRef } from '../formats.ts';
import { toDocument, unusual } from '../from-wire.ts';
import {
  isOfTheKernel,
  type LinkKind,
  linkDataSchemas,
  linkKind,
  portDataSchemas,
  portKind,
  shapeOfKind,
  shapeOfPort,
} from '../link-kinds.ts';
import { byKind, fields, integer, type KindData, mapOf, type TypeOf, text, truth } from '../schema.ts';
import type { LinkNames } from './table-section.ts';

const u32 = 0xffffffff;

const peer = fields(
  {
    namespace: {
      ...namespaceRef,
      about: "where the other end is, '.' for the namespace that netns runs in; left out: in the same namespace",
    },
    link: { ...linkName, about: 'what it is called there' },
    outside: truth('it is in a namespace that has no name: such a device can be described, but not made'),
  },
  [],
  'the other end of a veth; it needs no entry of its own',
);

const portSchema = byKind(
  portDataSchemas,
  {},
  ['kind'],
  'what it is to its master, as `ip link set … type bridge_slave`',
);

export const linkSchema = byKind(
  linkDataSchemas,
  {
    up: truth('usually true'),
    mtu: integer(0, u32, 'bytes'),
    address: { ...hardwareAddress, about: 'left out: whatever it has' },
    alias: text('a description'),
    group: integer(0, u32, 'usually 0'),
    txQueueLength: integer(0, u32),
    arp: truth(),
    multicast: truth(),
    allMulticast: truth('usually false'),
    promiscuous: truth('usually false'),
    master: { ...linkName, about: 'the bridge, bond or VRF that it belongs to' },
    link: { ...linkName, about: 'the device that it is made on' },
    linkNamespace: { ...namespaceRef, about: 'where that device is; left out: in the same namespace' },
    peer,
    port: portSchema,
  },
  [],
  'A device. One without a kind (loopback, hardware) cannot be made, only set.',
);

export const linksSchema = mapOf(
  linkName,
  linkSchema,
  'The devices, by name. Loopback, hardware and what the kernel makes by itself need not be named.',
);

export type LinkEntry = TypeOf<typeof linkSchema>;
export type LinkEntries = Readonly<Record<string, LinkEntry>>;

/** ARPHRD_ETHER. */
const ethernet = 1;

const usual: LinkEntry = { up: true, alias: '', group: 0, allMulticast: false, promiscuous: false };
const usualByFacts = new WeakMap<LinkKind, LinkEntry>();

/** What a link is where nothing is said: one object for all of a kind. */
function usualOf(kind: string | undefined): LinkEntry {
  if (kind === undefined) return usual;
  const facts = linkKind(kind);
  const known = usualByFacts.get(facts);
  if (known !== undefined) return known;
  const { settings = {} } = facts;
  const { arp = true } = settings;
  const made: LinkEntry = { ...usual, arp, multicast: arp, txQueueLength: 1000, ...settings };
  usualByFacts.set(facts, made);
  return made;
}

/** All that an entry means. What is in neither is left as it is. */
export function fullLink(entry: LinkEntry): LinkEntry {
  const { kind, data, port, address } = entry;
  const full: Record<string, unknown> = { ...usualOf(kind) };
  for (const key of Object.keys(entry) as (keyof LinkEntry)[]) if (entry[key] !== undefined) full[key] = entry[key];
  if (address !== undefined) full.address = address.toLowerCase();
  full.data = fullData(kind, data);
  if (port) full.port = { ...port, data: { ...portKind(port.kind).usual, ...port.data } };
  return full as LinkEntry;
}

function fullData(kind: string | undefined, data: KindData = {}): KindData {
  const full: Record<string, unknown> = { ...linkKind(kind).usual, ...data };
  // A document names all flags, so no mask is needed.
  const { flags } = full;
  if (kind === 'vlan' && typeof flags === 'object') full.flags = { ...flags, mask: u32 };
  return full;
}

/** What a device is tied to: what only those who know the other namespaces can name. */
export type Ties = Pick<LinkEntry, 'link' | 'linkNamespace' | 'peer'>;

/** A link of the kernel's as a document has it, but for its ties. Undefined for what the kernel made of itself. */
export function linkEntryOf(link: Link, names: LinkNames): LinkEntry | undefined {
  const { kind, flags, message } = link;
  if (kind !== undefined && isOfTheKernel(link.name, kind)) return undefined;
  const { attributes, header } = message;
  const { linkinfo } = attributes;
  const facts = linkKind(kind);
  const has = (flag: string) => flags.includes(flag);
  const shape = kind === undefined ? undefined : shapeOfKind(kind);
  const data = shape && linkinfo && 'data' in linkinfo && linkinfo.data ? toDocument(shape, linkinfo.data, facts) : {};
  for (const device of facts.devices ?? []) {
    const name = names.get(data[device] as number);
    if (name === undefined) delete data[device];
    else data[device] = name;
  }
  const real = header.type === ethernet;
  const entry: LinkEntry = {
    kind,
    up: link.up,
    mtu: link.name === 'lo' && link.mtu === 65536 ? undefined : link.mtu,
    address: kind !== undefined && real ? link.address : undefined,
    alias: attributes.ifalias ?? '',
    group: attributes.group ?? 0,
    txQueueLength: attributes.txqlen === 1000 && kind === undefined ? undefined : attributes.txqlen,
    // What is no Ethernet never asks.
    arp: kind !== undefined && real ? !has('NOARP') : undefined,
    multicast: kind !== undefined && real ? has('MULTICAST') : undefined,
    allMulticast: has('ALLMULTI'),
    promiscuous: has('PROMISC'),
    master: link.master === undefined ? undefined : names.get(link.master),
    data: someOf(data),
    port: portOf(linkinfo?.slave),
  };
  return unusual(entry, usualOf(kind) as KindData);
}

/** An entry with them, where a reader looks for them: before what is particular to the kind. */
export function withTies({ data, port, ...rest }: LinkEntry, ties: Ties): LinkEntry {
  return { ...rest, ...ties, ...(data && { data }), ...(port && { port }) };
}

interface Slave {
  readonly kind: string;
  readonly data?: unknown;
}

function portOf(slave: Slave | undefined): LinkEntry['port'] {
  const shape = slave === undefined ? undefined : shapeOfPort(slave.kind);
  if (slave?.data === undefined || shape === undefined) return undefined;
  const facts = portKind(slave.kind);
  const data = toDocument(shape, slave.data, facts);
  // What a port costs the kernel finds out from its speed, until somebody says it.
  if (computedCosts.includes(data.cost as number)) delete data.cost;
  const own = someOf(data);
  return own && { kind: slave.kind, data: own };
}

/** `port_cost` of the kernel's bridge: for 10 Gbit/s and more, 1 Gbit/s, 100 and 10 Mbit/s, and for what has no speed. */
const computedCosts: readonly number[] = [1, 2, 4, 19, 100];

/** Nothing if nothing is in it. */
function someOf(data: KindData): KindData | undefined {
  for (const _ in data) return data;
  return undefined;
}
