import type { NftExpression } from '../../../../netlink/families/netfilter/expressions.ts';
import { bytesFor, numberOfBytes, ones, prefixOfMask } from '../bits.ts';
import type { DataType } from '../datatypes.ts';
import { type PartType, showPart } from '../elements-show.ts';
import type { Found } from '../headers.ts';
import type { Expression, MatchOperator } from '../schema.ts';
import { orderOf, type Term } from '../terms.ts';
import { flagsOf, isFlags, jsonNumber, showNamePrefix, showValue } from '../values.ts';
import { isIcmp, learnField, learnKey } from './dependencies.ts';
import { describe, fieldJson, raw, trim } from './describe.ts';
import { type DataOf, NoWords, type Output, type RuleReader } from './reader.ts';

type CompareData = Extract<NftExpression, { kind: 'cmp' }>['data'] & object;

const operators = ['==', '!=', '<', '<=', '>', '>='] as const;

export function readCompare(reader: RuleReader, data: CompareData): void {
  const term = reader.term(data.sreg ?? 0);
  const bytes = data.data?.value;
  const operator = operators[data.op ?? 0];
  if (bytes === undefined || operator === undefined) throw new NoWords('a comparison without a value');
  matchValue(reader, term, operator, bytes);
}

export function emitMatch(reader: RuleReader, op: MatchOperator, left: Expression, right: Expression): Output {
  return joinRange(reader, op, left, right) ?? reader.emit({ match: { op, left, right } });
}

/** A lower bound, and now an upper one of the same, are a range. */
function joinRange(reader: RuleReader, op: MatchOperator, left: Expression, right: Expression): Output | undefined {
  const last = reader.outputs.at(-1);
  const lower = last !== undefined && 'match' in last.statement ? last.statement.match : undefined;
  if (last === undefined || op !== '<=' || lower?.op !== '>=') return undefined;
  if (JSON.stringify(lower.left) !== JSON.stringify(left)) return undefined;
  last.statement = { match: { op: '==', left, right: { range: [lower.right, right] } } };
  return last;
}

function matchRange(reader: RuleReader, term: Term, op: '==' | '!=', low: Uint8Array, high: Uint8Array): void {
  const left = describe(reader, term);
  const [from, to] = [low, high].map((bytes) =>
    showPart(left.part, numberOfBytes(bytes, left.part.order), reader.context),
  );
  emitMatch(reader, op, left.json, { range: [from as Expression, to as Expression] });
}

function matchValue(reader: RuleReader, term: Term, op: MatchOperator, bytes: Uint8Array): void {
  if (term.kind === 'payload') matchPayload(reader, term, op, bytes);
  else if (term.kind === 'binary' && term.op === '&') matchMasked(reader, term, op, bytes);
  else matchTerm(reader, term, op, bytes);
}

function matchTerm(reader: RuleReader, term: Term, op: MatchOperator, bytes: Uint8Array): void {
  const left = describe(reader, term);
  const length = bytesFor(left.part.bits);
  const value = numberOfBytes(bytes, left.part.order);
  const output = emitMatch(reader, op, left.json, rightOf(reader, left.part, bytes, length, value));
  if (term.kind === 'plain' && term.key !== undefined && op === '==') learnKey(reader, term, value, output);
}

/** The right side of a comparison; fewer bytes than the left has are a prefix. */
function rightOf(reader: RuleReader, part: PartType, bytes: Uint8Array, length: number, value: bigint): Expression {
  if (bytes.length >= length) {
    const low = numberOfBytes(bytes.subarray(0, length || bytes.length), part.order);
    return showPart(part, low, reader.context);
  }
  if (part.type.form === 'name') return showNamePrefix(bytes);
  if (!part.type.prefixes) throw new NoWords('a comparison of a part');
  const addr = showPart(part, value << BigInt((length - bytes.length) * 8), reader.context);
  return { prefix: { addr, len: bytes.length * 8 } };
}

/** Bytes of the packet are compared: `nft` may have joined the comparisons of several fields. */
function matchPayload(
  reader: RuleReader,
  term: Extract<Term, { kind: 'payload' }>,
  op: MatchOperator,
  bytes: Uint8Array,
): void {
  let at = term.offset;
  const end = term.offset + Math.min(term.bits, bytes.length * 8);
  const value = numberOfBytes(bytes, 'network');
  while (at < end) {
    const width = end - at;
    const exact = reader.headers.findExactly(term.base, at, width);
    const found = exact ?? reader.headers.find(term.base, at, width) ?? reader.headers.findPort(term.base, at, width);
    const part = (value >> BigInt(end - at - (found?.bits ?? width))) & ones(found?.bits ?? width);
    const partial = found !== undefined && found.bits < found.field.bits;
    if (found === undefined || (partial && !found.field.type.prefixes)) {
      if (at !== term.offset) throw new NoWords('fields and other bytes together');
      emitMatch(reader, op, raw(term.base, at, width), jsonNumber(part));
      return;
    }
    matchField(reader, found, op, part);
    at += found.bits;
  }
}

function matchField(reader: RuleReader, found: Found, op: MatchOperator, value: bigint): void {
  const { field, bits, protocol } = found;
  const right =
    bits === field.bits
      ? showValue(field.type, value, reader.context)
      : { prefix: { addr: showValue(field.type, value << BigInt(field.bits - bits), reader.context), len: bits } };
  learnField(reader, found, op, value, emitMatch(reader, op, fieldJson(found), right));
  if (op === '==' && field.name === 'type' && isIcmp(protocol.name)) reader.headers.icmpTypes = [Number(value)];
}

function matchMasked(
  reader: RuleReader,
  term: Extract<Term, { kind: 'binary' }>,
  op: MatchOperator,
  bytes: Uint8Array,
): void {
  const value = numberOfBytes(bytes, orderOf(term));
  const trimmed = trim(reader, term.left, term.right);
  if (trimmed !== undefined) {
    const own = value >> BigInt(trimmed.part.shift ?? 0);
    if (trimmed.found !== undefined) matchField(reader, trimmed.found, op, own);
    else emitMatch(reader, op, trimmed.json, showPart(trimmed.part, value, reader.context));
    return;
  }
  const left = describe(reader, term.left);
  const { type, bits } = left.part;
  const show = (each: bigint) => showPart(left.part, each, reader.context);
  const equality = op === '==' || op === '!=';
  if (isFlags(type) && equality) {
    const mask = listOfFlags(type, term.right);
    if (value === 0n) emitMatch(reader, op === '==' ? '!' : 'in', left.json, mask);
    else emitMatch(reader, op, { '&': [left.json, mask] }, listOfFlags(type, value));
    return;
  }
  const length = prefixOfMask(term.right, bits);
  if (type.prefixes && length !== undefined && equality)
    emitMatch(reader, op, left.json, { prefix: { addr: show(value), len: length } });
  else emitMatch(reader, op, { '&': [left.json, show(term.right)] }, show(value));
}

/** Flags of a mask or of what is compared with it: one word, or a list. */
function listOfFlags(type: DataType, value: bigint): Expression {
  const flags = flagsOf(type, value);
  if (flags === undefined || flags.length === 0) return jsonNumber(value);
  return flags.length === 1 ? (flags[0] as Expression) : flags;
}

export function readRange(reader: RuleReader, { sreg = 0, op = 0, fromData, toData }: DataOf<'range'>): void {
  if (fromData?.value === undefined || toData?.value === undefined) throw new NoWords('a range without ends');
  matchRange(reader, reader.term(sreg), op === 1 ? '!=' : '==', fromData.value, toData.value);
}
