import type { NftExpression } from '../../../../netlink/families/netfilter/expressions.ts';
import { numberOfBytes, ones } from '../bits.ts';
import { showPart, showVerdict } from '../elements-show.ts';
import type { Key, Keys } from '../keys.ts';
import { type OptionKind, optionKinds, payloadBases } from '../protocols.ts';
import { orderOf, type Term } from '../terms.ts';
import { leaveOut } from './dependencies.ts';
import { describe, describeAs, trim } from './describe.ts';
import { type DataOf, NoWords, type RuleReader } from './reader.ts';

type WireVerdict = Parameters<typeof showVerdict>[0] | undefined;

interface KeyedData {
  readonly key?: number | undefined;
  readonly dreg?: number | undefined;
  readonly sreg?: number | undefined;
  readonly direction?: number | undefined;
}

type BitwiseData = Extract<NftExpression, { kind: 'bitwise' }>['data'] & object;

const directions = ['original', 'reply'] as const;

export function readKeyed(reader: RuleReader, of: 'meta' | 'ct', keys: Keys, data: KeyedData): void {
  const key = keys.byNumber.get(data.key ?? 0);
  if (key === undefined) throw new NoWords(`${of} key ${data.key}`);
  const dir = data.direction === undefined || !hasDirection(key) ? {} : { dir: directions[data.direction] as 'reply' };
  const json = of === 'meta' ? { meta: { key: key.name } } : { ct: { key: key.name, ...dir } };
  if (data.sreg === undefined) {
    reader.set(data.dreg ?? 0, { kind: 'plain', json, type: key.type, bits: key.bits, order: key.order, key, of });
    return;
  }
  const value = describeAs(reader, reader.term(data.sreg), { type: key.type, bits: key.bits, order: key.order });
  reader.emit({ mangle: { key: json, value } });
}

export function readPayload(
  reader: RuleReader,
  data: {
    dreg?: number | undefined;
    sreg?: number | undefined;
    base?: number | undefined;
    offset?: number | undefined;
    len?: number | undefined;
  },
): void {
  const base = payloadBases[data.base ?? 0];
  if (base === undefined) throw new NoWords(`payload base ${data.base}`);
  const term = { kind: 'payload', base, offset: (data.offset ?? 0) * 8, bits: (data.len ?? 0) * 8 } as const;
  if (data.sreg === undefined) reader.set(data.dreg ?? 0, term);
  else writePayload(reader, term, reader.term(data.sreg));
}

/** A field of the packet is set: of a part of the bytes, by a mask for the rest of them. */
function writePayload(reader: RuleReader, target: Extract<Term, { kind: 'payload' }>, source: Term): void {
  const masked = maskedWrite(source, target);
  if (masked !== undefined) {
    const field = trim(reader, target, ones(target.bits) ^ masked.keep);
    if (field === undefined) throw new NoWords('a part of a field is set');
    leaveOut(reader, field.found);
    reader.emit({ mangle: { key: field.json, value: showPart(field.part, masked.value, reader.context) } });
    return;
  }
  const field = describe(reader, target);
  reader.emit({ mangle: { key: field.json, value: describeAs(reader, source, field.part) } });
}

export function readExthdr(
  reader: RuleReader,
  data: {
    dreg?: number | undefined;
    sreg?: number | undefined;
    type?: number | undefined;
    offset?: number | undefined;
    len?: number | undefined;
    flags?: number | undefined;
    op?: number | undefined;
  },
): void {
  const option = (Object.keys(optionKinds) as OptionKind[]).find((kind) => optionKinds[kind].op === (data.op ?? 0));
  if (option === undefined) throw new NoWords(`exthdr op ${data.op}`);
  const present = ((data.flags ?? 0) & 1) !== 0;
  const { type = 0, offset = 0, len = 0 } = data;
  const term = { kind: 'option', option, type, offset: offset * 8, bits: len * 8, present } as const;
  if (data.dreg !== undefined) {
    reader.set(data.dreg, term);
    return;
  }
  if (data.sreg === undefined) {
    const known = optionKinds[option].options.find((each) => each.type === type);
    if (known === undefined || option !== 'tcp option') throw new NoWords(`reset of ${option} ${type}`);
    reader.emit({ reset: { 'tcp option': { name: known.name } } });
    return;
  }
  const field = describe(reader, term);
  reader.emit({ mangle: { key: field.json, value: describeAs(reader, reader.term(data.sreg), field.part) } });
}

/** `(sreg & mask) ^ xor` as the operations that it was made of, in the order in which `nft` takes it apart. */
export function readBitwise(reader: RuleReader, data: BitwiseData): void {
  const { sreg = 0, dreg = 0, len = 0, op = 0 } = data;
  const left = reader.term(sreg);
  if (op === 1 || op === 2) {
    if (data.data?.value === undefined) throw new NoWords('a shift by a register');
    const right = numberOfBytes(data.data.value, 'machine');
    reader.set(dreg, { kind: 'binary', op: op === 1 ? '<<' : '>>', left, right });
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
  reader.set(dreg, term);
}

export function readImmediate(
  reader: RuleReader,
  data: {
    dreg?: number | undefined;
    data?: { value?: Uint8Array | undefined; verdict?: WireVerdict } | undefined;
  },
): void {
  if (data.data?.verdict !== undefined) {
    const verdict = showVerdict(data.data.verdict);
    if (verdict === undefined) throw new NoWords(`verdict ${data.data.verdict.code}`);
    reader.emit(verdict);
    return;
  }
  const bytes = data.data?.value;
  if (bytes === undefined) throw new NoWords('an immediate without a value');
  reader.set(data.dreg ?? 0, { kind: 'value', bytes });
}

/** Keys of `ct` that are counted for each direction. `nft` shows it with no other. */
function hasDirection({ name }: Key): boolean {
  return /addr$|^proto-|^packets$|^bytes$|^avgpkt$|^zone$/.test(name);
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

export function readByteorder(reader: RuleReader, { sreg = 0, dreg = 0, len = 0 }: DataOf<'byteorder'>): void {
  reader.registers.set(dreg, len, { kind: 'swapped', of: reader.term(sreg) });
}
