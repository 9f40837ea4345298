import type { NftExpression } from '../../../netlink/families/netfilter/expressions.ts';
import type { NftElement } from '../../../netlink/families/netfilter/nft-elements.ts';
import type { NftSetMessage } from '../../../netlink/families/netfilter/nft-set.ts';
import type { Path } from './fault.ts';
import type { Statement } from './schema.ts';

/** Values of a message in JSON: bytes as `0x…`, large numbers as `…n`. {@link fromPlain} takes them back. */
export function toPlain(value: unknown): unknown {
  if (value instanceof Uint8Array) return `0x${[...value].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  if (typeof value === 'bigint') return `${value}n`;
  if (Array.isArray(value)) return value.map(toPlain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .map(([key, each]) => [key, toPlain(each)]),
  );
}

/**
 * A rule that the schema has no words for, as one statement: its expressions as they are, and the anonymous sets that they look into.
 * Loading it makes the same rule.
 */
export function unknownStatement(
  reason: string,
  expressions: readonly NftExpression[],
  context: {
    readonly sets: ReadonlyMap<string, NftSetMessage>;
    readonly elements: (set: NftSetMessage) => readonly NftElement[];
  },
): Statement {
  const sets = expressions.flatMap((expression) => {
    const name = setNameOf(expression);
    const set = name === undefined ? undefined : context.sets.get(name);
    if (set === undefined || ((set.attributes.flags ?? 0) & 1) === 0) return [];
    const { handle: _, table: __, ...attributes } = set.attributes;
    return [{ set: toPlain(attributes), elements: context.elements(set).map(toPlain) }];
  });
  return { unknown: { reason, expressions: expressions.map(toPlain), ...(sets.length > 0 && { sets }) } };
}

function setNameOf(expression: NftExpression): string | undefined {
  if (expression.kind === 'lookup') return expression.data?.set;
  if (expression.kind === 'objref' || expression.kind === 'dynset') return expression.data?.setName;
  return undefined;
}

/** Takes back what {@link toPlain} wrote. */
export function fromPlain(value: unknown, path: Path): unknown {
  if (typeof value === 'string') {
    if (/^0x(?:[0-9a-f]{2})*$/.test(value))
      return Uint8Array.from(value.slice(2).match(/../g) ?? [], (each) => Number.parseInt(each, 16));
    if (/^\d{1,20}n$/.test(value)) return BigInt(value.slice(0, -1));
    return value;
  }
  if (Array.isArray(value)) return value.map((each, index) => fromPlain(each, path.at(index)));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fromPlain(each, path.at(key))]));
}
