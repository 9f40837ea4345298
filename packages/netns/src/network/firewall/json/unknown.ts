import type { NftExpression } from '../../../netlink/families/netfilter/expressions.ts';
import type { NftElement } from '../../../netlink/families/netfilter/nft-elements.ts';
import type { NftSetMessage } from '../../../netlink/families/netfilter/nft-set.ts';
import { toPlain } from '../../../wire/plain.ts';
import type { Statement } from './schema.ts';

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
