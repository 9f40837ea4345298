import type { NftSetMessage } from '../../../../netlink/families/netfilter/nft-set.ts';
import { bytesFor, numberOfBytes, runOfOnes, trailingZeros } from '../bits.ts';
import { booleanPart, type DataType } from '../datatypes.ts';
import { type PartType, showElements, showPart } from '../elements-show.ts';
import type { Found } from '../headers.ts';
import { machineNumber, packetNumber } from '../parts.ts';
import { type OptionKind, optionKinds, type PayloadBase } from '../protocols.ts';
import type { Expression } from '../schema.ts';
import { ANONYMOUS } from '../set-flags.ts';
import { dataParts } from '../set-parts.ts';
import { bitsOf, type Term } from '../terms.ts';
import { flagsOf, isFlags, jsonNumber } from '../values.ts';
import { leaveOut } from './dependencies.ts';
import { NoWords, type RuleReader } from './reader.ts';

/** A term in the words of JSON. */
interface Described {
  readonly json: Expression;
  readonly part: PartType;
  readonly found?: Found;
}

export function describe(reader: RuleReader, term: Term): Described {
  switch (term.kind) {
    case 'payload': {
      const { base, offset, bits } = term;
      const found = reader.headers.findExactly(base, offset, bits) ?? reader.headers.findPort(base, offset, bits);
      if (found === undefined)
        return { json: raw(term.base, term.offset, term.bits), part: { ...packetNumber, bits: term.bits } };
      leaveOut(reader, found);
      return { json: fieldJson(found), part: { type: found.field.type, bits: term.bits, order: 'network' }, found };
    }
    case 'option': {
      if (term.option === 'exthdr' || term.option === 'ip option') reader.drop('nh');
      if (term.present) return { json: optionJson(term), part: booleanPart };
      const field = optionField(term.option, term.type, term.offset, term.bits);
      if (field !== undefined)
        return { json: field.json, part: { type: field.type, bits: term.bits, order: 'network' } };
      return { json: optionJson(term), part: { ...packetNumber, bits: term.bits } };
    }
    case 'plain':
      return { json: term.json, part: { type: term.type, bits: term.bits, order: term.order } };
    case 'swapped': {
      const described = describe(reader, term.of);
      return { ...described, part: { ...described.part, order: 'network' } };
    }
    case 'binary':
      return describeBinary(reader, term);
    case 'hash': {
      const { mod, seed, offset } = term;
      const expr = describeAll(reader, term.keys);
      const jhash = { mod, ...(seed !== 0 && { seed }), ...(offset !== 0 && { offset }), expr: expr.json };
      return { json: { jhash }, part: machineNumber };
    }
    case 'map': {
      const key = describeAll(reader, term.keys);
      const data = contentsOf(reader, term.set, key.parts);
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

function describeBinary(reader: RuleReader, term: Extract<Term, { kind: 'binary' }>): Described {
  if (term.op === '&') {
    const trimmed = trim(reader, term.left, term.right);
    if (trimmed !== undefined) {
      leaveOut(reader, trimmed.found);
      return trimmed;
    }
  }
  const left = describe(reader, term.left);
  if (term.op === '<<' || term.op === '>>') {
    const json = { [term.op]: [left.json, Number(term.right)] } as unknown as Expression;
    return { json, part: { ...left.part, shift: 0 } };
  }
  const operand = showPart({ ...left.part, shift: 0 }, term.right, reader.context);
  return { json: { [term.op]: [left.json, operand] } as unknown as Expression, part: left.part };
}

/** One term, or several side by side. */
export function describeAll(reader: RuleReader, terms: readonly Term[]): { json: Expression; parts: PartType[] } {
  const described = terms.map((term) => describe(reader, term));
  const parts = described.map(({ part }) => part);
  const [only] = described;
  if (described.length === 1 && only !== undefined) return { json: only.json, parts };
  return { json: { concat: described.map(({ json }) => json) }, parts };
}

/** The field that a mask leaves of bytes; undefined if it is not exactly one. */
export function trim(reader: RuleReader, term: Term, mask: bigint): Described | undefined {
  const run = runOfOnes(mask);
  if (run === undefined || (term.kind !== 'payload' && term.kind !== 'option')) return undefined;
  const below = trailingZeros(mask);
  const offset = term.offset + term.bits - below - run;
  if (term.kind === 'option') {
    if (term.option !== 'tcp option') reader.drop('nh');
    const json = optionField(term.option, term.type, offset, run);
    return json && { json: json.json, part: { type: json.type, bits: run, order: 'network', shift: below } };
  }
  const found = reader.headers.findExactly(term.base, offset, run);
  if (found === undefined || found.protocol.name === 'th') return undefined;
  return {
    json: fieldJson(found),
    part: { type: found.field.type, bits: run, order: 'network', shift: below },
    found,
  };
}

/** A value that is written somewhere, in the type of the place. */
export function describeAs(reader: RuleReader, term: Term, part: PartType): Expression {
  if (term.kind !== 'value') return describe(reader, term).json;
  const value = numberOfBytes(term.bytes.subarray(0, bytesFor(part.bits) || term.bytes.length), part.order);
  const flags = isFlags(part.type) ? flagsOf(part.type, value) : undefined;
  if (flags !== undefined && flags.length > 1) return flags;
  return showPart(part, value, reader.context);
}

/** The name of a set, or what is in an anonymous one. */
export function contentsOf(reader: RuleReader, set: NftSetMessage, parts: readonly PartType[]): Expression {
  const { flags = 0, name = '' } = set.attributes;
  if ((flags & ANONYMOUS) === 0) return `@${name}`;
  const items = showElements(set, reader.context.elements(set), parts, dataParts(set), reader.context);
  if (items === undefined) throw new NoWords(`what is in the set ${name}`);
  return { set: items };
}

export function raw(base: PayloadBase, offset: number, bits: number): Expression {
  return { payload: { base, offset, len: bits } };
}

export function fieldJson({ protocol, field }: Found): Expression {
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
