import type { NetlinkConnection } from '../connection/connection.ts';
import { InvalidArgumentError, KernelError, UnsupportedError } from '../errors.ts';
import { Namespace } from '../namespaces/namespace.ts';
import { describeRef, type NamespaceRef, openNamespace, wayOf } from '../namespaces/reference.ts';
import { AF_UNSPEC } from '../netlink/families/route/address-families.ts';
import {
  extMaskFlag,
  type LinkMessage,
  type LinkMessageInput,
  link,
  linkFlag,
  linkFlags,
  operstates,
} from '../netlink/families/route/link.ts';
import { NLM_F_CREATE, NLM_F_EXCL } from '../netlink/header.ts';
import { ResourceStack } from '../resource.ts';
import { flagNames } from '../wire/names.ts';
import type { Slice } from '../wire/slice.ts';
import { kindOption, lacksKind } from './missing-kind.ts';
import { inOptions, type OptionNames } from './options.ts';
import { type Snapshot, snapshot } from './snapshot.ts';
import { onlyWords } from './words.ts';

/** A network device, as the kernel describes it. */
export interface Link {
  readonly index: number;
  readonly name: string;
  /** `veth`, `bridge`, `vxlan`, …; undefined for a device that was not made by software, and for loopback. */
  readonly kind: string | undefined;
  readonly up: boolean;
  /** Whether it can carry traffic: `UP`, `DOWN`, `UNKNOWN`, `LOWERLAYERDOWN`, … */
  readonly operstate: string;
  readonly loopback: boolean;
  /** Bytes. */
  readonly mtu: number | undefined;
  /** The hardware address. */
  readonly address: string | undefined;
  /** Index of the bridge (or bond, VRF) that it belongs to. */
  readonly master: number | undefined;
  /** Index of the device that it is made on, or of the other end of a veth; in the namespace `linkNetnsid` if that is given. */
  readonly link: number | undefined;
  readonly linkNetnsid: number | undefined;
  /** What went through it. All 64 bits, so nothing wraps. */
  readonly counters: LinkCounters | undefined;
  /** `UP`, `BROADCAST`, `MULTICAST`, … as `ip` writes them between `<` and `>`. */
  readonly flags: readonly string[];
  /** Everything that the kernel said, unknown attributes included. */
  readonly message: LinkMessage;
}

/** Packets, bytes, errors and drops of a device in both directions. `ip -s link`. */
export type LinkCounters = NonNullable<LinkMessage['attributes']['stats64']>;

/** A namespace for a device: any reference, or the number that the namespace of the connection has for it (Linux 4.17). */
export type LinkTarget = NamespaceRef | { readonly nsid: number };

/** Settings that a new link, its peer, and a link that exists have in common. */
interface LinkSettings {
  readonly name?: string | undefined;
  readonly mtu?: number | undefined;
  /** Hardware address. */
  readonly address?: string | undefined;
  readonly alias?: string | undefined;
  readonly group?: number | undefined;
  readonly txQueueLength?: number | undefined;
  /** The namespace in which it is made, or into which it moves. */
  readonly netns?: LinkTarget | undefined;
}

type LinkinfoInput = NonNullable<NonNullable<LinkMessageInput['attributes']>['linkinfo']>;

/** The kinds of links that can be made, and what each needs beside the common settings. */
type KindData = LinkinfoInput extends infer I
  ? I extends { readonly kind: infer K; readonly data?: infer D }
    ? { readonly kind: K; readonly data?: D }
    : never
  : never;

/** The other end of a veth: made in the same message, possibly in another namespace. */
export interface PeerSpec extends LinkSettings {
  readonly index?: number | undefined;
  readonly numTxQueues?: number | undefined;
  readonly numRxQueues?: number | undefined;
}

/** A device to be made: its kind with the options of that, and what it has as all devices have. `ip link add`. */
export type LinkSpec = PeerSpec &
  KindData & {
    readonly up?: boolean | undefined;
    /** The bridge, bond or VRF to belong to: name or index. */
    readonly master?: string | number | undefined;
    /** The device that it is made on (vlan, macvlan, vxlan's underlay by name). */
    readonly link?: string | number | undefined;
    /** veth only. */
    readonly peer?: PeerSpec | undefined;
  };

/** What to change of a device; `kind` with `data` changes the settings of its kind, `port` those as a member of its master. */
export type LinkChanges = CommonChanges & (KindData | { readonly kind?: undefined; readonly data?: undefined });

interface CommonChanges extends LinkSettings {
  readonly up?: boolean | undefined;
  /** `null` takes it out of what it belongs to. */
  readonly master?: string | number | null | undefined;
  readonly promiscuous?: boolean | undefined;
  readonly allMulticast?: boolean | undefined;
  readonly multicast?: boolean | undefined;
  readonly arp?: boolean | undefined;
  /** As a member of a bridge or bond: `{ kind: 'bridge', data: { isolated: true } }`. `ip link set DEV type bridge_slave …`. */
  readonly port?: NonNullable<LinkinfoInput['slave']> | undefined;
}

/** What is to be told of a device beside what always is. */
export interface LinkQuery {
  /** In `message` the counters that IPv6 keeps of the device, too: they are a quarter of the answer. Default: no. */
  readonly stats?: boolean | undefined;
  /** Ask about another namespace: the one that this namespace has this number for. Linux 4.16. */
  readonly targetNsid?: number | undefined;
}

/** Which devices are meant: `ip link show type KIND`, and the like. */
export interface LinkFilter extends LinkQuery {
  readonly kind?: string | undefined;
  /** Members of this bridge, bond or VRF: name or index. */
  readonly master?: string | number | undefined;
  readonly up?: boolean | undefined;
}

const settingWords = {
  name: true,
  mtu: true,
  address: true,
  alias: true,
  group: true,
  txQueueLength: true,
  netns: true,
} as const;
const peerWords = { ...settingWords, index: true, numTxQueues: true, numRxQueues: true } as const;
const checkPeer = onlyWords<PeerSpec>(peerWords);
const checkSpec = onlyWords<LinkSpec>({
  ...peerWords,
  kind: true,
  data: true,
  up: true,
  master: true,
  link: true,
  peer: true,
});
const checkChanges = onlyWords<LinkChanges>({
  ...settingWords,
  kind: true,
  data: true,
  up: true,
  master: true,
  promiscuous: true,
  allMulticast: true,
  multicast: true,
  arp: true,
  port: true,
});
const checkQuery = onlyWords<LinkQuery>({ stats: true, targetNsid: true });
const checkFilter = onlyWords<LinkFilter>({ stats: true, targetNsid: true, kind: true, master: true, up: true });

const UP = linkFlag('UP');
const SKIP_STATS = extMaskFlag('skip_stats');
const now = Promise.resolve();

/** The devices of one network namespace. `ip link`. */
export class Links {
  readonly #connection: NetlinkConnection;
  /** Indexes that the code which runs now has asked for: what is asked for at once about one device needs only one question. */
  #known: Map<string, number> | undefined;
  /** How many devices are being renamed, moved or deleted: what a name means is to be asked for behind that. */
  #shifting = 0;

  constructor(connection: NetlinkConnection) {
    this.#connection = connection;
  }

  /**
   * The devices, by index, all or those that the filter means; `interrupted` when they kept changing meanwhile.
   * `ip link show [type KIND] [master DEV] [up]`.
   */
  list(filter: LinkFilter = {}): Promise<Snapshot<Link>> {
    return this.#connection.whenIdle(() => this.#list(filter));
  }

  #list(filter: LinkFilter): Promise<Snapshot<Link>> {
    checkFilter(filter);
    const { kind, up } = filter;
    const master = this.indexIfGiven(filter.master, 'master');
    // The kernel filters by kind and master (Linux 4.6), but with a kind that it does not know it gives all.
    const linkinfo = kind === undefined ? undefined : ({ kind: 'other', name: kind } as const);
    const { extMask, targetNetnsid } = queryOf(filter);
    const value = { attributes: { extMask, targetNetnsid, master, linkinfo } };
    const read = (message: LinkMessage) => {
      const entry = linkOf(message);
      const meant =
        (kind === undefined || entry.kind === kind) &&
        (master === undefined || entry.master === master) &&
        (up === undefined || entry.up === up);
      return meant ? entry : undefined;
    };
    return this.#connection.gather(link, value, { operation: 'list links' }, read, snapshot);
  }

  /** One device, by name (or alternative name) or index. `ip link show DEV`. Throws NetlinkError ENODEV if there is none. */
  async get(ref: string | number, options: LinkQuery = {}): Promise<Link> {
    checkRef(ref, 'link');
    checkQuery(options);
    const operation = `find link ${ref}`;
    const [answer] = await this.#connection.request(link, 'get', queryFor(ref, options), { operation });
    if (answer === undefined) throw noAnswer(ref);
    return linkOf(answer);
  }

  /**
   * Makes a device, and for a veth both ends at once, each where it belongs. `ip link add NAME type KIND …`.
   *
   * `netns` makes it in another namespace at once (moving a device later costs the kernel about 20 ms). Throws NetlinkError: EEXIST
   * (the name is taken), EPERM, EINVAL with the attribute in `extack`; UnsupportedError for a kind that this kernel has not.
   */
  add(spec: LinkSpec): Promise<void> {
    const operation = () => `add ${spec.kind} link${spec.name === undefined ? '' : ` ${spec.name}`}`;
    const made = this.#change('new', operation, NLM_F_CREATE | NLM_F_EXCL, (opened) => this.#toAdd(spec, opened));
    return made.catch((error: unknown) => {
      if (!lacksKind(error)) throw error;
      throw new UnsupportedError(`the device kind ${spec.kind}`, `a kernel with ${kindOption(spec.kind)}`, error);
    });
  }

  #toAdd(spec: LinkSpec, opened: ResourceStack) {
    checkSpec(spec);
    const attributes = attributesOf(spec, opened);
    setQueues(attributes, spec, spec.kind);
    attributes.master = this.indexIfGiven(spec.master, 'master');
    attributes.link = this.indexIfGiven(spec.link);
    attributes.linkinfo = linkinfoOf(spec, opened);
    return { header: { index: spec.index ?? 0, flags: spec.up ? UP : 0, change: spec.up ? UP : 0 }, attributes };
  }

  /**
   * Changes a device. `ip link set DEV …`. Moving it (`netns`) takes it down and takes its addresses away; `name` is then what it is called
   * there. Throws NetlinkError: ENODEV, EBUSY, EOPNOTSUPP (a setting that the kind cannot change).
   */
  set(ref: string | number, changes: LinkChanges): Promise<void> {
    return this.#change(
      'new',
      () => `change link ${ref}`,
      0,
      (opened) => this.#toSet(ref, changes, opened),
    );
  }

  #toSet(ref: string | number, changes: LinkChanges, opened: ResourceStack) {
    checkChanges(changes);
    const { kind, data, port, master } = changes;
    const header = { index: this.index(ref), ...flagChanges(changes) };
    if (changes.name !== undefined || changes.netns !== undefined) this.#shift(opened);
    const attributes = attributesOf(changes, opened);
    attributes.master = master === null ? 0 : this.indexIfGiven(master, 'master');
    if (kind === undefined) attributes.linkinfo = port && { slave: port };
    else attributes.linkinfo = { kind, data, ...(port && { slave: port }) } as LinkinfoInput;
    return { header, attributes };
  }

  /** Takes a device away, a veth with its other end. `ip link delete DEV`. Throws NetlinkError (ENODEV, EOPNOTSUPP for `lo`). */
  delete(ref: string | number): Promise<void> {
    return this.#change(
      'del',
      () => `delete link ${ref}`,
      0,
      (opened) => {
        const index = this.index(ref);
        this.#shift(opened);
        return { header: { index } };
      },
    );
  }

  /** What `message` puts onto the stack is done when the kernel has answered: it may open namespaces. */
  #change(
    verb: 'new' | 'del',
    operation: () => string,
    flags: number,
    message: (opened: ResourceStack) => unknown,
  ): Promise<void> {
    return this.#connection.whenIdle(() => {
      const opened = new ResourceStack();
      const close = () => opened[Symbol.dispose]();
      try {
        const done = this.#connection.change(link, verb, message(opened) as LinkMessageInput, {
          operation,
          flags,
          explain,
        });
        return opened.empty ? done : done.finally(close);
      } catch (error) {
        close();
        throw error;
      }
    });
  }

  /** The index of a device that is known by name or index. Throws NetlinkError ENODEV. */
  indexOf(ref: string | number): Promise<number> {
    return this.#connection.whenIdle(async () => this.index(ref));
  }

  /**
   * The same without waiting, which is possible while no other request is under way (`NetlinkConnection.whenIdle`). `option` is what names
   * the device, in the InvalidArgumentError for what cannot be the name or index of one.
   */
  index(ref: string | number, option = 'link'): number {
    checkRef(ref, option);
    if (typeof ref === 'number') return ref;
    const known = this.#known?.get(ref);
    if (known !== undefined) return known;
    const index =
      (this.#shifting === 0 ? this.#connection.deviceIndex(ref) : undefined) ?? this.#askForIndex(ref, option);
    this.#known ??= this.#forgetSoon();
    this.#known.set(ref, index);
    return index;
  }

  #forgetSoon(): Map<string, number> {
    now.then(() => {
      this.#known = undefined;
    });
    return new Map();
  }

  /** Until the kernel has answered. */
  #shift(changes: ResourceStack): void {
    this.#known = undefined;
    this.#shifting++;
    changes.defer(() => {
      this.#shifting--;
    });
  }

  /** Behind all changes that were asked for until now. */
  #askForIndex(name: string, option: string): number {
    if (name.includes('\0')) throw noRef(name, option); // found by nothing, so it need not be looked for every time
    const operation = `find link ${name}`;
    const [index] = this.#connection.requestSync(headerOfLink, 'get', queryFor(name, {}), { operation });
    if (index === undefined) throw noAnswer(name);
    return index;
  }

  /** The same, and undefined for undefined. */
  indexIfGiven(ref: string | number | undefined, option?: string): number | undefined {
    return ref === undefined ? undefined : this.index(ref, option);
  }
}

const explain = (error: unknown) => inOptions(error, link.name, optionNames);

function checkRef(ref: string | number, option: string): void {
  const sound = typeof ref === 'number' ? Number.isInteger(ref) && ref >= 0 && ref < 2 ** 31 : isName(ref);
  if (!sound) throw noRef(ref, option);
}

function noRef(ref: unknown, option: string): InvalidArgumentError {
  return new InvalidArgumentError(option, ref, 'it must be the name or index of a device');
}

function isName(ref: unknown): boolean {
  return typeof ref === 'string' && ref !== '';
}

const optionNames: OptionNames = {
  data: '', // before `peer`
  ifalias: 'alias',
  ifname: 'name',
  linkinfo: '',
  slave: 'port',
  targetNetnsid: 'netns.nsid',
  txqlen: 'txQueueLength',
};

/** A link of which nothing is read but its index (`ifi_index`): the rest of the answer is long. */
const headerOfLink = {
  ...link,
  phantom: undefined as unknown as readonly [out: number, input: LinkMessageInput],
  decode: ({ view, start }: Slice) => view.getInt32(start + 4, true),
};

function queryFor(ref: string | number, query: LinkQuery) {
  const attributes = queryOf(query);
  return typeof ref === 'number'
    ? { header: { index: ref }, attributes }
    : { attributes: { ...attributes, [Buffer.byteLength(ref) < 16 ? 'ifname' : 'altIfname']: ref } };
}

function noAnswer(ref: string | number): KernelError {
  return new KernelError({ errno: 19, syscall: 'RTM_GETLINK', operation: `find link ${ref}` });
}

function queryOf({ stats, targetNsid }: LinkQuery) {
  return { extMask: stats ? undefined : SKIP_STATS, targetNetnsid: targetNsid };
}

type Attributes = Writable<NonNullable<LinkMessageInput['attributes']>>;
type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** The settings that all have in common. Written out, here and elsewhere, without `...`: hosts are made by the thousand. */
function attributesOf(settings: LinkSettings, opened: ResourceStack): Attributes {
  const { name, netns } = settings;
  if (name !== undefined && !isPossibleName(name))
    throw new InvalidArgumentError('name', name, 'it must have 1 to 15 bytes, without blanks, "/" and ":"');
  const attributes: Attributes = {
    ifname: name,
    mtu: settings.mtu,
    address: settings.address,
    ifalias: settings.alias,
    group: settings.group,
    txqlen: settings.txQueueLength,
  };
  if (netns !== undefined) setTarget(attributes, netns, opened);
  return attributes;
}

function isPossibleName(name: unknown): boolean {
  if (typeof name !== 'string' || name === '' || name === '.' || name === '..') return false;
  return name.length < 16 && Buffer.byteLength(name) < 16 && !/[\s/:]/.test(name);
}

const targets = ['path', 'pid', 'fd', 'nsid'] as const;

function isByNumber(netns: LinkTarget): netns is { readonly nsid: number } {
  return typeof netns !== 'string' && !(netns instanceof Namespace) && wayOf(netns, 'netns', targets) === 'nsid';
}

function setTarget(attributes: Attributes, netns: LinkTarget, opened: ResourceStack): void {
  if (isByNumber(netns)) attributes.targetNetnsid = netns.nsid;
  else attributes.netNsFd = opened.use(openTarget(netns)).raw;
}

/** A descriptor that stays: the message may leave later, and the namespace be closed until then. */
function openTarget(ref: NamespaceRef): { readonly raw: number } & Disposable {
  try {
    return ref instanceof Namespace ? ref.fd.lend() : openNamespace(ref, 'net').fd;
  } catch (error) {
    if (error instanceof KernelError)
      throw new KernelError({
        ...error,
        operation: `use ${describeRef(ref)} as the namespace of a link`,
        cause: error,
      });
    throw error;
  }
}

/**
 * The queues of a device; of a veth one each way where nothing else is wished: the kernel would make one for each processor, which takes it
 * a third longer, and only XDP has a use for them.
 */
function setQueues(attributes: Attributes, { numTxQueues, numRxQueues }: PeerSpec, kind: string): void {
  const usual = kind === 'veth' ? 1 : undefined;
  attributes.numTxQueues = numTxQueues ?? usual;
  attributes.numRxQueues = numRxQueues ?? usual;
}

function linkinfoOf({ kind, data, peer }: LinkSpec, opened: ResourceStack) {
  if (peer === undefined) return { kind, data } as LinkinfoInput;
  checkPeer(peer, 'peer');
  const attributes = attributesOf(peer, opened);
  setQueues(attributes, peer, kind);
  return {
    kind,
    data: { ...(data as object), peer: { header: { index: peer.index ?? 0 }, attributes } },
  } as LinkinfoInput;
}

const switches = [
  ['up', linkFlag('UP')],
  ['promiscuous', linkFlag('PROMISC')],
  ['allMulticast', linkFlag('ALLMULTI')],
  ['multicast', linkFlag('MULTICAST')],
] as const;

function flagChanges(changes: LinkChanges): { readonly flags: number; readonly change: number } {
  let flags = 0;
  let change = 0;
  const put = (flag: number, on: boolean | undefined) => {
    if (on === undefined) return;
    change |= flag;
    if (on) flags |= flag;
  };
  for (const [name, flag] of switches) put(flag, changes[name]);
  put(linkFlag('NOARP'), changes.arp === undefined ? undefined : !changes.arp);
  return { flags, change };
}

/** A device as an event tells of it; undefined for what is said of it as a port of a bridge, which it may cease to be and still exist. */
export function linkEventOf(message: LinkMessage): Link | undefined {
  return message.header.family === AF_UNSPEC ? linkOf(message) : undefined;
}

const LOOPBACK = linkFlag('LOOPBACK');

/** A device as the kernel gives it, in the words of this library. */
export function linkOf(message: LinkMessage): Link {
  const { header, attributes } = message;
  const { linkinfo } = attributes;
  const flags = flagNames(linkFlags, header.flags);
  return {
    index: header.index,
    name: attributes.ifname ?? '',
    kind: linkinfo?.kind === 'other' ? linkinfo.name : linkinfo?.kind,
    up: (header.flags & UP) !== 0,
    operstate: operstates[attributes.operstate ?? 0] ?? String(attributes.operstate),
    loopback: (header.flags & LOOPBACK) !== 0,
    mtu: attributes.mtu,
    address: attributes.address,
    master: attributes.master,
    link: attributes.link,
    linkNetnsid: attributes.linkNetnsid,
    counters: attributes.stats64,
    flags,
    message,
  };
}
