import {
  type NftExpression,
  nftCmpOps,
  nftMetaKeys,
  nftNatTypes,
  nftPayloadBases,
} from '../netlink/families/netfilter/expressions.ts';
import { type NftVerdict, nftVerdicts } from '../netlink/families/netfilter/nft-data.ts';
import type { FirewallChain } from '../network/firewall/chains.ts';
import type { FirewallElement } from '../network/firewall/elements.ts';
import type { FirewallRule } from '../network/firewall/rules.ts';
import { formatIpAddress } from '../wire/ip-address.ts';
import { nameOf } from '../wire/names.ts';

/** A port, or a range of ports, at which a firewall sends what comes to another place. */
export interface Publication {
  readonly protocol: 'tcp' | 'udp';
  /** Where it has to come to: an address (undefined: whichever) and a port. */
  readonly address: string | undefined;
  readonly port: number;
  /** The last port of a range that begins with `port`. Missing: it is one port. */
  readonly lastPort?: number;
  /** Where it goes; without an address to this namespace itself. With `lastPort`, each port of the range goes to its own. */
  readonly to: { readonly address: string | undefined; readonly port: number; readonly lastPort?: number };
  /** The rules ask for more than address, protocol and port: a device, a sender; or choose by chance. Not all that comes goes there. */
  readonly conditional: boolean;
}

/** Both belong to it. */
interface Ports {
  readonly first: number;
  readonly last: number;
}

/** What is known of packets that have come to a place in the rules. */
interface Facts {
  /** NFPROTO_IPV4, NFPROTO_IPV6. */
  readonly family?: number;
  readonly protocol?: number;
  readonly address?: string;
  readonly port?: Ports;
  /** Of these, rules above have let go. */
  readonly gone?: readonly Ports[];
  readonly conditional: boolean;
}

/** What is in a set or map: undefined if that is not known. */
export type ElementsOf = (
  set: Pick<FirewallRule, 'family' | 'table'> & { readonly name: string },
) => readonly FirewallElement[] | undefined;

/** Chains jump at most so deep (NFT_JUMP_STACK_SIZE). */
const deepest = 16;
/** Rules that are looked at, however often chains are jumped to: there are rulesets that would never end. */
const mostSteps = 100_000;

/** A set that has more is taken for a condition: what it lets through cannot be listed one by one. */
const mostElements = 4096;
/** A rule that chooses one of so many ports by chance is shown at each of them. */
const mostByChance = 256;
/** Below so many rules that let go of ports, all is conditional. */
const mostGone = 64;

/**
 * The ports that a firewall publishes: what `dnat` and `redirect` do in rules of `nft`, and DNAT and REDIRECT in those of `iptables-nft`, with
 * what the chains on the way there ask for, also by sets, maps, maps of verdicts and ranges of ports. Only what is certain: rules that
 * choose one of several addresses are left out. Pure.
 */
export function publicationsOf(
  chains: readonly Pick<FirewallChain, 'family' | 'table' | 'name' | 'type' | 'hook'>[],
  rules: readonly Pick<FirewallRule, 'family' | 'table' | 'chain' | 'expressions'>[],
  elementsOf: ElementsOf,
): Publication[] {
  const byChain = new Map<string, (readonly NftExpression[])[]>();
  for (const { family, table, chain, expressions } of rules) {
    const key = `${family} ${table} ${chain}`;
    const others = byChain.get(key);
    if (others === undefined) byChain.set(key, [expressions]);
    else others.push(expressions);
  }
  const found: Publication[] = [];
  let steps = 0;
  const walk = (table: Table, chain: string, known: Facts, depth: number): void => {
    let facts = known;
    for (const expressions of byChain.get(`${table.family} ${table.table} ${chain}`) ?? []) {
      const before = facts;
      if (++steps > mostSteps) return;
      for (const { publications = [], jump, ends } of readRule(expressions, before, (name) =>
        elementsOf({ ...table, name }),
      )) {
        if (++steps > mostSteps) return;
        found.push(...publications);
        if (jump !== undefined && depth < deepest) walk(table, jump.chain, jump.facts, depth + 1);
        if (ends === before) return; // for all packets
        if (ends !== undefined) facts = without(facts, ends);
      }
    }
  };
  for (const { family, table, name, type, hook } of chains)
    if (type === 'nat' && hook === 'prerouting') walk({ family, table }, name, { conditional: false }, 0);
  return found;
}

/** What is known of packets below a rule that has let go of some. */
function without(facts: Facts, { port }: Facts): Facts {
  const { gone = [] } = facts;
  if (port === undefined || gone.length >= mostGone) return { ...facts, conditional: true };
  return { ...facts, gone: [...gone, port] };
}

type Table = Pick<FirewallRule, 'family' | 'table'>;
type Field = 'family' | 'protocol' | 'address' | 'port';

interface Reading {
  readonly publications?: readonly Publication[];
  readonly jump?: { readonly chain: string; readonly facts: Facts };
  /** It lets go of packets of which this is known: they do not come to the rules below. */
  readonly ends?: Facts;
}

/** What one rule does with packets of which this is known: once for each element of the sets that it looks into. */
function* readRule(
  expressions: readonly NftExpression[],
  known: Facts,
  elementsOf: (set: string) => readonly FirewallElement[] | undefined,
  registers = new Registers(),
): Generator<Reading> {
  let facts = known;
  for (const [at, expression] of expressions.entries()) {
    const rest = () => expressions.slice(at + 1);
    switch (expression.kind) {
      case 'payload':
      case 'meta':
        registers.load(expression.data?.dreg, fieldOf(expression)); // without a register it writes into the packet, or marks it
        break;
      case 'immediate': {
        const { dreg, data } = expression.data ?? {};
        if (data?.verdict !== undefined) {
          yield readVerdict(data.verdict, facts);
          return;
        }
        registers.put(dreg, data?.value);
        break;
      }
      case 'cmp': {
        const { sreg, op = 0, data } = expression.data ?? {};
        const next = compared(facts, registers.fieldIn(sreg), op, data?.value);
        if (next === undefined) return;
        facts = next;
        break;
      }
      case 'range': {
        const { sreg, op, fromData, toData } = expression.data ?? {};
        const next = within(facts, op === 0 ? registers.fieldIn(sreg) : undefined, fromData?.value, toData?.value);
        if (next === undefined) return;
        facts = next;
        break;
      }
      case 'lookup': {
        const { set = '', sreg, dreg, flags = 0 } = expression.data ?? {};
        const isInverted = (flags & 1) !== 0;
        const elements = isInverted || !registers.hasFieldFrom(sreg) ? undefined : elementsOf(set);
        if (elements !== undefined && elements.length <= mostElements) {
          for (const element of intervalsOf(elements)) {
            const next = factsOfElement(facts, element, registers, sreg);
            if (next === undefined) continue;
            if (element.verdict !== undefined) {
              yield readVerdict(element.verdict, next);
              continue;
            }
            const copy = registers.copy();
            if (dreg !== undefined) copy.put(dreg, element.data);
            yield* readRule(rest(), next, elementsOf, copy);
          }
          return;
        }
        facts = { ...facts, conditional: true };
        registers.put(dreg, undefined);
        break;
      }
      case 'nat': {
        const { type, family, regAddrMin, regAddrMax, regProtoMin, regProtoMax, flags = 0 } = expression.data ?? {};
        if (nameOf(nftNatTypes, type ?? 0) !== 'dnat' || (flags & oddFlags) !== 0) return;
        const size = family === 2 ? 4 : family === 10 ? 16 : undefined;
        const address = registers.addressIn(regAddrMin, size);
        if (address === undefined || registers.addressIn(regAddrMax ?? regAddrMin, size) !== address) return;
        yield { publications: publicationsAt(facts, address, registers.portsIn(regProtoMin, regProtoMax)) };
        return;
      }
      case 'redir': {
        const { regProtoMin, regProtoMax } = expression.data ?? {};
        yield { publications: publicationsAt(facts, undefined, registers.portsIn(regProtoMin, regProtoMax)) };
        return;
      }
      case 'target':
        yield { publications: publicationsOfTarget(facts, expression.data ?? {}) };
        return;
      case 'counter':
      case 'log':
      case 'last':
        break;
      case 'match': {
        const ports = portsOfMatch(expression.data ?? {});
        if (ports === 'any') break;
        if (ports === undefined) {
          facts = { ...facts, conditional: true };
          break;
        }
        for (const each of ports) {
          const next = meeting(facts, each);
          if (next !== undefined) yield* readRule(rest(), next, elementsOf, registers.copy());
        }
        return;
      }
      default:
        // Whatever it is, it may end the rule, and may write where something else was read from.
        facts = { ...facts, conditional: true };
        if ('data' in expression) registers.forget(expression.data);
    }
  }
}

function readVerdict({ code, chain }: NftVerdict, facts: Facts): Reading {
  const name = code === undefined ? undefined : nameOf(nftVerdicts, code);
  if (name === 'jump' && chain !== undefined) return { jump: { chain, facts } };
  if (name === 'goto' && chain !== undefined) return { jump: { chain, facts }, ends: facts };
  return name === undefined || name === 'continue' || name === 'break' ? {} : { ends: facts };
}

/** `proto_offset` and `netmap`: the address or port depends on the packet. */
const oddFlags = 0b110_0000;

/** `to` without ports: each stays what it is. `base`: the port that goes to the first of them, and so on; else one by chance. */
function publicationsAt(
  { family, protocol, address, port, gone = [], conditional }: Facts,
  to: string | undefined,
  ports: Ports | undefined | 'unknown',
  base?: number,
): Publication[] {
  const name = protocol === 6 ? 'tcp' : protocol === 17 ? 'udp' : undefined;
  if (name === undefined || port === undefined || ports === 'unknown') return [];
  // An address is of one family anyway; without one, not all that comes to the port goes there.
  const isPart = family !== undefined && address === undefined && to === undefined;
  const isLess = gone.some(({ first, last }) => first <= port.last && port.first <= last);
  const publish = (target: Ports, byChance = false): Publication => ({
    protocol: name,
    address,
    ...portsAs(port),
    to: { address: to, ...portsAs(target) },
    conditional: conditional || isPart || isLess || byChance,
  });
  if (ports === undefined) return [publish(port)];
  if (ports.first === ports.last) return [publish(ports)];
  if (base !== undefined) {
    const [first, last] = [ports.first + port.first - base, ports.first + port.last - base];
    return first >= ports.first && last <= ports.last ? [publish({ first, last })] : [];
  }
  if (ports.last - ports.first >= mostByChance) return [];
  return Array.from({ length: ports.last - ports.first + 1 }, (_, index) =>
    publish({ first: ports.first + index, last: ports.first + index }, true),
  );
}

const portsAs = ({ first, last }: Ports) => ({ port: first, ...(last > first && { lastPort: last }) });

/** What of a packet is in a register, as far as it is one of the fields that count, and how many bytes of it. */
interface Loaded {
  readonly field: Field | undefined;
  readonly length: number;
}

function fieldOf(expression: Extract<NftExpression, { kind: 'payload' | 'meta' }>): Loaded {
  if (expression.kind === 'meta') {
    const key = nameOf(nftMetaKeys, expression.data?.key ?? -1);
    if (key === 'l4proto') return { field: 'protocol', length: 1 };
    if (key === 'nfproto') return { field: 'family', length: 1 };
    return { field: undefined, length: key === 'iifname' || key === 'oifname' ? 16 : 4 };
  }
  const { base = -1, offset, len: length = 4 } = expression.data ?? {};
  const header = nameOf(nftPayloadBases, base);
  const isAt = (place: number, size: number) => offset === place && length === size;
  if (header === 'transport') return { field: isAt(2, 2) ? 'port' : undefined, length };
  if (header !== 'network') return { field: undefined, length };
  if (isAt(9, 1)) return { field: 'protocol', length };
  return { field: isAt(16, 4) || isAt(24, 16) ? 'address' : undefined, length };
}

/** What is known when a comparison holds; undefined: it never does. */
function compared(
  facts: Facts,
  field: Field | undefined,
  op: number,
  value: Uint8Array | undefined,
): Facts | undefined {
  const name = nameOf(nftCmpOps, op);
  if (name === '==') return within(facts, field, value, value);
  const port = field === 'port' && value?.length === 2 ? portOf(value) : undefined;
  if (port === undefined || name === '!=' || name === undefined) return { ...facts, conditional: true };
  if (name[0] === '<') return meeting(facts, { first: 0, last: name === '<' ? port - 1 : port });
  return meeting(facts, { first: name === '>' ? port + 1 : port, last: 65_535 });
}

/** What is known when a field lies between two values; undefined: it never does. */
function within(
  facts: Facts,
  field: Field | undefined,
  from: Uint8Array | undefined,
  to: Uint8Array | undefined,
): Facts | undefined {
  if (from === undefined || to === undefined || field === undefined) return { ...facts, conditional: true };
  if (field === 'port') {
    if (from.length !== 2 || to.length !== 2) return { ...facts, conditional: true };
    return meeting(facts, { first: portOf(from), last: portOf(to) });
  }
  const [wanted, last] = [contentOf(field, from), contentOf(field, to)];
  if (wanted === undefined || wanted !== last) return { ...facts, conditional: true };
  if (facts[field] !== undefined && facts[field] !== wanted) return undefined;
  return { ...facts, [field]: wanted };
}

/** Only these ports; undefined: none is left. */
function meeting(facts: Facts, { first, last }: Ports): Facts | undefined {
  const port = { first: Math.max(first, facts.port?.first ?? 0), last: Math.min(last, facts.port?.last ?? 65_535) };
  return port.first > port.last ? undefined : { ...facts, port };
}

function contentOf(field: Exclude<Field, 'port'>, value: Uint8Array): string | number | undefined {
  if (field === 'address') return addressOf(value);
  return value.length === 1 ? value[0] : undefined;
}

/** Intervals of one field come as two elements: where they begin, and the first key that does not belong to them. */
function intervalsOf(elements: readonly FirewallElement[]): readonly FirewallElement[] {
  const isEnd = ({ flags }: FirewallElement) => flags?.includes('interval_end') === true;
  if (!elements.some(isEnd)) return elements;
  const sorted = elements
    .filter(({ key }) => key !== undefined)
    .sort((a, b) => compareBytes(a.key, b.key) || Number(isEnd(b)) - Number(isEnd(a)));
  const intervals = sorted.flatMap((element, index): FirewallElement[] => {
    if (isEnd(element)) return [];
    const end = sorted.slice(index + 1, index + 3).find(isEnd)?.key;
    return [
      end === undefined ? { ...element, keyEnd: element.key?.map(() => 0xff) } : { ...element, keyEnd: before(end) },
    ];
  });
  return [...intervals, ...elements.filter(({ key }) => key === undefined)];
}

function compareBytes(a: Uint8Array = new Uint8Array(), b: Uint8Array = new Uint8Array()): number {
  const at = a.findIndex((byte, index) => byte !== b[index]);
  return at === -1 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

/** The number before it. */
function before(value: Uint8Array): Uint8Array {
  const result = value.slice();
  for (let at = result.length - 1; at >= 0; at--) {
    const byte = result[at] ?? 0;
    result[at] = byte - 1;
    if (byte > 0) break;
  }
  return result;
}

/** What is known of packets that have the key of an element, whose fields lie in registers one after the other. */
function factsOfElement(
  known: Facts,
  { key, keyEnd = key }: FirewallElement,
  registers: Registers,
  register: number | undefined,
): Facts | undefined {
  if (key === undefined || keyEnd === undefined || register === undefined) return { ...known, conditional: true }; // for all others
  let facts: Facts | undefined = known;
  for (let at = 0; at < key.length && facts !== undefined; ) {
    const { field, length } = registers.loadedAt(wordOf(register) + at / 4) ?? { field: undefined, length: 4 };
    facts = within(facts, field, key.subarray(at, at + length), keyEnd.subarray(at, at + length));
    at += 4 * Math.max(1, Math.ceil(length / 4));
  }
  return facts;
}

function addressOf(value: Uint8Array): string | undefined {
  return value.length === 4 || value.length === 16 ? formatIpAddress(value) : undefined;
}

function portOf([high = 0, low = 0]: Uint8Array): number {
  return high * 256 + low;
}

/** What the registers hold, word by word: constants, or a field of the packet. */
class Registers {
  readonly #held: Map<number, Loaded | Uint8Array>;

  constructor(held: ReadonlyMap<number, Loaded | Uint8Array> = new Map()) {
    this.#held = new Map(held);
  }

  copy(): Registers {
    return new Registers(this.#held);
  }

  load(register: number | undefined, loaded: Loaded): void {
    if (register === undefined) return;
    this.put(register, undefined);
    this.#held.set(wordOf(register), loaded);
  }

  loadedAt(word: number): Loaded | undefined {
    const held = this.#held.get(word);
    return held instanceof Uint8Array ? undefined : held;
  }

  fieldIn(register: number | undefined): Field | undefined {
    return register === undefined ? undefined : this.loadedAt(wordOf(register))?.field;
  }

  /** Whether a key that begins there has anything in it that counts. */
  hasFieldFrom(register: number | undefined): boolean {
    if (register === undefined) return false;
    const word = wordOf(register);
    return [...this.#held.keys()].some((each) => each >= word && this.loadedAt(each)?.field !== undefined);
  }

  /** Undefined: something that does not count. */
  put(register: number | undefined, value: Uint8Array | undefined): void {
    if (register === undefined) return;
    const word = wordOf(register);
    for (let each = word; each < word + 4; each++) this.#held.delete(each);
    for (let at = 0; value !== undefined && at < value.length; at += 4)
      this.#held.set(word + at / 4, value.subarray(at));
  }

  /** An expression writes something else into what is its `dreg`. */
  forget(data: object | undefined): void {
    if (data !== undefined && 'dreg' in data && typeof data.dreg === 'number') this.put(data.dreg, undefined);
  }

  /** `size`: how long it is, where the rule says so: more may lie behind it. */
  addressIn(register: number | undefined, size: number | undefined): string | undefined {
    const value = this.#valueIn(register);
    return value && addressOf(value.subarray(0, size));
  }

  /** Undefined: the rule names no ports. */
  portsIn(least: number | undefined, most = least): Ports | undefined | 'unknown' {
    if (least === undefined) return undefined;
    const [first, last] = [this.#valueIn(least), this.#valueIn(most)];
    if (first === undefined || last === undefined || first.length < 2 || last.length < 2) return 'unknown';
    return { first: portOf(first), last: portOf(last) };
  }

  #valueIn(register: number | undefined): Uint8Array | undefined {
    const held = register === undefined ? undefined : this.#held.get(wordOf(register));
    return held instanceof Uint8Array ? held : undefined;
  }
}

/** Registers 1 to 4 are the same memory as 8 to 23, four words each. */
function wordOf(register: number): number {
  return register <= 4 ? 4 * (register - 1) : register - 8;
}

const MAP_IPS = 1;
const PROTO_SPECIFIED = 2;

/**
 * The ports that a match of iptables asks for (`linux/netfilter/xt_tcpudp.h`, `xt_multiport.h`, in the byte order of the machine).
 * `any`: it asks for nothing; undefined: for something else.
 */
function portsOfMatch({
  name,
  info,
}: {
  readonly name?: string | undefined;
  readonly info?: Uint8Array | undefined;
}): readonly Ports[] | 'any' | undefined {
  if (name === 'comment') return 'any';
  if (info === undefined) return undefined;
  if (name === 'multiport' && info.length >= 48) {
    const [flags, count = 0] = info;
    if (flags !== MULTIPORT_DESTINATION || info[47] !== 0) return undefined;
    const ports = hostOrder(info.subarray(2, 32));
    // A port with a mark begins a range, which the next one ends.
    return Array.from(ports.subarray(0, count), (first, at) => ({
      first,
      last: ports[info[32 + at] ? at + 1 : at] ?? first,
    })).filter((_, at) => at === 0 || !info[31 + at]);
  }
  if ((name === 'tcp' && info.length >= 12) || (name === 'udp' && info.length >= 9)) {
    const [leastSource, mostSource, first = 0, last = 0] = hostOrder(info.subarray(0, 8));
    const isMore = info.subarray(8, name === 'tcp' ? 12 : 9).some((byte) => byte !== 0);
    return leastSource !== 0 || mostSource !== 65_535 || isMore ? undefined : [{ first, last }];
  }
  return undefined;
}

const MULTIPORT_DESTINATION = 1;

/** Numbers of two bytes. */
function hostOrder(bytes: Uint8Array): Uint16Array {
  return new Uint16Array(bytes.slice().buffer);
}

/** DNAT and REDIRECT of iptables, whose `info` is one of two structs (`linux/netfilter/nf_nat.h`). */
function publicationsOfTarget(
  facts: Facts,
  { name, info }: { readonly name?: string | undefined; readonly info?: Uint8Array | undefined },
): Publication[] {
  if ((name !== 'DNAT' && name !== 'REDIRECT') || info === undefined) return [];
  const range = info.length >= 40 ? wideRange(info) : info.length >= 20 ? narrowRange(info) : undefined;
  if (range === undefined || (range.flags & NETMAP) !== 0) return [];
  const { flags, addresses, ports, base } = range;
  const to = (flags & PROTO_SPECIFIED) === 0 ? undefined : { first: ports[0], last: ports[1] };
  const from = (flags & PROTO_OFFSET) === 0 ? undefined : base;
  if (name === 'REDIRECT') return publicationsAt(facts, undefined, to, from);
  if ((flags & MAP_IPS) === 0 || addresses[0] !== addresses[1]) return [];
  return publicationsAt(facts, addresses[0], to, from);
}

const PROTO_OFFSET = 0b10_0000;
const NETMAP = 0b100_0000;

/** `struct nf_nat_ipv4_multi_range_compat`: a number of ranges, which is 1. */
function narrowRange(info: Uint8Array) {
  return {
    flags: info[4] ?? 0,
    addresses: [formatIpAddress(info, 8, 12), formatIpAddress(info, 12, 16)] as const,
    ports: [portOf(info.subarray(16)), portOf(info.subarray(18))] as const,
    base: undefined,
  };
}

/** `struct nf_nat_range`, and `nf_nat_range2`. An IPv4 address is followed by zeros, where one of IPv6 has none. */
function wideRange(info: Uint8Array) {
  const size = info.subarray(8, 20).every((byte) => byte === 0) ? 4 : 16;
  return {
    flags: info[0] ?? 0,
    addresses: [formatIpAddress(info, 4, 4 + size), formatIpAddress(info, 20, 20 + size)] as const,
    ports: [portOf(info.subarray(36)), portOf(info.subarray(38))] as const,
    base: info.length >= 44 ? portOf(info.subarray(40)) : undefined,
  };
}
