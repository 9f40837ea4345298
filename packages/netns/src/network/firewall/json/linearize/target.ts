import type { NftExpressionInput } from '../../../../netlink/families/netfilter/expressions.ts';
import type { NftElementInput } from '../../../../netlink/families/netfilter/nft-elements.ts';
import type { NftRuleMessageInput } from '../../../../netlink/families/netfilter/nft-rule.ts';
import type { NftSetMessageInput } from '../../../../netlink/families/netfilter/nft-set.ts';
import type { Family } from '../headers.ts';
import type { SetView } from '../set-attributes.ts';
import type { JsonContext } from '../values.ts';

/** What a rule is made in. */
export interface RuleTarget extends JsonContext {
  readonly family: Family;
  /** A set of the table; undefined if it is not known. */
  readonly set: (name: string) => SetView | undefined;
  /** A number for a set that is made with the rule. */
  readonly nextId: () => number;
}

/** A set that exists only for one rule. */
export interface RuleSet {
  readonly attributes: NonNullable<NftSetMessageInput['attributes']>;
  readonly elements: readonly NftElementInput[];
}

/** A rule as the kernel takes it. */
export interface LinearRule {
  readonly sets: readonly RuleSet[];
  readonly expressions: readonly NftExpressionInput[];
  /** What an extension of iptables wants to know of the rule. */
  readonly compat?: NftRuleCompat;
}

export type NftRuleCompat = NonNullable<NonNullable<NftRuleMessageInput['attributes']>['compat']>;
