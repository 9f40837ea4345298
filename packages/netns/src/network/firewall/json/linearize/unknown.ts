import type { NftExpressionInput } from '../../../../netlink/families/netfilter/expressions.ts';
import type { NftElementInput } from '../../../../netlink/families/netfilter/nft-elements.ts';
import { fromPlain } from '../../../../wire/plain.ts';
import { integerAt, isObject, listAt, objectAt } from '../checked.ts';
import type { Path } from '../fault.ts';
import type { RuleSet } from './target.ts';
import type { RuleWriter } from './writer.ts';

/** What was kept because there were no words for it. */
export function writeUnknown(writer: RuleWriter, value: unknown, path: Path): void {
  const { expressions, sets, compat } = objectAt(value, path);
  if (compat !== undefined) {
    const { proto = 0, flags = 0 } = objectAt(compat, path.at('compat'));
    const at = path.at('compat');
    writer.compat = { proto: integerAt(proto, at.at('proto')), flags: integerAt(flags, at.at('flags')) };
  }
  for (const [index, each] of (sets === undefined ? [] : listAt(sets, path.at('sets'))).entries()) {
    const at = path.at('sets').at(index);
    const { set, elements } = objectAt(each, at);
    const attributes = {
      ...objectAt(fromPlain(set), at.at('set')),
      id: writer.target.nextId(),
    } as RuleSet['attributes'];
    writer.sets.push({
      attributes,
      elements: listAt(fromPlain(elements), at.at('elements')) as NftElementInput[],
    });
  }
  for (const [index, each] of listAt(expressions, path.at('expressions')).entries()) {
    const at = path.at('expressions').at(index);
    const expression = objectAt(fromPlain(each), at);
    const data = isObject(expression.data) ? expression.data : {};
    const name = data.set ?? data.setName;
    const own = writer.sets.find(({ attributes }) => attributes.name === name);
    const known = own === undefined ? expression : { ...expression, data: { ...data, setId: own.attributes.id } };
    writer.push(known as unknown as NftExpressionInput);
  }
}
