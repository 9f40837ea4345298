import { describe, expect, it } from 'vitest';
import { loadRulesets, type RulesetFixture } from '../../../../test/nft/ruleset-fixture.ts';
import type { NftExpression } from '../../../netlink/families/netfilter/expressions.ts';
import type { NftElement } from '../../../netlink/families/netfilter/nft-elements.ts';
import type { NftRuleMessage } from '../../../netlink/families/netfilter/nft-rule.ts';
import type { NftSetMessage } from '../../../netlink/families/netfilter/nft-set.ts';
import { toPlain } from '../../../wire/plain.ts';
import { statementsOf } from './delinearize.ts';
import type { Family } from './headers.ts';
import type { LinearRule } from './linearize/target.ts';
import { linearize } from './linearize.ts';
import { familyOf } from './ruleset-show.ts';
import { setViewOf } from './set-attributes.ts';

const links = {
  linkName: (index: number) => (index === 1 ? 'lo' : undefined),
  linkIndex: (name: string) => (name === 'lo' ? 1 : undefined),
};

interface Case {
  readonly family: Family;
  readonly rule: NftRuleMessage;
  readonly sets: ReadonlyMap<string, NftSetMessage>;
  readonly elements: (set: NftSetMessage) => readonly NftElement[];
}

function casesOf({ messages }: RulesetFixture): Case[] {
  return messages.rules.map((rule) => {
    const sets = messages.sets.filter(
      ({ header, attributes }) => header.family === rule.header.family && attributes.table === rule.attributes.table,
    );
    const byName = new Map(sets.map((set) => [set.attributes.name ?? '', set]));
    return { family: familyOf(rule) as Family, rule, sets: byName, elements: messages.elements };
  });
}

const read = ({ family, rule, sets, elements }: Case) =>
  statementsOf(rule.attributes.expressions ?? [], { ...links, family, sets, elements });

function write(each: Case): LinearRule {
  let id = 0;
  const { family, sets } = each;
  return linearize(read(each), {
    ...links,
    family,
    nextId: () => ++id,
    set: (name) => {
      const set = sets.get(name);
      return set === undefined ? undefined : setViewOf(set);
    },
  });
}

/** The sets of a rule as if the kernel had taken them. */
function readBack(each: Case, { sets, expressions }: LinearRule) {
  const own = new Map(
    sets.map(({ attributes }) => [attributes.id, { header: each.rule.header, attributes } as NftSetMessage]),
  );
  const known = new Map(each.sets);
  const elements = new Map(sets.map((set) => [own.get(set.attributes.id), set.elements as readonly NftElement[]]));
  const named = expressions.map((expression) => {
    const data = { ...(expression as { data?: object }).data } as Record<string, unknown>;
    const set = own.get(data.setId as number);
    if (set === undefined) return expression;
    const name = `#${data.setId}`;
    known.set(name, { ...set, attributes: { ...set.attributes } });
    elements.set(known.get(name), elements.get(set) ?? []);
    return { ...expression, data: { ...data, ['set' in data ? 'set' : 'setName']: name } };
  });
  return statementsOf(named as NftExpression[], {
    ...links,
    family: each.family,
    sets: known,
    elements: (set) => elements.get(set) ?? each.elements(set),
  });
}

/** Without what says nothing: the names of meters, the order of elements, and a set around one value. */
function meaning(value: unknown): string {
  const plain = JSON.stringify(value, (key, each) => {
    if (key !== 'set' || !Array.isArray(each)) return each;
    const [only] = each;
    if (each.length === 1 && !Array.isArray(only) && !(only instanceof Object && 'concat' in only))
      return ['one', only];
    return each.map((item) => JSON.stringify(item)).sort();
  });
  return plain
    .replace(/"name":"(?:#\d+|me\d?)"/g, '"name":"meter"')
    .replace(/\{"set":\["one",(.*?)\]\}(?=\}\})/g, '$1');
}

/** An expression without what the kernel adds when it lists it: zeros, and the other end of what has only one. */
function bare(expression: { kind?: string | undefined; data?: unknown }): unknown {
  const data = { ...(expression.data as Record<string, unknown>) };
  delete data.setId;
  for (const word of ['set', 'setName']) if (String(data[word]).startsWith('__')) data[word] = 'anonymous';
  if (/nat|masq|redir/.test(expression.kind ?? '')) {
    if (data.regAddrMax === data.regAddrMin) delete data.regAddrMax;
    if (data.regProtoMax === data.regProtoMin) delete data.regProtoMax;
    // Both follow from the registers that are given.
    data.flags = Number(data.flags ?? 0) & ~3;
  }
  if (expression.kind === 'log' && data.level === 4) delete data.level;
  const entries = Object.entries(data).filter(([, value]) => value !== 0 && value !== 0n && value !== undefined);
  return toPlain({ kind: expression.kind, data: Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))) });
}

describe.each(loadRulesets().map((fixture) => ({ name: fixture.name, cases: casesOf(fixture) })))(
  'rules that nft made: $name',
  ({ cases }) => {
    it('are the same after they were written and read again', () => {
      const differences = cases.flatMap((each) => {
        const [before, after] = [meaning(read(each)), meaning(readBack(each, write(each)))];
        return before === after ? [] : [{ before, after }];
      });
      expect(differences).toEqual([]);
    });

    it('are written as nft writes them, but for a few that say the same in another way', () => {
      const different = cases.filter((each) => {
        const ours = write(each).expressions.map(bare);
        const theirs = (each.rule.attributes.expressions ?? []).map(bare);
        return JSON.stringify(ours) !== JSON.stringify(theirs);
      });
      // What can be asked in two ways is listed in one: `nft` has lost which way it was, and so have we.
      expect(different.length).toBeLessThanOrEqual(Math.ceil(cases.length * 0.14));
    });
  },
);
