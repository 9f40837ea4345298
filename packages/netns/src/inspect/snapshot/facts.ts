/** What a snapshot of the machine is made of: facts, each of which is one line of its file. Pure. */

import { namespaceTypes } from '../../namespaces/type.ts';
import type { RulesetObject } from '../../network/firewall/json/schema.ts';
import type { InetSocket, SocketOwner, UnixSocket } from '../../network/sockets/socket.ts';
import type { MachineNamespace, SeenQueue } from '../census.ts';
import type { Completeness } from '../completeness.ts';
import type { Container } from '../containers/cgroups.ts';
import type { KeeperKind } from '../keeper.ts';
import type { Publication } from '../publications.ts';
import type { SeenRing } from '../sources/rings.ts';
import type { SocketFacts } from '../sources/socket-facts.ts';
import type { TopologyLink } from '../topology.ts';

/** The number of the format: a reader refuses all others. */
export const snapshotVersion = 1;

/** Where and when a snapshot was taken. The first line. */
export interface SnapshotHeader {
  readonly format: 'netns snapshot';
  readonly version: number;
  /** As ISO 8601, in UTC. */
  readonly time: string;
  readonly host: string;
  /** The kernel's release: `6.18.5`. */
  readonly kernel: string;
  /** The id of this boot: after another start no namespace is the same. */
  readonly boot: string;
  /** The device number of the files of namespaces. */
  readonly device: number;
  /** The process that took it. */
  readonly pid: number;
}

/** A namespace, and what else can be asked about it. */
export interface NamespaceFact {
  readonly namespace: MachineNamespace;
  /** When its file was made, of what nothing useful holds. ISO 8601. */
  readonly since?: string;
  /** In how many different sets of namespaces its tasks are. */
  readonly groups?: number;
  /** The id that it had where the snapshot was taken. */
  readonly nsid?: number;
  readonly devices?: readonly string[];
  /** Of the sockets that keep it, by their numbers. */
  readonly sockets?: Readonly<Record<number, SocketFacts>>;
}

/** A network namespace that was looked into, as far as that was possible. What is `in` it follows. */
export interface NetworkFact {
  /** `net:[4026532281]`; `hidden:N` for one that only a device in another namespace tells of. */
  readonly key: string;
  readonly inode?: number;
  /** Its devices and addresses were read. */
  readonly drawn: boolean;
  /** It may not be looked into, or nothing is in it. */
  readonly closed: boolean;
  readonly inside: 'read' | 'refused' | 'gone';
  /** Undefined where there is none. */
  readonly firewall?: 'read' | 'refused';
}

/** What is in a network namespace: all but the table of what it is called. */
export interface NetworkObjects {
  readonly link: LinkFact;
  readonly address: PlainAddress;
  readonly nexthop: PlainEntry;
  readonly route: PlainEntry;
  readonly rule: PlainEntry;
  readonly neighbour: PlainEntry;
  /** Those that wait for whoever comes. */
  readonly socket: ListeningSocket;
  readonly publication: Publication;
  readonly nft: RulesetObject;
}

export type NetworkObject = keyof NetworkObjects;

/** A device without its addresses. */
export interface LinkFact extends Omit<TopologyLink, 'addresses'> {
  readonly operstate: string;
  readonly flags: readonly string[];
}

/** An entry of a table of the kernel in the words of this library, without the message that it came in. */
export type PlainEntry = Readonly<Record<string, unknown>>;

export interface PlainAddress extends PlainEntry {
  readonly address: string;
  readonly prefixLength: number;
  readonly link: number;
  readonly scope: string;
}

export type ListeningSocket = Omit<InetSocket, 'message' | 'processes'> | Omit<UnixSocket, 'message' | 'processes'>;

/** What a process runs, and by whom it was started. */
export interface ProgramFact {
  readonly pid: number;
  readonly parent?: number;
  readonly command: string;
}

/** Who has a socket. */
export interface OwnersFact {
  /** The inode of the socket. */
  readonly socket: number;
  readonly processes: readonly SocketOwner[];
  /** The container of the first of them. */
  readonly container?: Container;
}

/** What the snapshot could not see. */
export interface VisibilityFact {
  readonly completeness: Completeness;
  /** Whether it knows what all devices lead to that it has. */
  readonly ends: boolean;
  /** There were processes whose sockets could not be seen. */
  readonly ownersPartial: boolean;
  /** Each io_uring with sockets that no process has otherwise. */
  readonly rings?: readonly SeenRing[];
}

/** A name in a directory of names; without an inode it led nowhere. */
export interface NameFact {
  readonly name: string;
  readonly inode?: number;
}

/** All kinds of facts, in the order in which they come. */
export interface Facts extends NetworkObjects {
  readonly snapshot: SnapshotHeader;
  readonly name: NameFact;
  readonly namespace: NamespaceFact;
  readonly queue: SeenQueue;
  readonly network: NetworkFact;
  readonly owners: OwnersFact;
  readonly program: ProgramFact;
  readonly visibility: VisibilityFact;
  /** The last line: without it the file was cut off. */
  readonly end: { readonly facts: number };
}

export type FactKind = keyof Facts;

/** One line: what kind of fact, what it says, and in which network namespace, by its `key`, if it is about an object in one. */
export type Fact = {
  readonly [K in FactKind]: {
    readonly fact: K;
    readonly in?: K extends NetworkObject ? string : undefined;
    readonly value: Facts[K];
  };
}[FactKind];

export type FactOf<K extends FactKind> = Extract<Fact, { readonly fact: K }>;

type Kind = 'text' | 'number' | 'truth' | 'list' | 'texts' | 'object';

/** What the value of a fact must have: enough that who reads it does not stumble. */
export const required: { readonly [K in FactKind]: Readonly<Record<string, Kind>> } = {
  snapshot: {
    format: 'text',
    version: 'number',
    time: 'text',
    host: 'text',
    kernel: 'text',
    boot: 'text',
    device: 'number',
    pid: 'number',
  },
  name: { name: 'text' },
  namespace: { namespace: 'object' },
  queue: { receiver: 'object', waiting: 'number', seen: 'number' },
  network: { key: 'text', drawn: 'truth', closed: 'truth', inside: 'text' },
  link: { index: 'number', name: 'text', up: 'truth', operstate: 'text', flags: 'list' },
  address: { address: 'text', prefixLength: 'number', link: 'number', scope: 'text' },
  nexthop: { id: 'number' },
  route: { destination: 'text', table: 'number' },
  rule: { priority: 'number', family: 'text' },
  neighbour: { address: 'text', link: 'number' },
  socket: { kind: 'text', inode: 'number' },
  publication: { protocol: 'text', port: 'number', to: 'object', conditional: 'truth' },
  nft: {},
  owners: { socket: 'number', processes: 'list' },
  program: { pid: 'number', command: 'text' },
  visibility: { completeness: 'object', ends: 'truth', ownersPartial: 'truth' },
  end: { facts: 'number' },
};

/** What the namespace of a `namespace` fact must have. */
const requiredOfNamespace: Readonly<Record<string, Kind>> = {
  type: 'text',
  inode: 'number',
  names: 'texts',
  paths: 'texts',
  keepers: 'list',
  initial: 'truth',
  current: 'truth',
};

const holder: Readonly<Record<string, Kind>> = { pid: 'number', fd: 'number' };

/** What a keeper must have, by its kind. */
const requiredOfKeeper: { readonly [K in KeeperKind]: Readonly<Record<string, Kind>> } = {
  process: { pid: 'number' },
  thread: { pid: 'number', tid: 'number' },
  'for-children': { pid: 'number' },
  descriptor: holder,
  socket: { socket: 'number', holders: 'list' },
  tun: holder,
  'proc-file': { path: 'text', ...holder },
  registered: { what: 'text', ...holder },
  mount: { path: 'text', mountNamespace: 'number' },
  'in-flight': { what: 'text', receiver: 'object' },
  child: { type: 'text', inode: 'number' },
};

const requiredOfCompleteness: Readonly<Record<string, Kind>> = {
  shown: 'number',
  newer: 'number',
  dying: 'number',
  exhaustive: 'texts',
  unseen: 'texts',
};

/** The first thing that is wrong within a value that has all its parts; undefined: nothing is. */
export function lackWithin(kind: FactKind, value: Readonly<Record<string, unknown>>): string | undefined {
  if (kind === 'namespace') return lackOfNamespace(value.namespace);
  if (kind === 'queue') return lackOf(value.receiver, holder);
  if (kind !== 'visibility') return undefined;
  return lackOf(value.completeness, requiredOfCompleteness) ?? firstLack(value.rings ?? [], lackOfRing);
}

function lackOfNamespace(namespace: unknown): string | undefined {
  const lack = lackOf(namespace, requiredOfNamespace);
  if (lack !== undefined || !isObject(namespace)) return lack;
  if (!namespaceTypes.some((type) => type === namespace.type)) return `there is no type '${namespace.type}'`;
  return firstLack(namespace.keepers, lackOfKeeper);
}

function lackOfKeeper(keeper: unknown): string | undefined {
  const kind = isObject(keeper) ? keeper.kind : undefined;
  if (!isObject(keeper) || typeof kind !== 'string' || !Object.hasOwn(requiredOfKeeper, kind))
    return 'a keeper is of no kind that this program knows';
  const lack = lackOf(keeper, requiredOfKeeper[kind as KeeperKind]);
  if (lack !== undefined) return `keeper: ${lack}`;
  if (kind === 'socket') return firstLack(keeper.holders, (each) => lackOf(each, holder));
  return kind === 'in-flight' ? lackOf(keeper.receiver, holder) : undefined;
}

function lackOfRing(ring: unknown): string | undefined {
  return (
    lackOf(ring, { holder: 'object', sockets: 'list' }) ?? (isObject(ring) ? lackOf(ring.holder, holder) : undefined)
  );
}

function firstLack(list: unknown, lackOfOne: (value: unknown) => string | undefined): string | undefined {
  if (!Array.isArray(list)) return 'a list is needed';
  for (const each of list) {
    const lack = lackOfOne(each);
    if (lack !== undefined) return lack;
  }
  return undefined;
}

export const networkObjects: readonly NetworkObject[] = [
  'link',
  'address',
  'nexthop',
  'route',
  'rule',
  'neighbour',
  'socket',
  'publication',
  'nft',
];

/** The first thing that a value lacks, or has of a wrong kind; undefined: none. */
export function lackOf(value: unknown, fields: Readonly<Record<string, Kind>>): string | undefined {
  if (!isObject(value)) return 'an object is needed';
  for (const [name, kind] of Object.entries(fields))
    if (!kinds[kind](value[name])) return `'${name}' has to be ${words[kind]}`;
  return undefined;
}

const kinds: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string',
  number: (value) => Number.isSafeInteger(value),
  truth: (value) => typeof value === 'boolean',
  list: Array.isArray,
  texts: (value) => Array.isArray(value) && value.every((each) => typeof each === 'string'),
  object: isObject,
};

const words: Readonly<Record<Kind, string>> = {
  text: 'a text',
  number: 'a whole number',
  truth: 'true or false',
  list: 'a list',
  texts: 'a list of texts',
  object: 'an object',
};

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
