import type { NftExpression, NftExpressionInput } from '../../netlink/families/netfilter/expressions.ts';
import { type NftRuleMessage, type NftRuleMessageInput, nftRule } from '../../netlink/families/netfilter/nft-rule.ts';
import { NLM_F_APPEND, NLM_F_CREATE, NLM_F_REPLACE } from '../../netlink/header.ts';
import type { Change, Sink } from './change.ts';
import { type FirewallFamily, familyNameOf, familyNumberOf } from './words.ts';

/** Where rules are. */
export interface RulePlace {
  readonly family: FirewallFamily;
  readonly table: string;
  readonly chain: string;
}

/** A rule to be made: `nft add rule`. */
export interface FirewallRuleSpec extends RulePlace {
  /** What it looks at and what it does, in this order, as the kernel has it. `netns firewall` and `nft` write the same in words. */
  readonly expressions: readonly NftExpressionInput[];
  readonly comment?: string | undefined;
  /** The handle of the rule next to which it is put: `add` puts it behind that one, `insert` before it. */
  readonly position?: bigint | undefined;
  /** What an extension of iptables in it wants to know of the rule: the protocol, and bit 1 of `flags` for all others. */
  readonly compat?: { readonly proto: number; readonly flags: number } | undefined;
  /** Stands for the handle in the same transaction. */
  readonly id?: number | undefined;
  /** The `id` of a rule of the same transaction, in place of `position`. */
  readonly positionId?: number | undefined;
  /** What else is stored with it, as `nft` reads it; instead of `comment`. */
  readonly userdata?: NftRuleUserdataInput | undefined;
}

type NftRuleUserdataInput = NonNullable<NonNullable<NftRuleMessageInput['attributes']>['userdata']>;

/** A rule as the kernel describes it. */
export interface FirewallRule extends FirewallRuleSpec {
  readonly expressions: readonly NftExpression[];
  /** The kernel's number for it, by which it is deleted and replaced. */
  readonly handle: bigint;
  /** Everything that the kernel said, unknown attributes included. */
  readonly message: NftRuleMessage;
}

/** What names a rule. */
export interface RuleName extends RulePlace {
  readonly handle: bigint;
}

/** Changes of rules. `nft add rule`, `insert rule`, `replace rule`, `delete rule`. */
export class FirewallRuleChanges<R, Made = R> {
  readonly #make: Sink<R>;
  readonly #makeNew: Sink<Made>;

  constructor(make: Sink<R>, makeNew: Sink<Made>) {
    this.#make = make;
    this.#makeNew = makeNew;
  }

  /** Makes a rule at the end of a chain, or behind the one at `position`. Refused with ENOENT if the chain, or a set that it looks into, is not there. */
  add(spec: FirewallRuleSpec): Made {
    return this.#makeNew(() => put(spec, 'add', NLM_F_CREATE | NLM_F_APPEND));
  }

  /** Makes a rule at the beginning of a chain, or before the one at `position`. */
  insert(spec: FirewallRuleSpec): Made {
    return this.#makeNew(() => put(spec, 'insert', NLM_F_CREATE));
  }

  /** Puts a rule in the place of another one, which `handle` says. The new one has another handle. */
  replace(spec: FirewallRuleSpec & RuleName): Made {
    return this.#makeNew(() => put(spec, 'replace', NLM_F_REPLACE));
  }

  /** Deletes a rule. Refused with ENOENT if it is not there. What was listed can be deleted as it is. */
  delete(rule: RuleName): R {
    return this.#make(() => single('del', rule));
  }

  /** Deletes a rule, should it be there. Linux 6.3. */
  destroy(rule: RuleName): R {
    return this.#make(() => single('destroy', rule));
  }
}

function describe({ family, table, chain }: RulePlace): string {
  return `${family} ${table} ${chain}`;
}

function put(spec: FirewallRuleSpec & { readonly handle?: bigint }, what: string, flags: number): Change {
  const { family, table, chain, expressions, compat, id, positionId, comment } = spec;
  const replaces = (flags & NLM_F_REPLACE) !== 0;
  const value: NftRuleMessageInput = {
    header: { family: familyNumberOf(family) },
    attributes: {
      table,
      chain,
      handle: replaces ? spec.handle : undefined,
      position: replaces ? undefined : spec.position,
      expressions: expressions.some(hasVainFlags) ? expressions.map(withoutVainFlags) : expressions,
      compat,
      userdata: spec.userdata ?? (comment === undefined ? undefined : { comment }),
      id,
      positionId,
    },
  };
  const handle = replaces ? ` handle ${spec.handle}` : '';
  return {
    operation: `${what} rule ${describe(spec)}${handle}`,
    messages: [{ declaration: nftRule, verb: 'new', value, flags }],
  };
}

/** The kernel gives flags that are not set, and of these expressions it does not take them back. */
function hasVainFlags(expression: NftExpressionInput): boolean {
  const { kind } = expression;
  return (kind === 'osf' || kind === 'exthdr') && expression.data?.flags === 0;
}

function withoutVainFlags(expression: NftExpressionInput): NftExpressionInput {
  if (!hasVainFlags(expression)) return expression;
  const { data } = expression as { readonly data: object };
  return { ...expression, data: { ...data, flags: undefined } } as NftExpressionInput;
}

function single(verb: 'del' | 'destroy', rule: RuleName): Change {
  const { family, table, chain, handle } = rule;
  const value = { header: { family: familyNumberOf(family) }, attributes: { table, chain, handle } };
  return {
    operation: `delete rule ${describe(rule)} handle ${handle}`,
    messages: [{ declaration: nftRule, verb, value, flags: 0 }],
  };
}

/** A rule as the kernel gives it, in the words of this library. */
export function firewallRuleOf(message: NftRuleMessage): FirewallRule {
  const { header, attributes } = message;
  const { compat, userdata } = attributes;
  return {
    family: familyNameOf(header.family),
    table: attributes.table ?? '',
    chain: attributes.chain ?? '',
    handle: attributes.handle ?? 0n,
    expressions: attributes.expressions ?? [],
    comment: userdata?.comment,
    userdata,
    compat: compat && { proto: compat.proto ?? 0, flags: compat.flags ?? 0 },
    message,
  };
}
