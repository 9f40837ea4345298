import type { UnknownUserdata } from '../../../netlink/families/netfilter/userdata.ts';
import { fromPlain, toPlain } from '../../../wire/plain.ts';
import { bytesOfNumber, joinBytes, numberOfBytes } from './bits.ts';
import { isObject, onlyEntry } from './checked.ts';
import type { Path } from './fault.ts';
import { ctKeys, type Key, metaKeys } from './keys.ts';
import { type Field, protocols } from './protocols.ts';

import type { Expression, Set as JsonSet } from './schema.ts';

// A set that was declared with `typeof` keeps of which expression, so that `nft` lists it in these words. The kernel only stores it, in a form
// that is nft's own: numbers of expressions, protocols and fields as libnftables counts them.

export interface TypeOf {
  readonly expression?: number | undefined;
  readonly data?: readonly UnknownUserdata[] | undefined;
}

const VERDICT = 1;
const VALUE = 4;
const PAYLOAD = 7;
const META = 9;
const CT = 12;
const CONCAT = 13;

/** In the order of their numbers, which begin with 1. */
const protocolNumbers: readonly string[] = [
  ...['ah', 'esp', 'comp', 'icmp', 'igmp', 'udp', 'udplite', 'tcp', 'dccp', 'sctp', 'th', 'ip', 'ip6', 'icmpv6', 'arp'],
  ...['vlan', 'ether'],
];

/** Fields whose number is not their place in the header. */
const fieldNumbers: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  vlan: { id: 4, type: 5 },
  igmp: { mrt: 3, checksum: 2 },
};

/** No direction of a connection. */
const noDirection = 0xffff_ffff;
const directions = ['original', 'reply'] as const;

function entry(type: number, value: number | Uint8Array): UnknownUserdata {
  return { type, raw: typeof value === 'number' ? bytesOfNumber(BigInt(value), 4, 'machine') : value };
}

function encoded(entries: readonly UnknownUserdata[]): Uint8Array {
  return joinBytes(entries.flatMap(({ type, raw }) => [Uint8Array.of(type, raw.length), raw]));
}

function decoded(bytes: Uint8Array): UnknownUserdata[] {
  const entries: UnknownUserdata[] = [];
  for (let at = 0; at + 2 <= bytes.length; ) {
    const [type = 0, length = 0] = bytes.subarray(at, at + 2);
    entries.push({ type, raw: bytes.slice(at + 2, at + 2 + length) });
    at += 2 + length;
  }
  return entries;
}

/** Of a map of verdicts: the JSON has it as the type. */
export const verdictTypeOf: TypeOf = { expression: VERDICT, data: [] };

/** As JSON has it. */
export type ShownTypeOf = NonNullable<JsonSet['typeof']>;

/** What is stored of a `typeof` that was read, and so is right; undefined where there are no words here. */
export function typeOfExpression(json: unknown, path: Path): TypeOf | undefined {
  if (!isObject(json)) return undefined;
  const [kind, value] = onlyEntry(json, path);
  if (kind === 'unknown') return fromPlain(value) as TypeOf;
  if (kind === 'concat')
    return concatenation((value as readonly unknown[]).map((part) => typeOfExpression(part, path)));
  const { protocol, field, key, dir, family } = value as Readonly<Record<string, string | undefined>>;
  if (kind === 'payload' && protocol !== undefined) {
    const found = protocols[protocol]?.fields.find(({ name }) => name === field);
    const number = protocolNumbers.indexOf(protocol) + 1;
    if (found === undefined || number === 0) return undefined;
    const width = found.type.bits === 0 ? [entry(4, found.bits)] : [];
    return { expression: PAYLOAD, data: [entry(0, number), entry(1, numberOf(protocol, found)), ...width] };
  }
  if (kind === 'meta') return keyed(META, metaKeys.byName.get(key ?? ''));
  if (kind === 'ct') {
    const way = dir === undefined ? noDirection : directions.indexOf(dir as 'original');
    return keyed(CT, ctKeys.byName.get(family === undefined ? (key ?? '') : `${family} ${key}`), entry(1, way));
  }
  return undefined;
}

function keyed(expression: number, key: Key | undefined, ...more: UnknownUserdata[]): TypeOf | undefined {
  return key && { expression, data: [entry(0, key.number), ...more] };
}

function numberOf(protocol: string, field: Field): number {
  return fieldNumbers[protocol]?.[field.name] ?? (protocols[protocol]?.fields.indexOf(field) ?? -1) + 1;
}

function concatenation(parts: readonly (TypeOf | undefined)[]): TypeOf | undefined {
  const data: UnknownUserdata[] = [];
  for (const [index, part] of parts.entries()) {
    if (part?.expression === undefined) return undefined;
    data.push(entry(index, encoded([entry(0, part.expression), entry(1, encoded(part.data ?? []))])));
  }
  return { expression: CONCAT, data };
}

/** The expression of a stored `typeof`; where there are no words for it, as it is, so that it can be stored again. */
export function showTypeOf(stored: TypeOf | undefined): ShownTypeOf | undefined {
  if (stored === undefined || saysNothing(stored)) return undefined;
  return (expressionOf(stored) as Expression | undefined) ?? { unknown: toPlain(stored) };
}

/**
 * Of what was declared by its type nft 1.1 stores that it is a value, and of parts of which each was, that they are put together: older ones
 * nothing of these, and 1.1 an entry without length, behind which the rest lies about.
 */
function saysNothing({ expression, data = [] }: TypeOf): boolean {
  return expression === VERDICT || expression === VALUE || (expression === CONCAT && !data[0]?.raw.length);
}

function expressionOf({ expression, data = [] }: TypeOf): object | undefined {
  const number = (type: number) => {
    const found = data.find((each) => each.type === type);
    return found && Number(numberOfBytes(found.raw, 'machine'));
  };
  switch (expression) {
    case PAYLOAD: {
      const protocol = protocolNumbers[(number(0) ?? 0) - 1];
      if (protocol === undefined) return undefined;
      const field = protocols[protocol]?.fields.find((each) => numberOf(protocol, each) === number(1));
      return field && { payload: { protocol, field: field.name } };
    }
    case META: {
      const key = metaKeys.byNumber.get(number(0) ?? -1);
      return key && { meta: { key: key.name } };
    }
    case CT: {
      const key = ctKeys.byNumber.get(number(0) ?? -1);
      if (key === undefined) return undefined;
      const [, family, name] = /^(?:(ip6?) )?(.*)$/.exec(key.name) ?? [];
      const dir = directions[number(1) ?? noDirection];
      return { ct: { key: name, ...(family !== undefined && { family }), ...(dir !== undefined && { dir }) } };
    }
    case CONCAT: {
      const parts = data.map(({ raw }) => {
        const [first, second] = decoded(raw);
        if (first === undefined || second === undefined) return undefined;
        return expressionOf({ expression: Number(numberOfBytes(first.raw, 'machine')), data: decoded(second.raw) });
      });
      return parts.includes(undefined) ? undefined : { concat: parts };
    }
    default:
      return undefined;
  }
}
