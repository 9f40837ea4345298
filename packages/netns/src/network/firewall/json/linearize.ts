import type { NftExpressionInput } from '../../../netlink/families/netfilter/expressions.ts';
import type { NftElementInput } from '../../../netlink/families/netfilter/nft-elements.ts';
import type { NftRuleMessageInput } from '../../../netlink/families/netfilter/nft-rule.ts';
import {
  NFT_DATA_VERDICT,
  type NftSetMessage,
  type NftSetMessageInput,
} from '../../../netlink/families/netfilter/nft-set.ts';
import { fromPlain } from '../../../wire/plain.ts';
import { bytesFor, bytesOfNumber, ones } from './bits.ts';
import {
  checkKeys,
  flagsAt,
  integerAt,
  isObject,
  type JsonObject,
  listAt,
  nameAt,
  objectAt,
  oneOrMoreAt,
  onlyEntry,
  optional,
  stringAt,
  wordAt,
} from './checked.ts';
import { type Constant, constantAt, isImmediateJson, keyBytes } from './constants.ts';
import { booleanPart, type DataType, dataTypes, numberOfDataTypes } from './datatypes.ts';
import { dataParts, keyParts } from './delinearize.ts';
import { type DataKind, elementsOf, haveRanges, type Item, itemsAt, verdictAt } from './elements-read.ts';
import type { PartType } from './elements-show.ts';
import { fault, Path, unknownWord } from './fault.ts';
import { type Family, Headers, isMixed, protocolAfter, protocolOfKey } from './headers.ts';
import { ctKeys, fibResults, ipsecKeys, type Key, metaKeys, rtKeys, socketKeys } from './keys.ts';
import { objectNumbers } from './object-kinds.ts';
import {
  type Field,
  type OptionKind,
  optionKinds,
  type Protocol,
  payloadBases,
  protocols,
  transportProtocols,
} from './protocols.ts';
import { registerAt } from './registers.ts';
import { ANONYMOUS, CONCAT, CONSTANT, DYNAMIC, INTERVAL, MAP, OBJECTS, TIMEOUT } from './set-flags.ts';
import { readStateful } from './stateful-read.ts';
import {
  logFlags,
  NAT_NETMAP,
  NAT_PROTO_SPECIFIED,
  natFlags,
  queueFlags,
  SYNPROXY_MSS,
  SYNPROXY_WSCALE,
  synproxyFlags,
} from './units.ts';
import { isFlags, type JsonContext } from './values.ts';

/** What is known of a set that a rule looks into. */
export interface SetView {
  readonly key: readonly PartType[];
  readonly data: DataKind;
  readonly intervals: boolean;
  /** The data of a map are ranges: two values side by side. */
  readonly dataRanges: boolean;
}

/** What a rule is made in. */
export interface RuleTarget extends JsonContext {
  readonly family: Family;
  /** A set of the table; undefined if it is not known. */
  readonly set: (name: string) => SetView | undefined;
  /** A number for a set that is made with the rule. */
  readonly nextId: () => number;
  /** Rules add to this set. */
  readonly addsTo?: (name: string) => void;
}

/** A set that exists only for one rule. */
export interface RuleSet {
  readonly attributes: NonNullable<NftSetMessageInput['attributes']>;
  readonly elements: readonly NftElementInput[];
}

/** A rule as the kernel takes it. */
export interface LinearRule {
  readonly sets: readonly RuleSet[];
  readonly expressions: readonly NftExpressionInput[];
  /** What an extension of iptables wants to know of the rule. */
  readonly compat?: NftRuleCompat;
}

type NftRuleCompat = NonNullable<NonNullable<NftRuleMessageInput['attributes']>['compat']>;

/**
 * The expressions that statements of a rule become, as `nft` makes them: registers, what has to be asked before a field can be read, masks,
 * anonymous sets. Throws InvalidArgumentError, which says where in the document the fault is.
 */
export function linearize(statements: readonly unknown[], target: RuleTarget, path = new Path('expr')): LinearRule {
  const writer = new RuleWriter(target);
  statements.forEach((statement, index) => void writer.statement(statement, path.at(index)));
  return {
    sets: writer.sets,
    expressions: writer.expressions(),
    ...(writer.compat !== undefined && { compat: writer.compat }),
  };
}

/** What an expression leaves in its register. */
interface Operand extends PartType {
  /** The field of a header that it is. */
  readonly protocol?: Protocol;
  readonly field?: Field;
  /** The key of `meta` or `ct` that it is. */
  readonly key?: Key;
  readonly of?: 'meta' | 'ct';
  /** Bytes of the packet, exactly these: neighbours can be compared at once. */
  readonly bytes?: { readonly base: number; readonly offset: number; readonly length: number };
  /** What the value of a map is. */
  readonly data?: SetView;
}

/** Expressions that belong together; `equal` is a comparison that can be joined with its neighbours. */
interface Unit {
  expressions: NftExpressionInput[];
  equal?: { base: number; offset: number; bytes: Uint8Array };
}

/** libnftables' numbers for byte orders, in the data that it keeps with sets. */
const byteorders = { machine: 1, network: 2 } as const;

const operators: Readonly<Record<string, number>> = { '==': 0, '!=': 1, '<': 2, '<=': 3, '>': 4, '>=': 5 };
const REGISTER = 16;

class RuleWriter {
  readonly sets: RuleSet[] = [];
  compat: NftRuleCompat | undefined;
  readonly #target: RuleTarget;
  readonly #headers: Headers;
  readonly #units: Unit[] = [];
  #out: NftExpressionInput[] = [];

  constructor(target: RuleTarget) {
    this.#target = target;
    this.#headers = new Headers(target.family);
  }

  expressions(): NftExpressionInput[] {
    return joinNeighbours(this.#units).flatMap(({ expressions }) => expressions);
  }

  /** Ends a unit of expressions. */
  #close(equal?: Unit['equal']): void {
    if (this.#out.length > 0) this.#units.push({ expressions: this.#out, ...(equal && { equal }) });
    this.#out = [];
  }

  #push(...expressions: NftExpressionInput[]): void {
    this.#out.push(...expressions);
  }

  statement(json: unknown, path: Path): void {
    const [kind, value] = onlyEntry(json, path);
    const at = path.at(kind);
    const verdict = verdictAt(json, path);
    if (verdict !== undefined) this.#push({ kind: 'immediate', data: { dreg: 0, data: { verdict } } });
    else {
      const write = Object.hasOwn(statements, kind) ? statements[kind] : undefined;
      if (write === undefined)
        throw unknownWord(path, kind, 'statement', [
          ...Object.keys(statements),
          'accept',
          'drop',
          'jump',
          'goto',
          'return',
          'continue',
        ]);
      write(this, value, at);
    }
    this.#close();
  }

  // -------------------------------------------------------------------------------------------- what has to be asked first

  /** Sees to it that the rule goes on only for packets that have this header. */
  #ensure(protocol: Protocol, path: Path): void {
    if (protocol.name === 'th') return;
    if (protocol.base === 'll') this.#ensureLink(protocol);
    else if (protocol.base === 'nh') this.#ensureNetwork(protocol, path);
    else this.#ensureTransport(protocol, path);
  }

  #ensureLink(protocol: Protocol): void {
    if (this.#headers.at('ll') === undefined) {
      this.#askMeta('iiftype', 1n);
      this.#headers.learn('ether');
    }
    if (protocol.name === 'vlan' && this.#headers.at('ll')?.name !== 'vlan') this.#askType(0x8100n, 'vlan');
  }

  #ensureNetwork(protocol: Protocol, path: Path): void {
    const known = this.#headers.network;
    if (known === protocol) return;
    if (known !== undefined) throw fault(path, protocol.name, `is not there in packets of ${known.name}`);
    const link = this.#headers.at('ll');
    const type = etherType(protocol.name);
    if (this.#target.family === 'bridge' && link?.name === 'ether' && protocol.name !== 'arp')
      this.#askMeta('protocol', type);
    else if (link !== undefined) this.#askType(type, protocol.name);
    else if (this.#target.family === 'inet') this.#askMeta('nfproto', protocol.name === 'ip' ? 2n : 10n);
    else this.#askMeta('protocol', type);
    this.#headers.learn(protocol.name);
  }

  #ensureTransport(protocol: Protocol, path: Path): void {
    const known = this.#headers.transport;
    if (known === protocol) return;
    if (known !== undefined) throw fault(path, protocol.name, `is not there in packets of ${known.name}`);
    const network = { icmp: 'ip', igmp: 'ip', icmpv6: 'ip6' }[protocol.name];
    if (network !== undefined && this.#headers.network === undefined) {
      if (this.#headers.at('ll') !== undefined) this.#askType(etherType(network), network);
      else this.#ensureNetwork(protocols[network] as Protocol, path);
    }
    const number = Object.entries(transportProtocols).find(([, name]) => name === protocol.name)?.[0];
    if (number === undefined) return;
    this.#askMeta('l4proto', BigInt(number));
    this.#headers.learn(protocol.name);
  }

  #askMeta(name: string, value: bigint): void {
    const key = metaKeys.byName.get(name) as Key;
    const before = this.#out;
    this.#out = [];
    this.#push({ kind: 'meta', data: { key: key.number, dreg: 1 } });
    this.#push(equals(1, bytesOfNumber(value, bytesFor(key.bits), key.order)));
    this.#close();
    this.#out = before;
  }

  /** Asks the innermost link header what is behind it. */
  #askType(value: bigint, next: string): void {
    const link = this.#headers.at('ll') as Protocol;
    const field = link.fields.find(({ name }) => name === 'type') as Field;
    const offset = (this.#headers.startOf(link) + field.offset) / 8;
    const bytes = bytesOfNumber(value, 2, 'network');
    const before = this.#out;
    this.#out = [];
    this.#push({ kind: 'payload', data: { dreg: 1, base: 0, offset, len: 2 } }, equals(1, bytes));
    this.#close({ base: 0, offset, bytes });
    this.#out = before;
    this.#headers.learn(next);
  }

  /** Fields that only some kinds of ICMP have: asks for these. */
  #ensureIcmpType(protocol: Protocol, field: Field): void {
    if (field.onlyFor === undefined || this.#headers.icmpTypes !== undefined) return;
    const before = this.#out;
    this.#out = [];
    this.#push({ kind: 'payload', data: { dreg: 1, base: 2, offset: 0, len: 1 } });
    const type = { type: (protocol.fields[0] as Field).type, bits: 8, order: 'network' } as const;
    const [only] = field.onlyFor;
    // An echo's are asked for in the order in which `nft` does it: the request first.
    const types = protocol.name === 'icmp' ? [...field.onlyFor].reverse() : field.onlyFor;
    if (field.onlyFor.length === 1) this.#push(equals(1, Uint8Array.of(only as number)));
    else
      this.#lookIn(
        this.#anonymousSet(
          types.map((value) => pointItem(BigInt(value))),
          [type],
          undefined,
        ),
        1,
        false,
      );
    this.#close();
    this.#out = before;
    this.#headers.icmpTypes = field.onlyFor;
  }

  // ------------------------------------------------------------------------------------------------------- left sides

  /** Whether what is to be read is known from its own words; what has to be asked before is asked. */
  #load(json: unknown, offset: number, path: Path): Operand {
    const dreg = registerAt(offset);
    if (!isObject(json))
      throw fault(path, json, 'must be something of the packet, as in { "payload": ... } or { "meta": ... }');
    const [kind, value] = onlyEntry(json, path);
    const at = path.at(kind);
    switch (kind) {
      case 'payload':
        return this.#loadPayload(value, dreg, at);
      case 'meta': {
        const { key } = objectAt(value, at);
        const known = wordAt(key, Object.fromEntries(metaKeys.byName), 'key of meta', at.at('key'));
        this.#push({ kind: 'meta', data: { key: known.number, dreg } });
        return { type: known.type, bits: known.bits, order: known.order, key: known, of: 'meta' };
      }
      case 'ct':
        return this.#loadCt(value, dreg, at);
      case 'rt': {
        const { key, family } = objectAt(value, at);
        const network = family ?? this.#headers.network?.name;
        const name = key === 'nexthop' ? `${network === 'ip6' ? 'ip6' : 'ip'} nexthop` : key;
        const known = wordAt(name, Object.fromEntries(rtKeys.byName), 'key of rt', at.at('key'));
        this.#push({ kind: 'rt', data: { key: known.number, dreg } });
        return { type: known.type, bits: known.bits, order: known.order };
      }
      case 'socket': {
        const { key, level } = objectAt(value, at);
        const known = wordAt(key, Object.fromEntries(socketKeys.byName), 'key of socket', at.at('key'));
        const depth = optional(level, integerAt, at.at('level'));
        this.#push({ kind: 'socket', data: { key: known.number, dreg, ...(depth !== undefined && { level: depth }) } });
        return { type: known.type, bits: known.bits, order: known.order };
      }
      case 'ipsec': {
        const { key, family, dir, spnum } = objectAt(value, at);
        const network = family ?? this.#headers.network?.name;
        const isAddress = typeof key === 'string' && /^[sd]addr$/.test(key);
        const name = isAddress ? `${network === 'ip6' ? 'ip6' : 'ip'} ${key}` : key;
        const known = wordAt(name, Object.fromEntries(ipsecKeys.byName), 'key of ipsec', at.at('key'));
        const way = wordAt(dir, { in: 0, out: 1 }, 'direction', at.at('dir'));
        const which = optional(spnum, (json, place) => integerAt(json, place, 0, 255), at.at('spnum')) ?? 0;
        this.#push({ kind: 'xfrm', data: { dreg, key: known.number, dir: way, spnum: which } });
        return { type: known.type, bits: known.bits, order: known.order };
      }
      case 'osf': {
        const { key = 'name', ttl } = objectAt(value, at);
        const version = wordAt(key, { name: 0, version: 1 }, 'key of osf', at.at('key'));
        const word = ttl === undefined ? 0 : wordAt(ttl, { loose: 1, skip: 2 }, 'ttl', at.at('ttl'));
        this.#push({ kind: 'osf', data: { dreg, ttl: word, ...(version !== 0 && { flags: version }) } });
        return { type: dataTypes.string, bits: 128, order: 'network' };
      }
      case 'fib':
        return this.#loadFib(value, dreg, at, false);
      case 'numgen': {
        const { mode, mod, offset: start } = objectAt(value, at);
        const type = wordAt(mode, { inc: 0, random: 1 }, 'mode', at.at('mode'));
        const from = optional(start, integerAt, at.at('offset')) ?? 0;
        this.#push({ kind: 'numgen', data: { dreg, modulus: integerAt(mod, at.at('mod'), 1), type, offset: from } });
        return machineNumber;
      }
      case 'jhash':
      case 'symhash':
        return this.#loadHash(kind, value, offset, at);
      case 'map':
        return this.#loadMap(value, offset, at);
      case 'concat':
        throw fault(path, json, 'cannot stand here');
      default:
        if (Object.hasOwn(optionKinds, kind)) return this.#loadOption(kind as OptionKind, value, dreg, at, false);
        if (['|', '^', '&', '<<', '>>'].includes(kind)) return this.#compute(json, offset, path);
        throw unknownWord(path, kind, 'expression', expressionWords);
    }
  }

  #field(value: unknown, path: Path): { protocol: Protocol; field: Field } | undefined {
    const payload = objectAt(value, path);
    if (!('protocol' in payload)) return undefined;
    checkKeys(payload, ['protocol', 'field'], path);
    const protocol = wordAt(payload.protocol, protocols, 'protocol', path.at('protocol'));
    const fields = Object.fromEntries(protocol.fields.map((field) => [field.name, field]));
    const field = wordAt(payload.field, fields, `field of ${protocol.name}`, path.at('field'));
    return { protocol, field };
  }

  #loadPayload(value: unknown, dreg: number, path: Path): Operand {
    const named = this.#field(value, path);
    if (named === undefined) return this.#loadRaw(value, dreg, path);
    const { protocol, field } = named;
    this.#ensure(protocol, path.at('protocol'));
    this.#ensureIcmpType(protocol, field);
    const start = this.#headers.startOf(protocol) + field.offset;
    const operand = this.#loadBits(payloadBases.indexOf(protocol.base), start, field.bits, dreg);
    return { ...operand, type: field.type, protocol, field };
  }

  /** Loads the bytes that hold these bits, and leaves of them only these. */
  #loadBits(base: number, start: number, bits: number, dreg: number): Operand {
    const offset = Math.floor(start / 8);
    const length = Math.ceil((start + bits) / 8) - offset;
    const shift = (offset + length) * 8 - start - bits;
    this.#push({ kind: 'payload', data: { dreg, base, offset, len: length } });
    if (shift === 0 && bits === length * 8)
      return { type: dataTypes.integer, bits, order: 'network', bytes: { base, offset, length } };
    this.#mask(dreg, length, ones(bits) << BigInt(shift), 0n, 'network');
    return { type: dataTypes.integer, bits: length * 8 - shift, order: 'network', shift };
  }

  #loadRaw(value: unknown, dreg: number, path: Path): Operand {
    const payload = objectAt(value, path);
    checkKeys(payload, ['base', 'offset', 'len'], path);
    const bases = Object.fromEntries(payloadBases.map((name, index) => [name, index]));
    const base = wordAt(payload.base, bases, 'base', path.at('base'));
    const offset = integerAt(payload.offset, path.at('offset'), 0, 65_535 * 8);
    const bits = integerAt(payload.len, path.at('len'), 1, 128);
    return this.#loadBits(base, offset, bits, dreg);
  }

  #mask(register: number, length: number, mask: bigint, xor: bigint, order: 'network' | 'machine'): void {
    const value = (number: bigint) => ({ value: bytesOfNumber(number, length, order) });
    this.#push({
      kind: 'bitwise',
      data: { sreg: register, dreg: register, len: length, op: 0, mask: value(mask), xor: value(xor) },
    });
  }

  #loadCt(value: unknown, dreg: number, path: Path): Operand {
    const { key, dir, family } = objectAt(value, path);
    const name = family !== undefined && typeof key === 'string' && /^[sd]addr$/.test(key) ? `${family} ${key}` : key;
    const known = wordAt(name, Object.fromEntries(ctKeys.byName), 'key of ct', path.at('key'));
    const direction =
      dir === undefined ? undefined : wordAt(dir, { original: 0, reply: 1 }, 'direction', path.at('dir'));
    if (direction === undefined && /addr$|^proto-/.test(known.name))
      throw fault(path, value, 'needs "dir": original or reply');
    this.#push({ kind: 'ct', data: { key: known.number, dreg, ...(direction !== undefined && { direction }) } });
    const addresses = /^[sd]addr$/.test(known.name) && this.#headers.network?.name === 'ip6';
    const type = addresses ? dataTypes.ipv6_addr : known.type;
    return { type, bits: type.bits || known.bits, order: known.order, key: known, of: 'ct' };
  }

  #loadFib(value: unknown, dreg: number, path: Path, present: boolean): Operand {
    const { result, flags } = objectAt(value, path);
    const known = wordAt(result, Object.fromEntries(fibResults.byName), 'result of fib', path.at('result'));
    const words = { saddr: 1, daddr: 2, mark: 4, iif: 8, oif: 16 };
    const bits = flagsAt(flags, words, 'flag of fib', path.at('flags'));
    this.#push({ kind: 'fib', data: { dreg, result: known.number, flags: present ? bits | 32 : bits } });
    return present ? booleanPart : { type: known.type, bits: known.bits, order: known.order };
  }

  #loadOption(kind: OptionKind, value: unknown, dreg: number, path: Path, present: boolean): Operand {
    const option = objectAt(value, path);
    if (kind === 'exthdr') this.#ensureNetwork(protocols.ip6 as Protocol, path);
    if (kind === 'ip option') this.#ensureNetwork(protocols.ip as Protocol, path);
    const { op } = optionKinds[kind];
    if ('base' in option) {
      const type = integerAt(option.base, path.at('base'), 0, 255);
      const [offset, bits] = [
        integerAt(option.offset, path.at('offset')),
        integerAt(option.len, path.at('len'), 8, 128),
      ];
      this.#push({ kind: 'exthdr', data: { dreg, type, offset: Math.floor(offset / 8), len: bytesFor(bits), op } });
      return { type: dataTypes.integer, bits, order: 'network' };
    }
    const known = this.#optionField(kind, option, path);
    if (known.field === undefined || present) {
      this.#push({ kind: 'exthdr', data: { dreg, type: known.type, offset: 0, len: 1, flags: 1, op } });
      return booleanPart;
    }
    const { field, start } = known;
    const offset = Math.floor(start / 8);
    const length = Math.ceil((start + field.bits) / 8) - offset;
    const shift = (offset + length) * 8 - start - field.bits;
    this.#push({ kind: 'exthdr', data: { dreg, type: known.type, offset, len: length, op } });
    if (shift === 0 && field.bits === length * 8) return { type: field.type, bits: field.bits, order: 'network' };
    this.#mask(dreg, length, ones(field.bits) << BigInt(shift), 0n, 'network');
    return { type: field.type, bits: length * 8 - shift, order: 'network', shift };
  }

  #optionField(kind: OptionKind, option: JsonObject, path: Path): { type: number; field?: Field; start: number } {
    const all = Object.fromEntries(optionKinds[kind].options.map((each) => [each.name, each]));
    const known = wordAt(option.name, all, kind, path.at('name'));
    if (option.field === undefined) return { type: known.type, start: 0 };
    const numbered = typeof option.field === 'string' ? /^(\w+)\[(\d{1,2})\]$/.exec(option.field) : null;
    const fields = Object.fromEntries(known.fields.map((field) => [field.name, field]));
    const field = wordAt(numbered?.[1] ?? option.field, fields, `field of ${known.name}`, path.at('field'));
    const which = numbered === null ? 0 : Number(numbered[2]) - 1;
    const behind = optional(option.offset, integerAt, path.at('offset')) ?? 0;
    if (which < 0) throw fault(path.at('field'), option.field, 'counts from 1');
    return { type: known.type, field, start: field.offset + (field.each ?? 0) * (which + behind) };
  }

  #loadHash(kind: 'jhash' | 'symhash', value: unknown, offset: number, path: Path): Operand {
    const hash = objectAt(value, path);
    checkKeys(hash, ['mod', 'offset', 'seed', 'expr'], path);
    const dreg = registerAt(offset);
    const modulus = integerAt(hash.mod, path.at('mod'), 1);
    const start = optional(hash.offset, integerAt, path.at('offset'));
    if (kind === 'symhash') {
      this.#push({ kind: 'hash', data: { dreg, modulus, ...(start !== undefined && { offset: start }), type: 1 } });
      return machineNumber;
    }
    const seed = optional(hash.seed, integerAt, path.at('seed'));
    const { length } = this.#loadKey(hash.expr, offset + REGISTER, path.at('expr'));
    this.#push({
      kind: 'hash',
      data: {
        sreg: registerAt(offset + REGISTER),
        dreg,
        len: length,
        modulus,
        ...(seed !== undefined && { seed }),
        ...(start !== undefined && { offset: start }),
        type: 0,
      },
    });
    return machineNumber;
  }

  /** Loads a key, one expression or several side by side. */
  #loadKey(json: unknown, offset: number, path: Path): { parts: Operand[]; length: number } {
    if (!isObject(json) || !('concat' in json)) {
      const operand = this.#load(json, offset, path);
      return { parts: [operand], length: bytesFor(operand.bits + (operand.shift ?? 0)) };
    }
    const parts: Operand[] = [];
    let at = offset;
    for (const [index, part] of listAt(json.concat, path.at('concat')).entries()) {
      const operand = this.#alignedPart(part, at, path.at('concat').at(index));
      parts.push(operand);
      at += Math.ceil(bytesFor(operand.bits) / 4) * 4;
      if (at > 4 * REGISTER) throw fault(path, json, 'is longer than 64 bytes');
    }
    if (parts.length === 0) throw fault(path, json, 'must have parts');
    return { parts, length: at - offset };
  }

  /** A part of a concatenation is at the lowest bit of its register. */
  #alignedPart(json: unknown, offset: number, path: Path): Operand {
    if (isObject(json) && '>>' in json && Array.isArray(json['>>'])) {
      // `nft` writes the shift that brings a field to the lowest bit.
      const [inner, by] = json['>>'];
      const operand = this.#load(inner, offset, path.at('>>').at(0));
      if (operand.shift !== undefined && operand.shift === by) return this.#shiftDown(operand, offset);
      return this.#shiftBy(operand, '>>', by, offset, path.at('>>').at(1));
    }
    const operand = this.#load(json, offset, path);
    return operand.shift ? this.#shiftDown(operand, offset) : operand;
  }

  #shiftDown(operand: Operand, offset: number): Operand {
    return this.#shiftBy(operand, '>>', operand.shift, offset, new Path(''));
  }

  #shiftBy(operand: Operand, op: '<<' | '>>', by: unknown, offset: number, path: Path): Operand {
    const bits = operand.bits + (operand.shift ?? 0);
    const amount = integerAt(by, path, 0, bits);
    const register = registerAt(offset);
    const length = bytesFor(bits);
    if (operand.order === 'network' && length > 1) this.#swap(register, length, 'ntoh');
    this.#push({
      kind: 'bitwise',
      data: {
        sreg: register,
        dreg: register,
        len: length,
        op: op === '<<' ? 1 : 2,
        data: { value: bytesOfNumber(BigInt(amount), 4, 'machine') },
      },
    });
    if (operand.order === 'network' && length > 1) this.#swap(register, length, 'hton');
    const { type, order } = operand;
    return { type, order, bits };
  }

  #swap(register: number, length: number, op: 'ntoh' | 'hton'): void {
    this.#push({
      kind: 'byteorder',
      data: { sreg: register, dreg: register, op: op === 'hton' ? 1 : 0, len: length, size: length },
    });
  }

  /** Computes with constants: what can be done with one mask and one xor is one expression. */
  #compute(json: unknown, offset: number, path: Path): Operand {
    const steps: { op: string; right: unknown; path: Path }[] = [];
    let inner: unknown = json;
    let at = path;
    while (isObject(inner)) {
      const [op, operands] = onlyEntry(inner, at);
      if (!['|', '^', '&', '<<', '>>'].includes(op)) break;
      const [left, right, ...more] = listAt(operands, at.at(op));
      if (right === undefined || more.length > 0) throw fault(at.at(op), operands, 'must have two sides');
      steps.unshift({ op, right, path: at.at(op).at(1) });
      inner = left;
      at = at.at(op).at(0);
    }
    let operand = this.#load(inner, offset, at);
    const register = registerAt(offset);
    const shift = operand.shift ?? 0;
    const width = operand.bits + shift;
    let mask = ones(width);
    let xor = 0n;
    const flush = () => {
      if (mask !== ones(width) || xor !== 0n) this.#mask(register, bytesFor(width), mask, xor, operand.order);
      mask = ones(width);
      xor = 0n;
    };
    for (const { op, right, path: where } of steps) {
      if (op === '<<' || op === '>>') {
        flush();
        operand = this.#shiftBy(operand, op, right, offset, where);
        continue;
      }
      const value = this.#oneValue(right, operand, where) << BigInt(shift);
      if (op === '&') [mask, xor] = [mask & value, xor & value];
      else if (op === '|') [mask, xor] = [mask & ~value & ones(width), (xor & ~value) | value];
      else xor ^= value;
    }
    flush();
    const { type, bits, order } = operand;
    return { type, bits, order, ...(operand.shift !== undefined && { shift: operand.shift }) };
  }

  #oneValue(json: unknown, part: PartType, path: Path): bigint {
    const constant = constantAt(json, part, path, this.#target);
    if (constant.range) throw fault(path, json, 'must be one value');
    return constant.low;
  }

  // -------------------------------------------------------------------------------------------------------- sets and maps

  /** Makes a set for this rule. */
  #anonymousSet(items: readonly Item[], key: readonly PartType[], data: DataKind, objType?: number): RuleSet {
    const intervals = haveRanges(items);
    const id = this.#target.nextId();
    const elements = elementsOf(items, key, { intervals, first: true, anonymous: true, merge: data === undefined });
    const dataRanges = items.some(({ dataIsRange }) => dataIsRange);
    const set: RuleSet = {
      attributes: {
        name: data === undefined ? '__set%d' : data.kind === 'object' ? '__objmap%d' : '__map%d',
        id,
        ...setAttributes({ key, data, intervals, dataRanges, objType }),
        flags: ANONYMOUS | CONSTANT | setFlags({ key, data, intervals }),
        desc: descOf(key, intervals, elements.length),
      },
      elements,
    };
    this.sets.push(set);
    return set;
  }

  #lookIn({ attributes }: RuleSet, sreg: number, inverted: boolean, dreg?: number): void {
    this.#push({
      kind: 'lookup',
      data: {
        set: attributes.name,
        setId: attributes.id,
        sreg,
        ...(dreg !== undefined && { dreg }),
        ...(inverted && { flags: 1 }),
      },
    });
  }

  /** A key is brought into the order in which a set of intervals wants it. */
  #inNetworkOrder(parts: readonly Operand[], offset: number): void {
    let at = offset;
    for (const part of parts) {
      const length = bytesFor(part.bits + (part.shift ?? 0));
      if (part.order === 'machine' && length > 1) this.#swap(registerAt(at), length, 'hton');
      at += Math.ceil(length / 4) * 4;
    }
  }

  /** Looks a key up that is in the registers from `offset` on. */
  #lookup(
    contents: unknown,
    parts: readonly Operand[],
    offset: number,
    data: DataKind | 'of the set',
    path: Path,
    how: { inverted?: boolean; dreg?: number; items?: Item[] },
  ): SetView {
    const sreg = registerAt(offset);
    const { inverted = false, dreg } = how;
    if (typeof contents === 'string') {
      const name = setName(contents, path);
      const view = this.#target.set(name);
      if (view?.intervals) this.#inNetworkOrder(parts, offset);
      this.#push({
        kind: 'lookup',
        data: { set: name, sreg, ...(dreg !== undefined && { dreg }), ...(inverted && { flags: 1 }) },
      });
      return view ?? { key: parts, data: undefined, intervals: false, dataRanges: false };
    }
    const kind = data === 'of the set' ? undefined : data;
    const items = how.items ?? itemsAt(setContents(contents, path), parts, kind, path.at('set'), this.#target);
    if (items.length === 0) throw fault(path, contents, 'must not be empty');
    if (haveRanges(items)) this.#inNetworkOrder(parts, offset);
    this.#lookIn(this.#anonymousSet(items, parts, kind), sreg, inverted, dreg);
    const dataRanges = items.some(({ dataIsRange }) => dataIsRange);
    return { key: parts, data: kind, intervals: haveRanges(items), dataRanges };
  }

  /** The value that a map gives for a key. */
  #loadMap(value: unknown, offset: number, path: Path, wanted?: PartType): Operand {
    const map = objectAt(value, path);
    checkKeys(map, ['key', 'data'], path);
    const { parts } = this.#loadKey(map.key, offset, path.at('key'));
    const guess = wanted === undefined ? undefined : this.#dataKind(map.data, wanted);
    const dreg = registerAt(offset);
    const view = this.#lookup(map.data, parts, offset, guess ?? 'of the set', path.at('data'), { dreg });
    const data = view.data?.kind === 'value' ? view.data.parts[0] : undefined;
    const part = data ?? wanted ?? machineNumber;
    return { type: part.type, bits: part.bits, order: part.order, data: view };
  }

  /** What the values of an anonymous map are: for an address also address and port. */
  #dataKind(contents: unknown, wanted: PartType): DataKind {
    const first = isObject(contents) && Array.isArray(contents.set) ? contents.set[0] : undefined;
    const sample = Array.isArray(first) ? first[1] : undefined;
    const parts = isObject(sample) && Array.isArray(sample.concat) ? sample.concat.length : 1;
    return { kind: 'value', parts: parts === 2 ? [wanted, port] : [wanted] };
  }

  // --------------------------------------------------------------------------------------------------------------- match

  match(value: unknown, path: Path): void {
    const { op, left, right, ...more } = objectAt(value, path);
    checkKeys(more, [], path);
    const operator = op === undefined ? undefined : stringAt(op, path.at('op'));
    if (operator !== undefined && !Object.hasOwn(operators, operator) && operator !== 'in' && operator !== '!')
      throw unknownWord(path.at('op'), operator, 'operator', [...Object.keys(operators), 'in', '!']);
    const rightPath = path.at('right');
    if (typeof right === 'boolean' && this.#matchPresence(left, right, operator ?? '==', path.at('left'))) return;
    const { parts } = this.#loadKey(left, 0, path.at('left'));
    const [operand] = parts as [Operand];
    if (parts.length > 1 || isSet(right)) this.#matchSet(parts, right, operator ?? '==', rightPath);
    else this.#matchOne(operand, operator, right, rightPath);
  }

  /** Whether an extension header, an option, a route is there. */
  #matchPresence(left: unknown, right: boolean, op: string, path: Path): boolean {
    if (!isObject(left)) return false;
    const [kind, value] = onlyEntry(left, path);
    if (kind === 'fib') {
      this.#loadFib(value, 1, path.at(kind), true);
      this.#compare(1, op, bytesOfNumber(right ? 1n : 0n, 4, 'machine'), path);
      return true;
    }
    if (Object.hasOwn(optionKinds, kind) && isObject(value) && value.field === undefined)
      this.#loadOption(kind as OptionKind, value, 1, path.at(kind), true);
    else return false;
    this.#compare(1, op, Uint8Array.of(right ? 1 : 0), path);
    return true;
  }

  #compare(sreg: number, op: string, bytes: Uint8Array, path: Path): void {
    const number = operators[op];
    if (number === undefined) throw fault(path, op, 'is an operator for flags');
    this.#push({ kind: 'cmp', data: { sreg, op: number, data: { value: bytes } } });
  }

  #matchSet(parts: readonly Operand[], right: unknown, op: string, path: Path): void {
    if (op !== '==' && op !== '!=' && op !== 'in') throw fault(path, op, 'cannot be asked of a set');
    const inverted = op === '!=';
    if (typeof right === 'string') {
      this.#lookup(right, parts, 0, undefined, path, { inverted });
      return;
    }
    const items =
      isObject(right) && 'concat' in right
        ? itemsAt([right], parts, undefined, path, this.#target)
        : itemsAt(setContents(right, path), parts, undefined, path.at('set'), this.#target);
    const [item] = items;
    const [only] = parts;
    if (
      parts.length === 1 &&
      only !== undefined &&
      items.length === 1 &&
      item?.key !== undefined &&
      item.details === undefined
    ) {
      // One element needs no set.
      this.#matchConstant(only, inverted ? '!=' : '==', item.key[0] as Constant, path);
      return;
    }
    this.#lookup(right, parts, 0, undefined, path, { inverted, items });
    const values = items.flatMap(({ key }) => (key === undefined ? [] : [Number(key[0]?.low)]));
    if (!inverted && only?.field?.name === 'type' && isIcmp(only.protocol)) this.#headers.icmpTypes = values;
  }

  #matchOne(operand: Operand, op: string | undefined, right: unknown, path: Path): void {
    if (isObject(right) && onlyEntry(right, path)[0] in nonConstants) throw fault(path, right, 'must be a constant');
    const constant = constantAt(right, operand, path, this.#target);
    const operator = op ?? (isFlags(operand.type) && !isObject(right) ? 'in' : '==');
    if (operator === 'in' || operator === '!') {
      const length = bytesFor(operand.bits + (operand.shift ?? 0));
      this.#mask(1, length, constant.low << BigInt(operand.shift ?? 0), 0n, operand.order);
      this.#compare(1, operator === 'in' ? '!=' : '==', new Uint8Array(length), path);
      return;
    }
    this.#matchConstant(operand, operator, constant, path);
  }

  /** Compares what is in register 1. */
  #matchConstant(operand: Operand, op: string, constant: Constant, path: Path): void {
    const equality = op === '==' || op === '!=';
    const shift = BigInt(operand.shift ?? 0);
    const bits = operand.bits + Number(shift);
    const length = bytesFor(bits);
    if (!constant.range) {
      const order = equality ? operand.order : this.#ordered(operand, length);
      const bytes = bytesOfNumber(constant.low << shift, length, order);
      this.#compare(1, op, bytes, path);
      const mergeable = op === '==' && operand.bytes !== undefined;
      this.#close(
        mergeable && operand.bytes ? { base: operand.bytes.base, offset: operand.bytes.offset, bytes } : undefined,
      );
      if (op === '==') this.#learn(operand, constant.low);
      return;
    }
    if (!equality) throw fault(path, op, 'cannot be asked of a range');
    if (constant.prefix !== undefined) return void this.#matchPrefix(operand, op, constant, length, path);
    const order = this.#ordered(operand, length);
    const [low, high] = [constant.low, constant.high].map((value) => bytesOfNumber(value << shift, length, order)) as [
      Uint8Array,
      Uint8Array,
    ];
    if (op === '==') {
      this.#compare(1, '>=', low, path);
      this.#compare(1, '<=', high, path);
    } else this.#push({ kind: 'range', data: { sreg: 1, op: 1, fromData: { value: low }, toData: { value: high } } });
  }

  /** Which of two is greater can be seen only in network order. */
  #ordered(operand: Operand, length: number): 'network' {
    if (operand.order === 'machine' && length > 1) this.#swap(1, length, 'hton');
    return 'network';
  }

  #matchPrefix(operand: Operand, op: string, constant: Constant, length: number, path: Path): void {
    const prefix = constant.prefix ?? 0;
    const bytes = bytesOfNumber(constant.low, length, 'network');
    const shorter = operand.type.form === 'name' || operand.bytes !== undefined || operand.of === 'ct';
    if (prefix % 8 === 0 && prefix > 0 && shorter) {
      const load = this.#out.at(-1);
      // Only so many bytes are loaded as are compared.
      if (operand.bytes !== undefined && load?.kind === 'payload')
        this.#out[this.#out.length - 1] = { ...load, data: { ...load.data, len: prefix / 8 } };
      this.#compare(1, op, bytes.subarray(0, prefix / 8), path);
      return;
    }
    this.#mask(1, length, ones(length * 8) ^ ones(length * 8 - prefix), 0n, 'network');
    this.#compare(1, op, bytes, path);
  }

  #learn(operand: Operand, value: bigint): void {
    const { protocol, field, key } = operand;
    if (key?.tells !== undefined) this.#headers.learn(protocolOfKey(key, value));
    if (protocol === undefined || field === undefined) return;
    this.#headers.learn(protocolAfter(protocol, field, value));
    if (field.name === 'type' && isIcmp(protocol)) this.#headers.icmpTypes = [Number(value)];
  }

  // ------------------------------------------------------------------------------------------------- values to be written

  /** Puts a value into the registers from `offset` on: a constant, or what has to be computed. */
  #valueInto(json: unknown, part: PartType, offset: number, path: Path): Operand {
    if (isImmediateJson(json) || Array.isArray(json) || (isObject(json) && isConstant(json))) {
      const value = this.#oneValue(json, part, path);
      this.#immediate(offset, keyBytes([part], [value]));
      return part;
    }
    const operand =
      isObject(json) && 'map' in json
        ? this.#loadMap(json.map, offset, path.at('map'), part)
        : this.#load(json, offset, path);
    const length = bytesFor(part.bits);
    if (operand.order !== part.order && length > 1 && operand.data === undefined)
      this.#swap(registerAt(offset), length, part.order === 'network' ? 'hton' : 'ntoh');
    return operand;
  }

  #immediate(offset: number, bytes: Uint8Array): void {
    this.#push({ kind: 'immediate', data: { dreg: registerAt(offset), data: { value: bytes } } });
  }

  mangle(value: unknown, path: Path): void {
    const { key, value: json, ...more } = objectAt(value, path);
    checkKeys(more, [], path);
    const [kind, target] = onlyEntry(key, path.at('key'));
    const at = path.at('key').at(kind);
    const valuePath = path.at('value');
    switch (kind) {
      case 'payload':
        this.#manglePayload(target, json, at, valuePath);
        return;
      case 'meta': {
        const known = wordAt(
          objectAt(target, at).key,
          Object.fromEntries(metaKeys.byName),
          'key of meta',
          at.at('key'),
        );
        this.#valueInto(json, known, 0, valuePath);
        this.#push({ kind: 'meta', data: { key: known.number, sreg: 1 } });
        return;
      }
      case 'ct': {
        const { key: name, dir } = objectAt(target, at);
        const known = wordAt(name, Object.fromEntries(ctKeys.byName), 'key of ct', at.at('key'));
        const direction =
          dir === undefined ? undefined : wordAt(dir, { original: 0, reply: 1 }, 'direction', at.at('dir'));
        this.#valueInto(json, known, 0, valuePath);
        this.#push({ kind: 'ct', data: { key: known.number, sreg: 1, ...(direction !== undefined && { direction }) } });
        return;
      }
      case 'tcp option': {
        const known = this.#optionField('tcp option', objectAt(target, at), at);
        if (known.field === undefined) throw fault(at, target, 'needs a field');
        const { field, start } = known;
        this.#valueInto(json, { type: field.type, bits: field.bits, order: 'network' }, 0, valuePath);
        this.#push({
          kind: 'exthdr',
          data: {
            sreg: 1,
            type: known.type,
            offset: start / 8,
            len: bytesFor(field.bits),
            op: optionKinds['tcp option'].op,
          },
        });
        return;
      }
      case 'ct helper':
        this.objectReference('ct helper', json, valuePath);
        return;
      default:
        throw unknownWord(path.at('key'), kind, 'thing to set', ['payload', 'meta', 'ct', 'tcp option']);
    }
  }

  #manglePayload(target: unknown, json: unknown, path: Path, valuePath: Path): void {
    const named = this.#field(target, path);
    if (named === undefined) {
      const { base, offset, len } = objectAt(target, path);
      const number = wordAt(
        base,
        Object.fromEntries(payloadBases.map((name, index) => [name, index])),
        'base',
        path.at('base'),
      );
      this.#writeBits(
        number,
        integerAt(offset, path.at('offset'), 0, 65_535 * 8),
        integerAt(len, path.at('len'), 1, 128),
        dataTypes.integer,
        undefined,
        undefined,
        json,
        valuePath,
      );
      return;
    }
    const { protocol, field } = named;
    this.#ensure(protocol, path);
    this.#ensureIcmpType(protocol, field);
    const start = this.#headers.startOf(protocol) + field.offset;
    this.#writeBits(
      payloadBases.indexOf(protocol.base),
      start,
      field.bits,
      field.type,
      protocol,
      field,
      json,
      valuePath,
    );
  }

  /** A checksum is of words of two bytes: what is not whole ones is read, changed and written back. */
  #writeBits(
    base: number,
    start: number,
    bits: number,
    type: DataType,
    protocol: Protocol | undefined,
    field: Field | undefined,
    json: unknown,
    valuePath: Path,
  ): void {
    const unit = protocol?.checksum === undefined ? 8 : 16;
    const first = Math.floor(start / unit) * unit;
    const last = Math.ceil((start + bits) / unit) * unit;
    const length = (last - first) / 8;
    const where = { base, offset: first / 8, len: length };
    const part: PartType = { type, bits, order: 'network' };
    if (first === start && last === start + bits) this.#valueInto(json, part, 0, valuePath);
    else {
      if (!isImmediateJson(json) && !(isObject(json) && isConstant(json)) && !Array.isArray(json))
        throw fault(valuePath, json, 'must be a constant: the field is a part of a byte or word');
      const shift = BigInt(last - start - bits);
      const value = this.#oneValue(json, part, valuePath) << shift;
      this.#push({ kind: 'payload', data: { dreg: 1, ...where } });
      this.#mask(1, length, ones(length * 8) ^ (ones(bits) << shift), value, 'network');
    }
    const sctp = protocol?.name === 'sctp';
    const pseudo = field !== undefined && protocol?.base === 'nh' && pseudoHeader.includes(field.name);
    this.#push({
      kind: 'payload',
      data: {
        sreg: 1,
        ...where,
        csumType: sctp ? 2 : protocol?.checksum === undefined ? 0 : 1,
        csumOffset: sctp ? 8 : (protocol?.checksum ?? 0),
        csumFlags: pseudo ? 1 : 0,
      },
    });
  }

  // ----------------------------------------------------------------------------------------------------- other statements

  vmap(value: unknown, path: Path): void {
    const { key, data, ...more } = objectAt(value, path);
    checkKeys(more, [], path);
    const { parts } = this.#loadKey(key, 0, path.at('key'));
    this.#lookup(data, parts, 0, { kind: 'verdict' }, path.at('data'), { dreg: 0 });
  }

  /** `counter`, `limit`, … of the rule itself, or an object by its name. */
  measured(kind: string, value: unknown, path: Path): void {
    if (typeof value === 'string' || (isObject(value) && 'map' in value)) {
      this.objectReference(kind, value, path);
      return;
    }
    const expression = readStateful(kind, value, path);
    if (expression !== undefined) this.#push(expression);
  }

  objectReference(kind: string, value: unknown, path: Path): void {
    const immType = objectNumbers[kind] as number;
    if (typeof value === 'string') {
      this.#push({ kind: 'objref', data: { immType, immName: nameAt(value, path) } });
      return;
    }
    const map = objectAt(objectAt(value, path).map, path.at('map'));
    const at = path.at('map');
    const { parts } = this.#loadKey(map.key, 0, at.at('key'));
    if (typeof map.data === 'string') {
      this.#push({ kind: 'objref', data: { setSreg: 1, setName: setName(map.data, at.at('data')) } });
      return;
    }
    const items = itemsAt(
      setContents(map.data, at.at('data')),
      parts,
      { kind: 'object' },
      at.at('data').at('set'),
      this.#target,
    );
    if (haveRanges(items)) this.#inNetworkOrder(parts, 0);
    const { attributes } = this.#anonymousSet(items, parts, { kind: 'object' }, immType);
    this.#push({ kind: 'objref', data: { setSreg: 1, setName: attributes.name, setId: attributes.id } });
  }

  limitless(expression: NftExpressionInput): void {
    this.#push(expression);
  }

  reject(value: unknown, path: Path): void {
    const { type, expr, ...more } = value === null ? ({} as JsonObject) : objectAt(value, path);
    checkKeys(more, [], path);
    const { family } = this.#target;
    const network = family === 'ip' || family === 'ip6' ? family : this.#headers.network?.name;
    const usual = network === 'ip' ? 'icmp' : network === 'ip6' ? 'icmpv6' : 'icmpx';
    const word = type === undefined ? usual : stringAt(type, path.at('type'));
    if (word === 'tcp reset') {
      this.#ensureTransport(protocols.tcp as Protocol, path);
      this.#push({ kind: 'reject', data: { type: 1, icmpCode: 0 } });
      return;
    }
    const codes = wordAt(word, rejectCodes, 'way to reject', path.at('type'));
    const code =
      expr === undefined
        ? codes.usual
        : this.#oneValue(expr, { type: codes.type, bits: 8, order: 'network' }, path.at('expr'));
    if (word !== 'icmpx' && isMixed(family))
      this.#ensureNetwork(protocols[word === 'icmp' ? 'ip' : 'ip6'] as Protocol, path);
    this.#push({ kind: 'reject', data: { type: word === 'icmpx' ? 2 : 0, icmpCode: Number(code) } });
  }

  log(value: unknown, path: Path): void {
    const log = value === null ? ({} as JsonObject) : objectAt(value, path);
    checkKeys(log, ['prefix', 'group', 'snaplen', 'queue-threshold', 'level', 'flags'], path);
    const group = optional(log.group, (each, at) => integerAt(each, at, 0, 65_535), path.at('group'));
    const snaplen = optional(log.snaplen, integerAt, path.at('snaplen'));
    const qthreshold = optional(
      log['queue-threshold'],
      (each, at) => integerAt(each, at, 0, 65_535),
      path.at('queue-threshold'),
    );
    const all = log.flags === 'all' || (Array.isArray(log.flags) && log.flags.includes('all'));
    const flags = all
      ? Object.values(logFlags).reduce((a, b) => a | b, 0)
      : flagsAt(log.flags, logFlags, 'flag', path.at('flags'));
    const prefix = optional(log.prefix, stringAt, path.at('prefix'));
    if (prefix !== undefined && prefix.length > 127)
      throw fault(path.at('prefix'), prefix, 'must have at most 127 letters');
    const level = optional(log.level, (each, at) => wordAt(each, logLevels, 'level', at), path.at('level'));
    this.#push({
      kind: 'log',
      data: {
        ...(prefix !== undefined && { prefix }),
        ...(group !== undefined && { group }),
        ...(snaplen !== undefined && { snaplen }),
        ...(qthreshold !== undefined && { qthreshold }),
        ...(level !== undefined && { level }),
        ...(flags !== 0 && { flags }),
      },
    });
  }

  nat(kind: 'snat' | 'dnat', value: unknown, path: Path): void {
    const nat = objectAt(value, path);
    checkKeys(nat, ['family', 'addr', 'port', 'flags', 'type_flags'], path);
    const { family } = this.#target;
    const given = optional(nat.family, (each, at) => wordAt(each, natFamilies, 'family', at), path.at('family'));
    const number = given ?? (family === 'ip' ? 2 : family === 'ip6' ? 10 : this.#familyOfAddress(nat.addr));
    const part = number === 10 ? address6 : address4;
    const registers: Record<string, number> = {};
    let next = 0;
    if (nat.addr !== undefined)
      next = this.#ends(nat.addr, part, next, registers, ['regAddrMin', 'regAddrMax'], path.at('addr'));
    const flags = this.#ports(nat, next, registers, path);
    const prefixes =
      nat.type_flags === 'prefix' || (Array.isArray(nat.type_flags) && nat.type_flags.includes('prefix'));
    const all = flags | (prefixes ? NAT_NETMAP : 0);
    this.#push({
      kind: 'nat',
      data: { type: kind === 'snat' ? 0 : 1, family: number, ...registers, ...(all !== 0 && { flags: all }) },
    });
  }

  #familyOfAddress(addr: unknown): number {
    const network = this.#headers.network?.name;
    if (addr === undefined) return 1;
    if (typeof addr === 'string') return addr.includes(':') ? 10 : 2;
    return network === 'ip6' ? 10 : 2;
  }

  redirect(kind: 'masquerade' | 'redirect', value: unknown, path: Path): void {
    const nat = value === null ? ({} as JsonObject) : objectAt(value, path);
    checkKeys(nat, ['port', 'flags'], path);
    const registers: Record<string, number> = {};
    const flags = this.#ports(nat, 0, registers, path);
    this.#push({
      kind: kind === 'masquerade' ? 'masq' : 'redir',
      data: { ...registers, ...(flags !== 0 && { flags }) },
    });
  }

  #ports(nat: JsonObject, offset: number, registers: Record<string, number>, path: Path): number {
    const flags = flagsAt(nat.flags, natFlags, 'flag', path.at('flags'));
    if (nat.port === undefined) return flags;
    this.#ends(nat.port, port, offset, registers, ['regProtoMin', 'regProtoMax'], path.at('port'));
    return flags | NAT_PROTO_SPECIFIED;
  }

  /** One value or the ends of a range, each in a register of its own, from `offset` on; gives where the next one is free. */
  #ends(
    json: unknown,
    part: PartType,
    offset: number,
    registers: Record<string, number>,
    names: readonly [string, string],
    path: Path,
  ): number {
    if (isObject(json) && (isConstant(json) || 'range' in json || 'prefix' in json)) {
      const { low, high, range } = constantAt(json, part, path, this.#target);
      this.#immediate(offset, keyBytes([part], [low]));
      registers[names[0]] = registerAt(offset);
      if (!range) return offset + REGISTER;
      this.#immediate(offset + REGISTER, keyBytes([part], [high]));
      registers[names[1]] = registerAt(offset + REGISTER);
      return offset + 2 * REGISTER;
    }
    const operand = this.#valueInto(json, part, offset, path);
    registers[names[0]] = registerAt(offset);
    const data = operand.data;
    const behind = registerAt(offset + Math.ceil(bytesFor(part.bits) / 4) * 4);
    if (data?.dataRanges) registers[names[1]] = behind;
    if (data?.data?.kind === 'value' && data.data.parts.length > 1) registers.regProtoMin = behind;
    return offset + REGISTER;
  }

  duplicate(value: unknown, path: Path): void {
    const { addr, dev, ...more } = objectAt(value, path);
    checkKeys(more, [], path);
    if (this.#target.family === 'netdev') {
      this.#valueInto(addr ?? dev, link, 0, path.at(addr === undefined ? 'dev' : 'addr'));
      this.#push({ kind: 'dup', data: { sregDev: 1 } });
      return;
    }
    this.#valueInto(addr, this.#target.family === 'ip6' ? address6 : address4, 0, path.at('addr'));
    if (dev !== undefined) this.#valueInto(dev, link, REGISTER, path.at('dev'));
    this.#push({ kind: 'dup', data: { sregAddr: 1, ...(dev !== undefined && { sregDev: 2 }) } });
  }

  forward(value: unknown, path: Path): void {
    const { dev, family, addr, ...more } = objectAt(value, path);
    checkKeys(more, [], path);
    this.#valueInto(dev, link, 0, path.at('dev'));
    if (addr === undefined) {
      this.#push({ kind: 'fwd', data: { sregDev: 1 } });
      return;
    }
    const number = wordAt(family, natFamilies, 'family', path.at('family'));
    this.#valueInto(addr, number === 10 ? address6 : address4, REGISTER, path.at('addr'));
    this.#push({ kind: 'fwd', data: { sregDev: 1, sregAddr: 2, nfproto: number } });
  }

  tproxy(value: unknown, path: Path): void {
    const { family, addr, port: to, ...more } = objectAt(value, path);
    checkKeys(more, [], path);
    const table = this.#target.family;
    const given = optional(family, (each, at) => wordAt(each, natFamilies, 'family', at), path.at('family'));
    const number = given ?? (table === 'ip' ? 2 : table === 'ip6' ? 10 : 0);
    let offset = 0;
    const registers: Record<string, number> = {};
    if (addr !== undefined) {
      this.#valueInto(addr, number === 10 ? address6 : address4, offset, path.at('addr'));
      registers.regAddr = registerAt(offset);
      offset += REGISTER;
    }
    if (to !== undefined) {
      this.#valueInto(to, port, offset, path.at('port'));
      registers.regPort = registerAt(offset);
    }
    this.#push({ kind: 'tproxy', data: { family: number, ...registers } });
  }

  queue(value: unknown, path: Path): void {
    const { num, flags, ...more } = value === null ? ({} as JsonObject) : objectAt(value, path);
    checkKeys(more, [], path);
    const bits = flagsAt(flags, queueFlags, 'flag', path.at('flags'));
    const number = { type: dataTypes.integer, bits: 16, order: 'machine' } as const;
    if (isObject(num) && !('range' in num)) {
      // What counts or hashes is in the machine's order already, and so are the values of a map.
      if ('map' in num) this.#valueInto(num, number, 0, path.at('num'));
      else this.#load(num, 0, path.at('num'));
      this.#push({ kind: 'queue', data: { sregQnum: 1, ...(bits !== 0 && { flags: bits }) } });
      return;
    }
    const { low, high } =
      num === undefined ? { low: 0n, high: 0n } : constantAt(num, number, path.at('num'), this.#target);
    const total = Number(high - low) + 1;
    this.#push({ kind: 'queue', data: { num: Number(low), total, ...(bits !== 0 && { flags: bits }) } });
  }

  /** `set` and `map`: rules add to a set what they see. */
  dynamic(value: unknown, path: Path, into: 'set' | 'map'): void {
    const statement = objectAt(value, path);
    checkKeys(statement, into === 'set' ? ['op', 'elem', 'set', 'stmt'] : ['op', 'elem', 'data', 'map', 'stmt'], path);
    const name = setName(statement[into], path.at(into));
    const view = this.#target.set(name);
    this.#target.addsTo?.(name);
    const timeout = this.#elementKey(statement.elem, path.at('elem'));
    const op = wordAt(statement.op, { add: 0, update: 1, delete: 2 }, 'operation', path.at('op'));
    let sregData: number | undefined;
    if (into === 'map') {
      const part = view?.data?.kind === 'value' ? (view.data.parts[0] ?? machineNumber) : machineNumber;
      this.#valueInto(statement.data, part, REGISTER, path.at('data'));
      sregData = registerAt(REGISTER);
    }
    this.#dynset({ setName: name }, op, timeout, statement.stmt, sregData, path);
  }

  #elementKey(json: unknown, path: Path): bigint | undefined {
    if (!isObject(json) || !('elem' in json)) {
      this.#loadKey(json, 0, path);
      return undefined;
    }
    const elem = objectAt(json.elem, path.at('elem'));
    checkKeys(elem, ['val', 'timeout'], path.at('elem'));
    this.#loadKey(elem.val, 0, path.at('elem').at('val'));
    const seconds = optional(elem.timeout, integerAt, path.at('elem').at('timeout'));
    return seconds === undefined ? undefined : BigInt(seconds) * 1000n;
  }

  #dynset(
    set: { setName: string | undefined; setId?: number | undefined },
    op: number,
    timeout: bigint | undefined,
    stmt: unknown,
    sregData: number | undefined,
    path: Path,
  ): void {
    const expressions = (stmt === undefined ? [] : oneOrMoreAt(stmt)).map((each, index) => {
      const at = path.at('stmt').at(index);
      const [kind, value] = onlyEntry(each, at);
      const expression = readStateful(kind, value, at.at(kind));
      if (expression === undefined)
        throw unknownWord(at, kind, 'statement for an element', ['counter', 'limit', 'quota', 'ct count', 'last']);
      return expression;
    });
    const [first] = expressions;
    this.#push({
      kind: 'dynset',
      data: {
        ...set,
        op,
        sregKey: 1,
        ...(sregData !== undefined && { sregData }),
        ...(timeout !== undefined && { timeout }),
        ...(expressions.length === 1 && first !== undefined && { expr: first }),
        ...(expressions.length > 1 && { expressions, flags: 2 }),
      },
    });
  }

  meter(value: unknown, path: Path): void {
    const meter = objectAt(value, path);
    checkKeys(meter, ['name', 'key', 'size', 'stmt'], path);
    const name = nameAt(meter.name, path.at('name'));
    const before = this.#out.length;
    const key = isObject(meter.key) && isObject(meter.key.elem) ? meter.key.elem.val : meter.key;
    const keyPath = path.at('key');
    const { parts } = this.#loadKey(key, 0, keyPath);
    this.#out.length = before;
    const timeout = this.#elementKey(meter.key, keyPath);
    const size = optional(meter.size, integerAt, path.at('size'));
    const id = this.#target.nextId();
    this.sets.push({
      attributes: {
        name,
        id,
        ...setAttributes({ key: parts, data: undefined, intervals: false, dataRanges: false }),
        flags: ANONYMOUS | DYNAMIC | (timeout === undefined ? 0 : TIMEOUT),
        ...(size !== undefined && { desc: { size } }),
      },
      elements: [],
    });
    this.#dynset({ setName: name, setId: id }, timeout === undefined ? 0 : 1, timeout, meter.stmt, undefined, path);
  }

  synproxy(value: unknown, path: Path): void {
    if (typeof value === 'string' || (isObject(value) && 'map' in value)) {
      this.objectReference('synproxy', value, path);
      return;
    }
    this.#push({ kind: 'synproxy', data: readSynproxy(value, path) });
  }

  reset(value: unknown, path: Path): void {
    const [kind, option] = onlyEntry(value, path);
    if (kind !== 'tcp option') throw unknownWord(path, kind, 'thing to reset', ['tcp option']);
    const { type } = this.#optionField('tcp option', objectAt(option, path.at(kind)), path.at(kind));
    this.#push({ kind: 'exthdr', data: { type, op: optionKinds['tcp option'].op } });
  }

  /** What was kept because there were no words for it. */
  unknown(value: unknown, path: Path): void {
    const { expressions, sets, compat } = objectAt(value, path);
    if (compat !== undefined) {
      const { proto = 0, flags = 0 } = objectAt(compat, path.at('compat'));
      const at = path.at('compat');
      this.compat = { proto: integerAt(proto, at.at('proto')), flags: integerAt(flags, at.at('flags')) };
    }
    for (const [index, each] of (sets === undefined ? [] : listAt(sets, path.at('sets'))).entries()) {
      const at = path.at('sets').at(index);
      const { set, elements } = objectAt(each, at);
      const attributes = {
        ...objectAt(fromPlain(set), at.at('set')),
        id: this.#target.nextId(),
      } as RuleSet['attributes'];
      this.sets.push({
        attributes,
        elements: listAt(fromPlain(elements), at.at('elements')) as NftElementInput[],
      });
    }
    for (const [index, each] of listAt(expressions, path.at('expressions')).entries()) {
      const at = path.at('expressions').at(index);
      const expression = objectAt(fromPlain(each), at);
      const data = isObject(expression.data) ? expression.data : {};
      const name = data.set ?? data.setName;
      const own = this.sets.find(({ attributes }) => attributes.name === name);
      const known = own === undefined ? expression : { ...expression, data: { ...data, setId: own.attributes.id } };
      this.#push(known as unknown as NftExpressionInput);
    }
  }
}

type Write = (writer: RuleWriter, value: unknown, path: Path) => void;

/** How each kind of statement is written. */
const statements: Readonly<Record<string, Write>> = {
  match: (writer, value, path) => writer.match(value, path),
  counter: (writer, value, path) => writer.measured('counter', value, path),
  limit: (writer, value, path) => writer.measured('limit', value, path),
  quota: (writer, value, path) => writer.measured('quota', value, path),
  'ct count': (writer, value, path) => writer.measured('ct count', value, path),
  last: (writer, value, path) => writer.measured('last', value, path),
  mangle: (writer, value, path) => writer.mangle(value, path),
  vmap: (writer, value, path) => writer.vmap(value, path),
  notrack: (writer) => writer.limitless({ kind: 'notrack', data: {} }),
  reject: (writer, value, path) => writer.reject(value, path),
  log: (writer, value, path) => writer.log(value, path),
  snat: (writer, value, path) => writer.nat('snat', value, path),
  dnat: (writer, value, path) => writer.nat('dnat', value, path),
  masquerade: (writer, value, path) => writer.redirect('masquerade', value, path),
  redirect: (writer, value, path) => writer.redirect('redirect', value, path),
  dup: (writer, value, path) => writer.duplicate(value, path),
  fwd: (writer, value, path) => writer.forward(value, path),
  tproxy: (writer, value, path) => writer.tproxy(value, path),
  queue: (writer, value, path) => writer.queue(value, path),
  set: (writer, value, path) => writer.dynamic(value, path, 'set'),
  map: (writer, value, path) => writer.dynamic(value, path, 'map'),
  meter: (writer, value, path) => writer.meter(value, path),
  synproxy: (writer, value, path) => writer.synproxy(value, path),
  reset: (writer, value, path) => writer.reset(value, path),
  'ct helper': (writer, value, path) => writer.objectReference('ct helper', value, path),
  'ct timeout': (writer, value, path) => writer.objectReference('ct timeout', value, path),
  'ct expectation': (writer, value, path) => writer.objectReference('ct expectation', value, path),
  secmark: (writer, value, path) => writer.objectReference('secmark', value, path),
  flow: (writer, value, path) => {
    const { flowtable } = objectAt(value, path);
    const tableName = setName(flowtable, path.at('flowtable'));
    writer.limitless({ kind: 'flow_offload', data: { tableName } });
  },
  unknown: (writer, value, path) => writer.unknown(value, path),
};

const expressionWords = [
  'payload',
  'meta',
  'ct',
  'rt',
  'socket',
  'ipsec',
  'osf',
  'fib',
  'numgen',
  'jhash',
  'symhash',
  'map',
  'concat',
  ...Object.keys(optionKinds),
];

const machineNumber = { type: dataTypes.integer, bits: 32, order: 'machine' } as const satisfies PartType;
const link = { type: dataTypes.iface_index, bits: 32, order: 'machine' } as const satisfies PartType;
const port = { type: dataTypes.inet_service, bits: 16, order: 'network' } as const satisfies PartType;
const address4 = { type: dataTypes.ipv4_addr, bits: 32, order: 'network' } as const satisfies PartType;
const address6 = { type: dataTypes.ipv6_addr, bits: 128, order: 'network' } as const satisfies PartType;

const natFamilies = { ip: 2, ip6: 10 } as const;

const rejectCodes = {
  icmp: { type: dataTypes.icmp_code, usual: 3n },
  icmpv6: { type: dataTypes.icmpv6_code, usual: 4n },
  icmpx: { type: dataTypes.icmpx_code, usual: 1n },
} as const;

/** Fields of IP headers that the checksums of TCP and UDP are over. */
const pseudoHeader: readonly string[] = ['saddr', 'daddr', 'protocol', 'nexthdr', 'length'];

const logLevels = { emerg: 0, alert: 1, crit: 2, err: 3, warn: 4, notice: 5, info: 6, debug: 7, audit: 8 } as const;

const nonConstants: Readonly<Record<string, true>> = Object.fromEntries(
  ['payload', 'meta', 'ct', 'rt', 'socket', 'ipsec', 'fib', 'numgen', 'jhash', 'symhash', 'map'].map((word) => [
    word,
    true,
  ]),
);

/** A synproxy, of a rule or an object. */
export function readSynproxy(value: unknown, path: Path) {
  const synproxy = value === null ? ({} as JsonObject) : objectAt(value, path);
  const mss = optional(synproxy.mss, (each, at) => integerAt(each, at, 0, 65_535), path.at('mss'));
  const wscale = optional(synproxy.wscale, (each, at) => integerAt(each, at, 0, 14), path.at('wscale'));
  const flags = flagsAt(synproxy.flags, synproxyFlags, 'flag', path.at('flags'));
  return {
    mss: mss ?? 0,
    wscale: wscale ?? 0,
    flags: flags | (mss === undefined ? 0 : SYNPROXY_MSS) | (wscale === undefined ? 0 : SYNPROXY_WSCALE),
  };
}

function equals(sreg: number, value: Uint8Array): NftExpressionInput {
  return { kind: 'cmp', data: { sreg, op: 0, data: { value } } };
}

function etherType(name: string): bigint {
  return { ip: 0x0800n, arp: 0x0806n, ip6: 0x86ddn, vlan: 0x8100n }[name] ?? 0n;
}

function isIcmp(protocol: Protocol | undefined): boolean {
  return protocol?.name === 'icmp' || protocol?.name === 'icmpv6';
}

function pointItem(value: bigint): Item {
  return { key: [{ low: value, high: value, range: false }], index: 0, path: new Path(''), details: undefined };
}

function isConstant(json: JsonObject): boolean {
  const [kind, value] = Object.entries(json)[0] ?? [];
  if (kind === 'range' || kind === 'prefix') return true;
  if (kind === undefined || !['|', '&', '^', '<<', '>>'].includes(kind) || !Array.isArray(value)) return false;
  return value.every((each) => isImmediateJson(each) || (isObject(each) && isConstant(each)));
}

function isSet(json: unknown): boolean {
  return (typeof json === 'string' && json.startsWith('@')) || (isObject(json) && 'set' in json);
}

/** The name behind the `@`. */
function setName(json: unknown, path: Path): string {
  const text = stringAt(json, path);
  if (!text.startsWith('@')) throw fault(path, json, 'must be the name of a set with @ before it');
  return nameAt(text.slice(1), path);
}

function setContents(json: unknown, path: Path): unknown {
  const { set, ...more } = objectAt(json, path);
  checkKeys(more, [], path);
  if (set === undefined) throw fault(path, json, 'must be { "set": [...] } or the name of a set');
  return set;
}

/** Types and lengths of a set, as far as they follow from its key and data. */
export function setAttributes(set: {
  key: readonly PartType[];
  data: DataKind;
  intervals: boolean;
  dataRanges: boolean;
  objType?: number | undefined;
}): Pick<RuleSet['attributes'], 'keyType' | 'keyLen' | 'dataType' | 'dataLen' | 'objType' | 'userdata'> {
  const { key, data, objType, dataRanges } = set;
  const value = data?.kind === 'value' ? data.parts : undefined;
  const dataLen = value === undefined ? undefined : lengthOf(value) * (dataRanges ? 2 : 1);
  return {
    keyType: numberOfDataTypes(key.map(({ type }) => type)),
    keyLen: lengthOf(key),
    ...(data?.kind === 'verdict' && { dataType: NFT_DATA_VERDICT, dataLen: 0 }),
    ...(value !== undefined && { dataType: numberOfDataTypes(value.map(({ type }) => type)), dataLen }),
    ...(objType !== undefined && { objType }),
    userdata: {
      keyByteorder: byteorderOf(key),
      ...(data !== undefined && { dataByteorder: value === undefined ? 0 : byteorderOf(value) }),
      mergeElements: 0,
      ...(dataRanges && { dataInterval: 1 }),
    },
  };
}

/** What the kernel says of a set, as rules that look into it need it. */
export function setViewOf(set: NftSetMessage): SetView {
  const { flags = 0, dataType } = set.attributes;
  const data: DataKind =
    (flags & OBJECTS) !== 0
      ? { kind: 'object' }
      : (flags & MAP) === 0
        ? undefined
        : dataType === NFT_DATA_VERDICT
          ? { kind: 'verdict' }
          : { kind: 'value', parts: dataParts(set) };
  const intervals = (flags & INTERVAL) !== 0;
  return { key: keyParts(set), data, intervals, dataRanges: set.attributes.userdata?.dataInterval === 1 };
}

function byteorderOf(parts: readonly PartType[]): number {
  const [only] = parts;
  if (parts.length !== 1 || only === undefined) return 0;
  return byteorders[only.type.form === 'name' ? 'machine' : only.order];
}

function lengthOf(parts: readonly PartType[]): number {
  const lengths = parts.map((part) => bytesFor(part.bits + (part.shift ?? 0)));
  const [only] = lengths;
  if (lengths.length === 1) return only as number;
  return lengths.reduce((sum, length) => sum + Math.ceil(length / 4) * 4, 0);
}

/** Bits that follow from what a set is. */
export function setFlags({
  key,
  data,
  intervals,
}: {
  key: readonly PartType[];
  data: DataKind;
  intervals: boolean;
}): number {
  return (
    (intervals ? INTERVAL | (key.length > 1 ? CONCAT : 0) : 0) |
    (data === undefined ? 0 : data.kind === 'object' ? OBJECTS : MAP)
  );
}

/** How large a set may become, and of what lengths the parts of its keys are, which the kernel must know for ranges of them. */
export function descOf(key: readonly PartType[], intervals: boolean, size: number | undefined) {
  const concat = intervals && key.length > 1 ? key.map(({ bits }) => ({ len: bytesFor(bits) })) : undefined;
  if (concat === undefined && size === undefined) return undefined;
  return { ...(size !== undefined && { size }), ...(concat !== undefined && { concat }) };
}

/** Comparisons of bytes that are side by side are one, as long as the machine does not compare faster one by one. */
function joinNeighbours(units: readonly Unit[]): Unit[] {
  const result: Unit[] = [];
  let run: Unit[] = [];
  const end = () => {
    result.push(...joinRun(run));
    run = [];
  };
  for (const unit of units) {
    if (unit.equal !== undefined) run.push(unit);
    else {
      end();
      result.push(unit);
    }
  }
  end();
  return result;
}

function joinRun(run: readonly Unit[]): Unit[] {
  if (run.length < 2) return [...run];
  const sorted = [...run].sort(
    (a, b) => (a.equal?.base ?? 0) - (b.equal?.base ?? 0) || (a.equal?.offset ?? 0) - (b.equal?.offset ?? 0),
  );
  const gone = new Set<Unit>();
  const joined = new Map<Unit, Unit>();
  let first = sorted[0] as Unit;
  let current = first.equal as NonNullable<Unit['equal']>;
  for (const unit of sorted.slice(1)) {
    const next = unit.equal as NonNullable<Unit['equal']>;
    const touches = next.base === current.base && next.offset === current.offset + current.bytes.length;
    const together = current.bytes.length + next.bytes.length;
    if (touches && together <= REGISTER && current.bytes.length % 4 !== 0) {
      const bytes = new Uint8Array(together);
      bytes.set(current.bytes);
      bytes.set(next.bytes, current.bytes.length);
      current = { ...current, bytes };
      gone.add(unit);
      const { base, offset } = current;
      joined.set(first, {
        expressions: [{ kind: 'payload', data: { dreg: 1, base, offset, len: together } }, equals(1, bytes)],
      });
    } else {
      first = unit;
      current = next;
    }
  }
  return run.filter((unit) => !gone.has(unit)).map((unit) => joined.get(unit) ?? unit);
}
