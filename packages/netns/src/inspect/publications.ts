import {
  type NftExpression,
  nftCmpOps,
  nftMetaKeys,
  nftNatTypes,
  nftPayloadBases,
} from '../netlink/families/netfilter/expressions.ts';
import { nftVerdicts } from '../netlink/families/netfilter/nft-data.ts';
import type { FirewallChain } from '../network/firewall/chains.ts';
import type { FirewallRule } from '../network/firewall/rules.ts';
import { formatIpAddress } from '../wire/ip-address.ts';
import { nameOf } from '../wire/names.ts';

/** A port at which a firewall sends what comes to another place. */
export interface Publication {
  readonly protocol: 'tcp' | 'udp';
  /** Where it has to come to: an address (undefined: whichever) and a port. */
  readonly address: string | undefined;
  readonly port: number;
  /** Where it goes; without an address to this namespace itself. */
  readonly to: { readonly address: string | undefined; readonly port: number };
  /** The rules ask for more than address, protocol and port: a device, a sender, a set. Not all that comes goes there. */
  readonly conditional: boolean;
}

/** What is known of packets that have come to a place in the rules. */
interface Facts {
  /** NFPROTO_IPV4, NFPROTO_IPV6. */
  readonly family?: number;
  readonly protocol?: number;
  readonly address?: string;
  readonly port?: number;
  readonly conditional: boolean;
}

/** Chains jump at most so deep (NFT_JUMP_STACK_SIZE). */
const deepest = 16;
/** Rules that are looked at, however often chains are jumped to: there are rulesets that would never end. */
const mostSteps = 100_000;

/**
 * The ports that a firewall publishes: what `dnat` and `redirect` do in rules of `nft`, and DNAT and REDIRECT in those of `iptables-nft`, with
 * what the chains on the way there ask for. Only what is certain: a rule that sends one port of TCP or UDP to one address, or one
 * port. Maps, ranges and the like are left out. Pure.
 */
export function publicationsOf(
  chains: readonly Pick<FirewallChain, 'family' | 'table' | 'name' | 'type' | 'hook'>[],
  rules: readonly Pick<FirewallRule, 'family' | 'table' | 'chain' | 'expressions'>[],
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
  const walk = (table: string, chain: string, known: Facts, depth: number): void => {
    let facts = known;
    for (const expressions of byChain.get(`${table} ${chain}`) ?? []) {
      if (++steps > mostSteps) return;
      const { publication, jump, ends } = readRule(expressions, facts);
      if (publication !== undefined) found.push(publication);
      if (jump !== undefined && depth < deepest) walk(table, jump.chain, jump.facts, depth + 1);
      if (ends === facts) return; // for all packets
      if (ends !== undefined) facts = { ...facts, conditional: true };
    }
  };
  for (const { family, table, name, type, hook } of chains)
    if (type === 'nat' && hook === 'prerouting') walk(`${family} ${table}`, name, { conditional: false }, 0);
  return found;
}

type Field = 'family' | 'protocol' | 'address' | 'port';

interface Reading {
  readonly publication?: Publication | undefined;
  readonly jump?: { readonly chain: string; readonly facts: Facts };
  /** It lets go of packets of which this is known: they do not come to the rules below. */
  readonly ends?: Facts;
}

/** What one rule does with packets of which this is known. */
function readRule(expressions: readonly NftExpression[], known: Facts): Reading {
  const registers = new Registers();
  let facts = known;
  for (const expression of expressions) {
    switch (expression.kind) {
      case 'payload':
      case 'meta':
        registers.put(expression.data?.dreg, fieldOf(expression)); // without a register it writes into the packet, or marks it
        break;
      case 'immediate': {
        const { dreg, data } = expression.data ?? {};
        const chain = data?.verdict?.chain;
        const code = data?.verdict?.code === undefined ? undefined : nameOf(nftVerdicts, data.verdict.code);
        if ((code === 'jump' || code === 'goto') && chain !== undefined) return { jump: { chain, facts } };
        if (code !== undefined) return code === 'continue' || code === 'break' ? {} : { ends: facts };
        registers.put(dreg, data?.value);
        break;
      }
      case 'cmp': {
        const { sreg, op = 0, data } = expression.data ?? {};
        const field = registers.get(sreg);
        const next =
          typeof field === 'string' ? compared(facts, field, op, data?.value) : { ...facts, conditional: true };
        if (next === undefined) return {};
        facts = next;
        break;
      }
      case 'nat': {
        const { type, regAddrMin, regAddrMax, regProtoMin, regProtoMax, flags = 0 } = expression.data ?? {};
        if (nameOf(nftNatTypes, type ?? 0) !== 'dnat' || (flags & oddFlags) !== 0) return {};
        if ((regAddrMax ?? regAddrMin) !== regAddrMin || (regProtoMax ?? regProtoMin) !== regProtoMin) return {};
        const address = registers.addressIn(regAddrMin);
        const port = regProtoMin === undefined ? facts.port : registers.portIn(regProtoMin);
        return address === undefined ? {} : { publication: publication(facts, address, port) };
      }
      case 'redir': {
        const { regProtoMin, regProtoMax } = expression.data ?? {};
        if ((regProtoMax ?? regProtoMin) !== regProtoMin) return {};
        const port = regProtoMin === undefined ? facts.port : registers.portIn(regProtoMin);
        return { publication: publication(facts, undefined, port) };
      }
      case 'target':
        return { publication: publicationOfTarget(facts, expression.data ?? {}) };
      case 'counter':
      case 'log':
      case 'last':
        break;
      case 'match':
        if (expression.data?.name !== 'comment') facts = { ...facts, conditional: true };
        break;
      default:
        // Whatever it is, it may end the rule, and may write where something else was read from.
        facts = { ...facts, conditional: true };
        if ('data' in expression) registers.forget(expression.data);
    }
  }
  return {};
}

/** `proto_offset` and `netmap`: the address or port depends on the packet. */
const oddFlags = 0b110_0000;

function publication(
  { family, protocol, address, port, conditional }: Facts,
  to: string | undefined,
  toPort: number | undefined,
) {
  const name = protocol === 6 ? 'tcp' : protocol === 17 ? 'udp' : undefined;
  if (name === undefined || port === undefined || toPort === undefined) return undefined;
  // An address is of one family anyway; without one, not all that comes to the port goes there.
  const isPart = family !== undefined && address === undefined && to === undefined;
  return {
    protocol: name,
    address,
    port,
    to: { address: to, port: toPort },
    conditional: conditional || isPart,
  } as const;
}

/** Which field of a packet is read, as far as it is one of those that count. */
function fieldOf(expression: Extract<NftExpression, { kind: 'payload' | 'meta' }>): Field | undefined {
  if (expression.kind === 'meta') {
    const key = nameOf(nftMetaKeys, expression.data?.key ?? -1);
    return key === 'l4proto' ? 'protocol' : key === 'nfproto' ? 'family' : undefined;
  }
  const { base = -1, offset, len } = expression.data ?? {};
  const header = nameOf(nftPayloadBases, base);
  if (header === 'transport') return offset === 2 && len === 2 ? 'port' : undefined;
  if (header !== 'network') return undefined;
  if (offset === 9 && len === 1) return 'protocol';
  return (offset === 16 && len === 4) || (offset === 24 && len === 16) ? 'address' : undefined;
}

/** What is known when a comparison holds; undefined: it never does. */
function compared(facts: Facts, field: Field, op: number, value: Uint8Array | undefined): Facts | undefined {
  const wanted = value && contentOf(field, value);
  if (nameOf(nftCmpOps, op) !== '==' || wanted === undefined) return { ...facts, conditional: true };
  if (facts[field] !== undefined && facts[field] !== wanted) return undefined;
  return { ...facts, [field]: wanted };
}

function contentOf(field: Field, value: Uint8Array): string | number | undefined {
  if (field === 'address') return addressOf(value);
  if (field === 'port') return value.length === 2 ? portOf(value) : undefined;
  return value.length === 1 ? value[0] : undefined;
}

function addressOf(value: Uint8Array): string | undefined {
  return value.length === 4 || value.length === 16 ? formatIpAddress(value) : undefined;
}

function portOf([high = 0, low = 0]: Uint8Array): number {
  return high * 256 + low;
}

/** What the registers hold: a constant, or a field of the packet. */
class Registers {
  readonly #held = new Map<number, Field | Uint8Array>();

  get(register: number | undefined): Field | Uint8Array | undefined {
    return register === undefined ? undefined : this.#held.get(wordOf(register));
  }

  /** Undefined: something that does not count. */
  put(register: number | undefined, value: Field | Uint8Array | undefined): void {
    if (register === undefined) return;
    const word = wordOf(register);
    for (let each = word; each < word + 4; each++) this.#held.delete(each);
    if (value !== undefined) this.#held.set(word, value);
  }

  /** An expression writes something else into what is its `dreg`. */
  forget(data: object | undefined): void {
    if (data !== undefined && 'dreg' in data && typeof data.dreg === 'number') this.put(data.dreg, undefined);
  }

  addressIn(register: number | undefined): string | undefined {
    const value = this.get(register);
    return typeof value === 'object' ? addressOf(value) : undefined;
  }

  portIn(register: number): number | undefined {
    const value = this.get(register);
    return typeof value === 'object' && value.length >= 2 ? portOf(value) : undefined;
  }
}

/** Registers 1 to 4 are the same memory as 8 to 23, four words each. */
function wordOf(register: number): number {
  return register <= 4 ? 4 * (register - 1) : register - 8;
}

const MAP_IPS = 1;
const PROTO_SPECIFIED = 2;

/** DNAT and REDIRECT of iptables, whose `info` is one of two structs (`linux/netfilter/nf_nat.h`). */
function publicationOfTarget(
  facts: Facts,
  { name, info }: { readonly name?: string | undefined; readonly info?: Uint8Array | undefined },
): Publication | undefined {
  if ((name !== 'DNAT' && name !== 'REDIRECT') || info === undefined) return undefined;
  const range = info.length >= 40 ? wideRange(info) : info.length >= 20 ? narrowRange(info) : undefined;
  if (range === undefined || (range.flags & oddFlags) !== 0) return undefined;
  const { flags, addresses, ports } = range;
  const [first, last] = (flags & PROTO_SPECIFIED) !== 0 ? ports : [facts.port, facts.port];
  if (first !== last) return undefined;
  if (name === 'REDIRECT') return publication(facts, undefined, first);
  if ((flags & MAP_IPS) === 0 || addresses[0] !== addresses[1]) return undefined;
  return publication(facts, addresses[0], first);
}

/** `struct nf_nat_ipv4_multi_range_compat`: a number of ranges, which is 1. */
function narrowRange(info: Uint8Array) {
  return {
    flags: info[4] ?? 0,
    addresses: [formatIpAddress(info, 8, 12), formatIpAddress(info, 12, 16)] as const,
    ports: [portOf(info.subarray(16)), portOf(info.subarray(18))] as const,
  };
}

/** `struct nf_nat_range`, and `nf_nat_range2`. An IPv4 address is followed by zeros, where one of IPv6 has none. */
function wideRange(info: Uint8Array) {
  const size = info.subarray(8, 20).every((byte) => byte === 0) ? 4 : 16;
  return {
    flags: info[0] ?? 0,
    addresses: [formatIpAddress(info, 4, 4 + size), formatIpAddress(info, 20, 20 + size)] as const,
    ports: [portOf(info.subarray(36)), portOf(info.subarray(38))] as const,
  };
}
