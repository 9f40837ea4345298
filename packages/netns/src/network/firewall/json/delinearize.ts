import type { NftExpression } from '../../../netlink/families/netfilter/expressions.ts';
import type { NftElement } from '../../../netlink/families/netfilter/nft-elements.ts';
import { nftObjectTypes } from '../../../netlink/families/netfilter/nft-object.ts';
import type { NftSetMessage } from '../../../netlink/families/netfilter/nft-set.ts';
import { bytesFor, numberOfBytes, ones, prefixOfMask, runOfOnes, trailingZeros } from './bits.ts';
import { booleanPart, type DataType, dataTypes, dataTypesOfNumber } from './datatypes.ts';
import { type PartType, showElements, showPart, showStateful, showTemplate, showVerdict } from './elements-show.ts';
import { type Family, type Found, Headers, isMixed, protocolAfter, protocolOfKey } from './headers.ts';
import { ctKeys, fibResults, ipsecKeys, type Key, type Keys, metaKeys, rtKeys, socketKeys } from './keys.ts';
import { type OptionKind, optionKinds, type PayloadBase, payloadBases } from './protocols.ts';
import { Registers } from './registers.ts';
import type { Expression, LogStatement, MatchOperator, NatStatement, Statement } from './schema.ts';
import { ANONYMOUS } from './set-flags.ts';
import { bitsOf, orderOf, type Term } from './terms.ts';
import {
  logFlags,
  NAT_NETMAP,
  natFlags,
  oneOrMore,
  queueFlags,
  SYNPROXY_MSS,
  SYNPROXY_WSCALE,
  synproxyFlags,
  wordsOfBits,
} from './units.ts';
import { unknownStatement } from './unknown.ts';
import { flagsOf, isFlags, type JsonContext, jsonNumber, showNamePrefix, showValue } from './values.ts';

/** The table that a rule is in. */
export interface RuleContext extends JsonContext {
  readonly family: Family;
  /** Its sets by name. */
  readonly sets: ReadonlyMap<string, NftSetMessage>;
  /** What is in its sets; asked only of the anonymous ones. */
  readonly elements: (set: NftSetMessage) => readonly NftElement[];
}

/** What the schema has no words for; the rule is then kept as it is. */
class NoWords extends Error {}

/**
 * The statements that expressions of a rule mean, as `nft -j list ruleset` writes them. Those that only say which protocol a later one is
 * about are left out, as `nft` does. What the schema has no words for is kept: see {@link unknownStatement}.
 */
export function statementsOf(expressions: readonly NftExpression[], context: RuleContext): Statement[] {
  try {
    const reader = new RuleReader(context);
    for (const expression of expressions) reader.read(expression);
    return reader.statements();
  } catch (error) {
    if (!(error instanceof NoWords)) throw error;
    return [unknownStatement(error.message, expressions, context)];
  }
}

/** Layers of a packet at which a match can say which protocol there is. */
type Layer = 'll' | 'nh' | 'th';

/** A statement that may be left out, if a later one says the same. */
interface Dependency {
  readonly output: Output;
  readonly found: Found | undefined;
  readonly key: Key | undefined;
  readonly value: bigint;
}

interface Output {
  statement: Statement;
  /** It is left out. */
  left?: boolean;
}

/** A term in the words of JSON. */
interface Described {
  readonly json: Expression;
  readonly part: PartType;
  readonly found?: Found;
}

class RuleReader {
  readonly #context: RuleContext;
  readonly #headers: Headers;
  readonly #registers = new Registers<Term>();
  readonly #outputs: Output[] = [];
  readonly #dependencies = new Map<Layer, Dependency>();

  constructor(context: RuleContext) {
    this.#context = context;
    this.#headers = new Headers(context.family);
  }

  statements(): Statement[] {
    return this.#outputs.filter(({ left }) => !left).map(({ statement }) => statement);
  }

  read(expression: NftExpression): void {
    switch (expression.kind) {
      case 'cmp':
        this.#compare(expression.data ?? {});
        break;
      case 'meta':
        this.#keyed('meta', metaKeys, expression.data ?? {});
        break;
      case 'ct':
        this.#keyed('ct', ctKeys, expression.data ?? {});
        break;
      case 'payload':
        this.#payload(expression.data ?? {});
        break;
      case 'exthdr':
        this.#exthdr(expression.data ?? {});
        break;
      case 'bitwise':
        this.#bitwise(expression.data ?? {});
        break;
      case 'byteorder': {
        const { sreg = 0, dreg = 0, len = 0 } = expression.data ?? {};
        this.#registers.set(dreg, len, { kind: 'swapped', of: this.#term(sreg) });
        break;
      }
      case 'range': {
        const { sreg = 0, op = 0, fromData, toData } = expression.data ?? {};
        if (fromData?.value === undefined || toData?.value === undefined) throw new NoWords('a range without ends');
        this.#matchRange(this.#term(sreg), op === 1 ? '!=' : '==', fromData.value, toData.value);
        break;
      }
      case 'lookup':
        this.#lookup(expression.data ?? {});
        break;
      case 'immediate':
        this.#immediate(expression.data ?? {});
        break;
      case 'objref':
        this.#objref(expression.data ?? {});
        break;
      case 'dynset':
        this.#dynset(expression.data ?? {});
        break;
      default:
        if (!this.#load(expression)) this.#emit(this.#simple(expression));
    }
  }

  #emit(statement: Statement): Output {
    const output: Output = { statement };
    this.#outputs.push(output);
    return output;
  }

  #term(register: number): Term {
    const term = this.#registers.get(register);
    if (term === undefined) throw new NoWords(`register ${register} is read before it is written`);
    return term;
  }

  /** Expressions that put something new into a register. */
  #load(expression: NftExpression): boolean {
    switch (expression.kind) {
      case 'fib': {
        const { dreg = 0, result = 0, flags = 0 } = expression.data ?? {};
        const key = fibResults.byNumber.get(result);
        if (key === undefined) throw new NoWords(`fib result ${result}`);
        const present = (flags & 32) !== 0;
        const words = wordsOfBits({ saddr: 1, daddr: 2, mark: 4, iif: 8, oif: 16 }, flags);
        const json = { fib: { result: key.name, flags: words } };
        this.#set(dreg, { kind: 'plain', json, ...(present ? booleanPart : key) });
        return true;
      }
      case 'rt': {
        const { dreg = 0, key: number = 0 } = expression.data ?? {};
        const key = rtKeys.byNumber.get(number);
        if (key === undefined) throw new NoWords(`rt key ${number}`);
        const json =
          key.family === undefined ? { rt: { key: key.name } } : { rt: { key: 'nexthop', family: key.family } };
        this.#set(dreg, { kind: 'plain', json, type: key.type, bits: key.bits, order: key.order });
        return true;
      }
      case 'socket': {
        const { dreg = 0, key: number = 0, level } = expression.data ?? {};
        const key = socketKeys.byNumber.get(number);
        if (key === undefined) throw new NoWords(`socket key ${number}`);
        const json = { socket: { key: key.name, ...(level !== undefined && key.name === 'cgroupv2' && { level }) } };
        this.#set(dreg, { kind: 'plain', json, type: key.type, bits: key.bits, order: key.order });
        return true;
      }
      case 'xfrm': {
        const { dreg = 0, key: number = 0, dir = 0, spnum = 0 } = expression.data ?? {};
        const key = ipsecKeys.byNumber.get(number);
        if (key === undefined) throw new NoWords(`ipsec key ${number}`);
        const name = key.name.replace(/^ip6? /, '') as 'saddr' | 'daddr' | 'spi' | 'reqid';
        const way = dir === 0 ? ('in' as const) : ('out' as const);
        const json = { ipsec: { key: name, ...(key.family && { family: key.family }), dir: way, spnum } };
        this.#set(dreg, { kind: 'plain', json, type: key.type, bits: key.bits, order: key.order });
        return true;
      }
      case 'osf': {
        const { dreg = 0, ttl = 0, flags = 0 } = expression.data ?? {};
        const word = ([undefined, 'loose', 'skip'] as const)[ttl];
        const json = { osf: { key: flags & 1 ? ('version' as const) : ('name' as const), ...(word && { ttl: word }) } };
        this.#set(dreg, { kind: 'plain', json, type: dataTypes.string, bits: 128, order: 'network' });
        return true;
      }
      case 'numgen': {
        const { dreg = 0, modulus = 0, type = 0, offset = 0 } = expression.data ?? {};
        const json = { numgen: { mode: type === 1 ? ('random' as const) : ('inc' as const), mod: modulus, offset } };
        this.#set(dreg, { kind: 'plain', json, ...machineNumber });
        return true;
      }
      case 'hash': {
        const { sreg = 0, dreg = 0, len = 0, modulus = 0, seed = 0, offset = 0, type = 0 } = expression.data ?? {};
        if (type === 1) {
          const json = { symhash: { mod: modulus, ...(offset !== 0 && { offset }) } };
          this.#set(dreg, { kind: 'plain', json, ...machineNumber });
          return true;
        }
        const keys = this.#registers.sequence(sreg, len, (term) => bytesFor(bitsOf(term)));
        if (keys === undefined) throw new NoWords('a hash of what is not known');
        this.#set(dreg, { kind: 'hash', keys, mod: modulus, seed, offset });
        return true;
      }
      default:
        return false;
    }
  }

  #set(register: number, term: Term): void {
    if (!this.#registers.set(register, Math.max(4, bytesFor(bitsOf(term))), term))
      throw new NoWords(`register ${register} is written`);
  }

  #keyed(of: 'meta' | 'ct', keys: Keys, data: KeyedData): void {
    const key = keys.byNumber.get(data.key ?? 0);
    if (key === undefined) throw new NoWords(`${of} key ${data.key}`);
    const dir =
      data.direction === undefined || !hasDirection(key) ? {} : { dir: directions[data.direction] as 'reply' };
    const json = of === 'meta' ? { meta: { key: key.name } } : { ct: { key: key.name, ...dir } };
    if (data.sreg === undefined) {
      this.#set(data.dreg ?? 0, { kind: 'plain', json, type: key.type, bits: key.bits, order: key.order, key, of });
      return;
    }
    const value = this.#valueOf(this.#term(data.sreg), { type: key.type, bits: key.bits, order: key.order });
    this.#emit({ mangle: { key: json, value } });
  }

  #payload(data: {
    dreg?: number | undefined;
    sreg?: number | undefined;
    base?: number | undefined;
    offset?: number | undefined;
    len?: number | undefined;
  }): void {
    const base = payloadBases[data.base ?? 0];
    if (base === undefined) throw new NoWords(`payload base ${data.base}`);
    const term = { kind: 'payload', base, offset: (data.offset ?? 0) * 8, bits: (data.len ?? 0) * 8 } as const;
    if (data.sreg === undefined) this.#set(data.dreg ?? 0, term);
    else this.#writePayload(term, this.#term(data.sreg));
  }

  /** A field of the packet is set: of a part of the bytes, by a mask for the rest of them. */
  #writePayload(target: Extract<Term, { kind: 'payload' }>, source: Term): void {
    const masked = maskedWrite(source, target);
    if (masked !== undefined) {
      const field = this.#trim(target, ones(target.bits) ^ masked.keep);
      if (field === undefined) throw new NoWords('a part of a field is set');
      this.#kill(field.found);
      this.#emit({ mangle: { key: field.json, value: showPart(field.part, masked.value, this.#context) } });
      return;
    }
    const field = this.#describe(target);
    this.#emit({ mangle: { key: field.json, value: this.#valueOf(source, field.part) } });
  }

  #exthdr(data: {
    dreg?: number | undefined;
    sreg?: number | undefined;
    type?: number | undefined;
    offset?: number | undefined;
    len?: number | undefined;
    flags?: number | undefined;
    op?: number | undefined;
  }): void {
    const option = (Object.keys(optionKinds) as OptionKind[]).find((kind) => optionKinds[kind].op === (data.op ?? 0));
    if (option === undefined) throw new NoWords(`exthdr op ${data.op}`);
    const present = ((data.flags ?? 0) & 1) !== 0;
    const { type = 0, offset = 0, len = 0 } = data;
    const term = { kind: 'option', option, type, offset: offset * 8, bits: len * 8, present } as const;
    if (data.dreg !== undefined) {
      this.#set(data.dreg, term);
      return;
    }
    if (data.sreg === undefined) {
      const known = optionKinds[option].options.find((each) => each.type === type);
      if (known === undefined || option !== 'tcp option') throw new NoWords(`reset of ${option} ${type}`);
      this.#emit({ reset: { 'tcp option': { name: known.name } } });
      return;
    }
    const field = this.#describe(term);
    this.#emit({ mangle: { key: field.json, value: this.#valueOf(this.#term(data.sreg), field.part) } });
  }

  /** `(sreg & mask) ^ xor` as the operations that it was made of, in the order in which `nft` takes it apart. */
  #bitwise(data: BitwiseData): void {
    const { sreg = 0, dreg = 0, len = 0, op = 0 } = data;
    const left = this.#term(sreg);
    if (op === 1 || op === 2) {
      if (data.data?.value === undefined) throw new NoWords('a shift by a register');
      const right = numberOfBytes(data.data.value, 'machine');
      this.#set(dreg, { kind: 'binary', op: op === 1 ? '<<' : '>>', left, right });
      return;
    }
    if (op !== 0 || data.mask?.value === undefined || data.xor?.value === undefined)
      throw new NoWords('a computation with two registers');
    const order = orderOf(left);
    const all = ones(len * 8);
    const mask = numberOfBytes(data.mask.value, order);
    const xor = numberOfBytes(data.xor.value, order);
    const or = xor & (all ^ mask);
    const and = mask | or;
    let term = left;
    if (and !== all) term = { kind: 'binary', op: '&', left: term, right: and };
    if ((xor ^ or) !== 0n) term = { kind: 'binary', op: '^', left: term, right: xor ^ or };
    if (or !== 0n) term = { kind: 'binary', op: '|', left: term, right: or };
    this.#set(dreg, term);
  }

  #immediate(data: {
    dreg?: number | undefined;
    data?: { value?: Uint8Array | undefined; verdict?: WireVerdict } | undefined;
  }): void {
    if (data.data?.verdict !== undefined) {
      const verdict = showVerdict(data.data.verdict);
      if (verdict === undefined) throw new NoWords(`verdict ${data.data.verdict.code}`);
      this.#emit(verdict);
      return;
    }
    const bytes = data.data?.value;
    if (bytes === undefined) throw new NoWords('an immediate without a value');
    this.#set(data.dreg ?? 0, { kind: 'value', bytes });
  }

  /** A value that is written somewhere, in the type of the place. */
  #valueOf(term: Term, part: PartType): Expression {
    if (term.kind !== 'value') return this.#describe(term).json;
    const value = numberOfBytes(term.bytes.subarray(0, bytesFor(part.bits) || term.bytes.length), part.order);
    const flags = isFlags(part.type) ? flagsOf(part.type, value) : undefined;
    if (flags !== undefined && flags.length > 1) return flags;
    return showPart(part, value, this.#context);
  }

  // ---------------------------------------------------------------------------------------------------------- matches

  #compare(data: CompareData): void {
    const term = this.#term(data.sreg ?? 0);
    const bytes = data.data?.value;
    const operator = operators[data.op ?? 0];
    if (bytes === undefined || operator === undefined) throw new NoWords('a comparison without a value');
    this.#matchValue(term, operator, bytes);
  }

  #match(op: MatchOperator, left: Expression, right: Expression): Output {
    return this.#joinRange(op, left, right) ?? this.#emit({ match: { op, left, right } });
  }

  /** A lower bound, and now an upper one of the same, are a range. */
  #joinRange(op: MatchOperator, left: Expression, right: Expression): Output | undefined {
    const last = this.#outputs.at(-1);
    const lower = last !== undefined && 'match' in last.statement ? last.statement.match : undefined;
    if (last === undefined || op !== '<=' || lower?.op !== '>=') return undefined;
    if (JSON.stringify(lower.left) !== JSON.stringify(left)) return undefined;
    last.statement = { match: { op: '==', left, right: { range: [lower.right, right] } } };
    return last;
  }

  #matchRange(term: Term, op: '==' | '!=', low: Uint8Array, high: Uint8Array): void {
    const left = this.#describe(term);
    const [from, to] = [low, high].map((bytes) =>
      showPart(left.part, numberOfBytes(bytes, left.part.order), this.#context),
    );
    this.#match(op, left.json, { range: [from as Expression, to as Expression] });
  }

  #matchValue(term: Term, op: MatchOperator, bytes: Uint8Array): void {
    if (term.kind === 'payload') this.#matchPayload(term, op, bytes);
    else if (term.kind === 'binary' && term.op === '&') this.#matchMasked(term, op, bytes);
    else this.#matchTerm(term, op, bytes);
  }

  #matchTerm(term: Term, op: MatchOperator, bytes: Uint8Array): void {
    const left = this.#describe(term);
    const length = bytesFor(left.part.bits);
    const value = numberOfBytes(bytes, left.part.order);
    const output = this.#match(op, left.json, this.#rightOf(left.part, bytes, length, value));
    if (term.kind === 'plain' && term.key !== undefined && op === '==') this.#learnKey(term, value, output);
  }

  /** The right side of a comparison; fewer bytes than the left has are a prefix. */
  #rightOf(part: PartType, bytes: Uint8Array, length: number, value: bigint): Expression {
    if (bytes.length >= length) {
      const low = numberOfBytes(bytes.subarray(0, length || bytes.length), part.order);
      return showPart(part, low, this.#context);
    }
    if (part.type.form === 'name') return showNamePrefix(bytes);
    if (!part.type.prefixes) throw new NoWords('a comparison of a part');
    const addr = showPart(part, value << BigInt((length - bytes.length) * 8), this.#context);
    return { prefix: { addr, len: bytes.length * 8 } };
  }

  #learnKey(term: Extract<Term, { kind: 'plain' }>, value: bigint, output: Output): void {
    const { key, of } = term;
    if (key?.tells === undefined) return;
    if (of === 'meta' && key.name === 'l4proto') this.#killNetworkOfIcmp(value);
    const learnt = this.#headers.learn(protocolOfKey(key, value));
    if (learnt !== undefined && of === 'meta')
      this.#dependencies.set(key.tells, { output, found: undefined, key, value });
  }

  /** ICMP is of IPv4 and ICMPv6 of IPv6: who asks for one of them need not say so. */
  #killNetworkOfIcmp(transport: bigint): void {
    const dependency = this.#dependencies.get('nh');
    const network = this.#headers.network?.name;
    if (dependency === undefined) return;
    if ((transport === 1n && network === 'ip') || (transport === 58n && network === 'ip6')) this.#drop('nh');
  }

  #drop(layer: Layer): void {
    const dependency = this.#dependencies.get(layer);
    if (dependency !== undefined) dependency.output.left = true;
    this.#dependencies.delete(layer);
  }

  /** Bytes of the packet are compared: `nft` may have joined the comparisons of several fields. */
  #matchPayload(term: Extract<Term, { kind: 'payload' }>, op: MatchOperator, bytes: Uint8Array): void {
    let at = term.offset;
    const end = term.offset + Math.min(term.bits, bytes.length * 8);
    const value = numberOfBytes(bytes, 'network');
    while (at < end) {
      const width = end - at;
      const exact = this.#headers.findExactly(term.base, at, width);
      const found = exact ?? this.#headers.find(term.base, at, width);
      const part = (value >> BigInt(end - at - (found?.bits ?? width))) & ones(found?.bits ?? width);
      const partial = found !== undefined && found.bits < found.field.bits;
      if (found === undefined || (partial && !found.field.type.prefixes)) {
        if (at !== term.offset) throw new NoWords('fields and other bytes together');
        this.#match(op, raw(term.base, at, width), jsonNumber(part));
        return;
      }
      this.#matchField(found, op, part);
      at += found.bits;
    }
  }

  #matchField(found: Found, op: MatchOperator, value: bigint): void {
    const { field, bits, protocol } = found;
    const right =
      bits === field.bits
        ? showValue(field.type, value, this.#context)
        : { prefix: { addr: showValue(field.type, value << BigInt(field.bits - bits), this.#context), len: bits } };
    this.#finishField(found, op, value, this.#match(op, fieldJson(found), right));
    if (op === '==' && field.name === 'type' && isIcmp(protocol.name)) this.#headers.icmpTypes = [Number(value)];
  }

  #finishField(found: Found, op: MatchOperator, value: bigint, output: Output): void {
    this.#kill(found);
    if (op !== '==') return;
    const { protocol, field } = found;
    const learnt = this.#headers.learn(protocolAfter(protocol, field, value));
    if (learnt !== undefined) this.#dependencies.set(learnt.base as Layer, { output, found, key: undefined, value });
    else if (field.name === 'type' && isIcmp(protocol.name)) this.#icmpDependency = { output, value };
  }

  #icmpDependency: { output: Output; value: bigint } | undefined;

  /** Leaves out the statement that only said which protocol this field is of. */
  #kill(found: Found | undefined): void {
    if (found === undefined) return;
    const { protocol, field } = found;
    const layer = protocol.base as Layer;
    if (this.#mayKill(layer, found)) this.#drop(layer);
    // The kinds of ICMP with a number of their own follow from the field; an echo's can be two.
    const dependency = this.#icmpDependency;
    if (dependency !== undefined && field.onlyFor?.length === 1 && field.onlyFor[0] === Number(dependency.value)) {
      dependency.output.left = true;
      this.#icmpDependency = undefined;
    }
  }

  #mayKill(layer: Layer, found: Found): boolean {
    const dependency = this.#dependencies.get(layer);
    if (dependency === undefined) return false;
    const told = dependency.found?.protocol.name;
    if (layer === 'll' && told !== undefined)
      return (
        told === 'ether' &&
        found.protocol.name === 'vlan' &&
        found.field.name !== 'type' &&
        dependency.value === 0x8100n
      );
    if (layer === 'th') return !(isMixed(this.#context.family) && (told === 'ip' || told === 'ip6'));
    return true;
  }

  #matchMasked(term: Extract<Term, { kind: 'binary' }>, op: MatchOperator, bytes: Uint8Array): void {
    const value = numberOfBytes(bytes, orderOf(term));
    const trimmed = this.#trim(term.left, term.right);
    if (trimmed !== undefined) {
      const own = value >> BigInt(trimmed.part.shift ?? 0);
      if (trimmed.found !== undefined) this.#matchField(trimmed.found, op, own);
      else this.#match(op, trimmed.json, showPart(trimmed.part, value, this.#context));
      return;
    }
    const left = this.#describe(term.left);
    const { type, bits } = left.part;
    const show = (each: bigint) => showPart(left.part, each, this.#context);
    const equality = op === '==' || op === '!=';
    if (isFlags(type) && equality) {
      const mask = listOfFlags(type, term.right);
      if (value === 0n) this.#match(op === '==' ? '!' : 'in', left.json, mask);
      else this.#match(op, { '&': [left.json, mask] }, listOfFlags(type, value));
      return;
    }
    const length = prefixOfMask(term.right, bits);
    if (type.prefixes && length !== undefined && equality)
      this.#match(op, left.json, { prefix: { addr: show(value), len: length } });
    else this.#match(op, { '&': [left.json, show(term.right)] }, show(value));
  }

  // --------------------------------------------------------------------------------------------------- words for terms

  /** The field that a mask leaves of bytes; undefined if it is not exactly one. */
  #trim(term: Term, mask: bigint): Described | undefined {
    const run = runOfOnes(mask);
    if (run === undefined || (term.kind !== 'payload' && term.kind !== 'option')) return undefined;
    const below = trailingZeros(mask);
    const offset = term.offset + term.bits - below - run;
    if (term.kind === 'option') {
      if (term.option !== 'tcp option') this.#drop('nh');
      const json = optionField(term.option, term.type, offset, run);
      return json && { json: json.json, part: { type: json.type, bits: run, order: 'network', shift: below } };
    }
    const found = this.#headers.findExactly(term.base, offset, run);
    if (found === undefined || found.protocol.name === 'th') return undefined;
    return {
      json: fieldJson(found),
      part: { type: found.field.type, bits: run, order: 'network', shift: below },
      found,
    };
  }

  #describe(term: Term): Described {
    switch (term.kind) {
      case 'payload': {
        const found = this.#headers.findExactly(term.base, term.offset, term.bits);
        if (found === undefined)
          return { json: raw(term.base, term.offset, term.bits), part: { ...packetNumber, bits: term.bits } };
        this.#kill(found);
        return { json: fieldJson(found), part: { type: found.field.type, bits: term.bits, order: 'network' }, found };
      }
      case 'option': {
        if (term.option === 'exthdr' || term.option === 'ip option') this.#drop('nh');
        if (term.present) return { json: optionJson(term), part: booleanPart };
        const field = optionField(term.option, term.type, term.offset, term.bits);
        if (field !== undefined)
          return { json: field.json, part: { type: field.type, bits: term.bits, order: 'network' } };
        return { json: optionJson(term), part: { ...packetNumber, bits: term.bits } };
      }
      case 'plain':
        return { json: term.json, part: { type: term.type, bits: term.bits, order: term.order } };
      case 'swapped': {
        const described = this.#describe(term.of);
        return { ...described, part: { ...described.part, order: 'network' } };
      }
      case 'binary':
        return this.#describeBinary(term);
      case 'hash': {
        const { mod, seed, offset } = term;
        const expr = this.#concat(term.keys);
        const jhash = { mod, ...(seed !== 0 && { seed }), ...(offset !== 0 && { offset }), expr: expr.json };
        return { json: { jhash }, part: machineNumber };
      }
      case 'map': {
        const key = this.#concat(term.keys);
        const data = this.#contents(term.set, key.parts);
        const [part = { ...packetNumber, bits: bitsOf(term) }] = dataParts(term.set);
        return { json: { map: { key: key.json, data } }, part };
      }
      case 'value':
        return {
          json: jsonNumber(numberOfBytes(term.bytes, 'machine')),
          part: { ...machineNumber, bits: term.bytes.length * 8 },
        };
    }
  }

  #describeBinary(term: Extract<Term, { kind: 'binary' }>): Described {
    if (term.op === '&') {
      const trimmed = this.#trim(term.left, term.right);
      if (trimmed !== undefined) {
        this.#kill(trimmed.found);
        return trimmed;
      }
    }
    const left = this.#describe(term.left);
    if (term.op === '<<' || term.op === '>>') {
      const json = { [term.op]: [left.json, Number(term.right)] } as unknown as Expression;
      return { json, part: { ...left.part, shift: 0 } };
    }
    const operand = showPart({ ...left.part, shift: 0 }, term.right, this.#context);
    return { json: { [term.op]: [left.json, operand] } as unknown as Expression, part: left.part };
  }

  /** One term, or several side by side. */
  #concat(terms: readonly Term[]): { json: Expression; parts: PartType[] } {
    const described = terms.map((term) => this.#describe(term));
    const parts = described.map(({ part }) => part);
    const [only] = described;
    if (described.length === 1 && only !== undefined) return { json: only.json, parts };
    return { json: { concat: described.map(({ json }) => json) }, parts };
  }

  // --------------------------------------------------------------------------------------------------------- sets

  #setNamed(name: string | undefined): NftSetMessage {
    const set = name === undefined ? undefined : this.#context.sets.get(name);
    if (set === undefined) throw new NoWords(`set ${name}, which is not there`);
    return set;
  }

  /** The terms that are looked up in a set: as many as its key has parts. */
  #keysOf(register: number, set: NftSetMessage): readonly Term[] {
    const types = dataTypesOfNumber(set.attributes.keyType ?? 0);
    if (types !== undefined && types.length === 1) return [this.#term(register)];
    const length = set.attributes.keyLen ?? 0;
    const terms = this.#registers.sequence(register, length, (term) => bytesFor(bitsOf(term)));
    if (terms === undefined) throw new NoWords('a key of what is not known');
    return terms;
  }

  /** The name of a set, or what is in an anonymous one. */
  #contents(set: NftSetMessage, parts: readonly PartType[]): Expression {
    const { flags = 0, name = '' } = set.attributes;
    if ((flags & ANONYMOUS) === 0) return `@${name}`;
    const items = showElements(set, this.#context.elements(set), parts, dataParts(set), this.#context);
    if (items === undefined) throw new NoWords(`what is in the set ${name}`);
    return { set: items };
  }

  #lookup(data: {
    set?: string | undefined;
    sreg?: number | undefined;
    dreg?: number | undefined;
    flags?: number | undefined;
  }): void {
    const set = this.#setNamed(data.set);
    const keys = this.#keysOf(data.sreg ?? 0, set);
    if (data.dreg !== undefined && data.dreg !== 0) {
      this.#set(data.dreg, { kind: 'map', keys, set });
      return;
    }
    const key = this.#concat(keys);
    const contents = this.#contents(set, key.parts);
    if (data.dreg === 0) this.#emit({ vmap: { key: key.json, data: contents } });
    else this.#match((data.flags ?? 0) & 1 ? '!=' : '==', key.json, contents);
    this.#learnIcmpTypes(keys, set);
  }

  #learnIcmpTypes(keys: readonly Term[], set: NftSetMessage): void {
    const [term] = keys;
    if (keys.length !== 1 || term?.kind !== 'payload' || term.base !== 'th' || term.offset !== 0 || term.bits !== 8)
      return;
    if (!isIcmp(this.#headers.transport?.name) || ((set.attributes.flags ?? 0) & ANONYMOUS) === 0) return;
    this.#headers.icmpTypes = this.#context
      .elements(set)
      .flatMap(({ key }) => (key?.value === undefined ? [] : [key.value[0] as number]));
  }

  #objref(data: {
    immType?: number | undefined;
    immName?: string | undefined;
    setSreg?: number | undefined;
    setName?: string | undefined;
  }): void {
    const words = nftObjectTypes as Readonly<Record<number, string>>;
    if (data.setName === undefined) {
      const word = words[data.immType ?? 0];
      if (word === undefined || data.immName === undefined) throw new NoWords(`an object of kind ${data.immType}`);
      this.#emit({ [word]: data.immName } as unknown as Statement);
      return;
    }
    const set = this.#setNamed(data.setName);
    const key = this.#concat(this.#keysOf(data.setSreg ?? 0, set));
    const word = words[set.attributes.objType ?? 0];
    if (word === undefined) throw new NoWords(`objects of kind ${set.attributes.objType}`);
    const map = { key: key.json, data: this.#contents(set, key.parts) };
    this.#emit({ [word]: { map } } as unknown as Statement);
  }

  #dynset(data: DynsetData): void {
    const set = this.#setNamed(data.setName);
    const key = this.#concat(this.#keysOf(data.sregKey ?? 0, set));
    const elem: Expression = data.timeout
      ? { elem: { val: key.json, timeout: Number(data.timeout / 1000n) } }
      : key.json;
    const expressions = data.expressions ?? (data.expr === undefined ? [] : [data.expr]);
    const stmt = expressions.map((expression) => {
      const statement = showTemplate(expression);
      if (statement === undefined) throw new NoWords('an expression of an element');
      return statement;
    });
    const op = (['add', 'update', 'delete'] as const)[data.op ?? 0];
    if (op === undefined) throw new NoWords(`dynset op ${data.op}`);
    const { name = '', flags = 0, desc } = set.attributes;
    const [first] = stmt;
    if ((flags & ANONYMOUS) !== 0 && first !== undefined) {
      this.#emit({ meter: { key: elem, stmt: first, ...(desc?.size !== undefined && { size: desc.size }), name } });
      return;
    }
    const more = stmt.length > 0 ? { stmt } : {};
    if (data.sregData === undefined) {
      this.#emit({ set: { op, elem, set: `@${name}`, ...more } });
      return;
    }
    const [part = packetNumber] = dataParts(set);
    this.#emit({ map: { op, elem, data: this.#valueOf(this.#term(data.sregData), part), map: `@${name}`, ...more } });
  }

  // ------------------------------------------------------------------------------------------------ other statements

  #simple(expression: NftExpression): Statement {
    switch (expression.kind) {
      case 'counter':
      case 'limit':
      case 'quota':
      case 'connlimit':
      case 'last': {
        const statement = showStateful(expression);
        if (statement === undefined) throw new NoWords(`a ${expression.kind} in unknown units`);
        return statement;
      }
      case 'notrack':
        return { notrack: null };
      case 'log':
        return { log: showLog(expression.data ?? {}) };
      case 'reject':
        return this.#reject(expression.data ?? {});
      case 'nat':
        return this.#nat(expression.data ?? {});
      case 'masq':
        return { masquerade: orNull(this.#ports(expression.data ?? {})) };
      case 'redir':
        return { redirect: orNull(this.#ports(expression.data ?? {})) };
      case 'dup': {
        const { sregAddr, sregDev } = expression.data ?? {};
        const dev = sregDev === undefined ? undefined : this.#valueOf(this.#term(sregDev), link);
        // Where there are only devices, the schema has them in the address's place.
        if (sregAddr === undefined) return { dup: { addr: dev ?? '' } };
        return {
          dup: {
            addr: this.#valueOf(this.#term(sregAddr), this.#address(undefined)),
            ...(dev !== undefined && { dev }),
          },
        };
      }
      case 'fwd': {
        const { sregDev, sregAddr, nfproto } = expression.data ?? {};
        const dev = this.#valueOf(this.#term(sregDev ?? 0), link);
        if (sregAddr === undefined) return { fwd: { dev } };
        const addr = this.#valueOf(this.#term(sregAddr), this.#address(nfproto));
        return { fwd: { dev, ...familyWord(nfproto), addr } };
      }
      case 'tproxy': {
        const { family, regAddr, regPort } = expression.data ?? {};
        return {
          tproxy: {
            ...(isMixed(this.#context.family) ? familyWord(family) : {}),
            ...(regAddr !== undefined && { addr: this.#valueOf(this.#term(regAddr), this.#address(family)) }),
            ...(regPort !== undefined && { port: this.#valueOf(this.#term(regPort), port) }),
          },
        };
      }
      case 'queue':
        return { queue: this.#queue(expression.data ?? {}) };
      case 'synproxy':
        return { synproxy: showSynproxy(expression.data ?? {}) };
      case 'flow_offload':
        return { flow: { op: 'add', flowtable: `@${expression.data?.tableName ?? ''}` } };
      default:
        throw new NoWords(
          expression.kind === 'other' ? `expression ${expression.name}` : `expression ${expression.kind}`,
        );
    }
  }

  #address(family: number | undefined): PartType {
    const ip6 = family === 10 || (family !== 2 && this.#context.family === 'ip6');
    return ip6
      ? { type: dataTypes.ipv6_addr, bits: 128, order: 'network' }
      : { type: dataTypes.ipv4_addr, bits: 32, order: 'network' };
  }

  #reject({ type = 0, icmpCode = 0 }: { type?: number | undefined; icmpCode?: number | undefined }): Statement {
    const { family } = this.#context;
    const network = this.#headers.network?.name;
    if (type === 1) {
      if (!isMixed(family)) this.#drop('th');
      return { reject: { type: 'tcp reset' } };
    }
    const word = type === 2 ? 'icmpx' : network === 'ip6' ? 'icmpv6' : 'icmp';
    if (type === 0 && isMixed(family)) this.#drop('nh');
    return { reject: { type: word, expr: showValue(rejectCodes[word], BigInt(icmpCode)) } };
  }

  #nat(data: NatData): Statement {
    const { regAddrMin, regAddrMax, flags = 0, family } = data;
    const { family: table } = this.#context;
    const addr = regAddrMin === undefined ? undefined : this.#fromTo(regAddrMin, regAddrMax, this.#address(family));
    const nat: NatStatement = {
      ...(isMixed(table) ? familyWord(family) : {}),
      ...(addr !== undefined && { addr }),
      ...this.#ports(data),
      ...(flags & NAT_NETMAP ? { type_flags: 'prefix' } : {}),
    };
    return data.type === 0 ? { snat: nat } : { dnat: nat };
  }

  #ports(data: {
    regProtoMin?: number | undefined;
    regProtoMax?: number | undefined;
    flags?: number | undefined;
  }): Pick<NatStatement, 'port' | 'flags'> {
    const words = oneOrMore(wordsOfBits(natFlags, data.flags ?? 0));
    // A map that gives address and port has filled both registers: the port has no term of its own then.
    const own = data.regProtoMin !== undefined && this.#registers.get(data.regProtoMin) !== undefined;
    return {
      ...(own && { port: this.#fromTo(data.regProtoMin as number, data.regProtoMax, port) }),
      ...(words !== undefined && { flags: words }),
    };
  }

  #fromTo(min: number, max: number | undefined, part: PartType): Expression {
    const low = this.#term(min);
    const high = max === undefined || max === min ? undefined : this.#registers.get(max);
    if (low.kind !== 'value' || high?.kind !== 'value') return this.#valueOf(low, part);
    const [from, to] = [low, high].map(({ bytes }) =>
      numberOfBytes(bytes.subarray(0, bytesFor(part.bits)), part.order),
    );
    if (from === undefined || to === undefined) throw new NoWords('a range without ends');
    return { range: [showPart(part, from, this.#context), showPart(part, to, this.#context)] };
  }

  #queue(data: {
    num?: number | undefined;
    total?: number | undefined;
    flags?: number | undefined;
    sregQnum?: number | undefined;
  }) {
    const { num, total = 1, sregQnum, flags = 0 } = data;
    const words = oneOrMore(wordsOfBits(queueFlags, flags));
    const last = (num ?? 0) + total - 1;
    const where: Expression | undefined =
      sregQnum !== undefined
        ? this.#describe(this.#term(sregQnum)).json
        : num === undefined
          ? undefined
          : total > 1
            ? { range: [num, last] }
            : num;
    if (where === undefined && words === undefined) return null;
    return { ...(where !== undefined && { num: where }), ...(words !== undefined && { flags: words }) };
  }
}

type WireVerdict = Parameters<typeof showVerdict>[0] | undefined;
type NatData = Extract<NftExpression, { kind: 'nat' }>['data'] & object;
type DynsetData = Extract<NftExpression, { kind: 'dynset' }>['data'] & object;
type CompareData = Extract<NftExpression, { kind: 'cmp' }>['data'] & object;
type BitwiseData = Extract<NftExpression, { kind: 'bitwise' }>['data'] & object;
interface KeyedData {
  readonly key?: number | undefined;
  readonly dreg?: number | undefined;
  readonly sreg?: number | undefined;
  readonly direction?: number | undefined;
}

const operators = ['==', '!=', '<', '<=', '>', '>='] as const;
const directions = ['original', 'reply'] as const;

const machineNumber = { type: dataTypes.integer, bits: 32, order: 'machine' } as const satisfies PartType;
const packetNumber = { type: dataTypes.integer, bits: 0, order: 'network' } as const satisfies PartType;
const link = { type: dataTypes.iface_index, bits: 32, order: 'machine' } as const satisfies PartType;
const port = { type: dataTypes.inet_service, bits: 16, order: 'network' } as const satisfies PartType;

const rejectCodes = {
  icmp: dataTypes.icmp_code,
  icmpv6: dataTypes.icmpv6_code,
  icmpx: dataTypes.icmpx_code,
} as const;

/** Keys of `ct` that are counted for each direction. `nft` shows it with no other. */
function hasDirection({ name }: Key): boolean {
  return /addr$|^proto-|^packets$|^bytes$|^avgpkt$|^zone$/.test(name);
}

function isIcmp(name: string | undefined): boolean {
  return name === 'icmp' || name === 'icmpv6';
}

function raw(base: PayloadBase, offset: number, bits: number): Expression {
  return { payload: { base, offset, len: bits } };
}

function fieldJson({ protocol, field }: Found): Expression {
  return { payload: { protocol: protocol.name, field: field.name } };
}

function optionJson(term: Extract<Term, { kind: 'option' }>): Expression {
  const known = optionKinds[term.option].options.find(({ type }) => type === term.type);
  if (term.present && known !== undefined) return { [term.option]: { name: known.name } } as unknown as Expression;
  if (term.option === 'tcp option') return { 'tcp option': { base: term.type, offset: term.offset, len: term.bits } };
  throw new NoWords(`${term.option} ${term.type}`);
}

/** The field of an option that is exactly these bits. */
function optionField(
  kind: OptionKind,
  type: number,
  offset: number,
  bits: number,
): { json: Expression; type: DataType } | undefined {
  for (const option of optionKinds[kind].options) {
    if (option.type !== type) continue;
    for (const field of option.fields) {
      const behind = offset - field.offset;
      const fits = field.each === undefined ? behind === 0 : behind >= 0 && behind % field.each === 0;
      if (!fits || field.bits !== bits) continue;
      const name = field.each === undefined ? field.name : `${field.name}[${behind / field.each + 1}]`;
      return { json: { [kind]: { name: option.name, field: name } } as unknown as Expression, type: field.type };
    }
  }
  return undefined;
}

/** What the data of a map are. */
export function dataParts(set: NftSetMessage): PartType[] {
  const { dataType = 0, dataLen = 0, userdata } = set.attributes;
  return partsOf(dataTypesOfNumber(dataType), dataLen, undefined, userdata?.dataByteorder);
}

/** What the keys of a set are, by its own account. */
export function keyParts(set: NftSetMessage): PartType[] {
  const { keyType = 0, keyLen = 0, desc, userdata } = set.attributes;
  const lengths = desc?.concat?.map(({ len }) => len ?? 0);
  return partsOf(dataTypesOfNumber(keyType), keyLen, lengths, userdata?.keyByteorder);
}

const MACHINE_ORDER = 1;

function partsOf(
  types: readonly DataType[] | undefined,
  length: number,
  lengths: readonly number[] | undefined,
  byteorder: number | undefined,
): PartType[] {
  if (types === undefined) return [{ ...packetNumber, bits: length * 8 }];
  return types.map((type, index) => {
    const bits = type.bits || (lengths?.[index] ?? (types.length === 1 ? length : 4)) * 8;
    const order = types.length === 1 && byteorder === MACHINE_ORDER && type.form !== 'name' ? 'machine' : type.order;
    return { type, bits, order };
  });
}

/** Flags of a mask or of what is compared with it: one word, or a list. */
function listOfFlags(type: DataType, value: bigint): Expression {
  const flags = flagsOf(type, value);
  if (flags === undefined || flags.length === 0) return jsonNumber(value);
  return flags.length === 1 ? (flags[0] as Expression) : flags;
}

/** `(bytes & keep) ^ value` of the very bytes that are then written. */
function maskedWrite(
  source: Term,
  target: Extract<Term, { kind: 'payload' }>,
): { keep: bigint; value: bigint } | undefined {
  let term = source;
  let value = 0n;
  if (term.kind === 'binary' && term.op === '|') {
    value = term.right;
    term = term.left;
  }
  let mask = ones(target.bits);
  if (term.kind === 'binary' && term.op === '&') {
    mask = term.right;
    term = term.left;
  }
  const same =
    term.kind === 'payload' && term.base === target.base && term.offset === target.offset && term.bits === target.bits;
  if (!same || term === source) return undefined;
  // What is or-ed in was taken out of the mask before it was read: put it back.
  return { keep: mask & ~value & ones(target.bits), value };
}

function familyWord(family: number | undefined): { family?: 'ip' | 'ip6' } {
  return family === 2 ? { family: 'ip' } : family === 10 ? { family: 'ip6' } : {};
}

function orNull<T extends object>(value: T): T | null {
  return Object.keys(value).length === 0 ? null : value;
}

const levels = ['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug', 'audit'] as const;
const WARN = 4;

function showLog(data: {
  prefix?: string | undefined;
  group?: number | undefined;
  snaplen?: number | undefined;
  qthreshold?: number | undefined;
  level?: number | undefined;
  flags?: number | undefined;
}): LogStatement | null {
  const { prefix, group, snaplen, qthreshold, level = WARN, flags = 0 } = data;
  const words = wordsOfBits(logFlags, flags);
  const shown = words.length === Object.keys(logFlags).length ? 'all' : oneOrMore(words);
  return orNull({
    ...(prefix !== undefined && { prefix }),
    ...(group !== undefined && { group }),
    ...(snaplen ? { snaplen } : {}),
    ...(qthreshold ? { 'queue-threshold': qthreshold } : {}),
    ...(level !== WARN && levels[level] !== undefined && { level: levels[level] }),
    ...(shown !== undefined && { flags: shown }),
  });
}

/** A synproxy, of a rule or an object. */
export function showSynproxy(data: {
  mss?: number | undefined;
  wscale?: number | undefined;
  flags?: number | undefined;
}) {
  const { mss = 0, wscale = 0, flags = 0 } = data;
  const words = wordsOfBits(synproxyFlags, flags);
  return orNull({
    ...(flags & SYNPROXY_MSS ? { mss } : {}),
    ...(flags & SYNPROXY_WSCALE ? { wscale } : {}),
    ...(words.length > 0 && { flags: words }),
  });
}
