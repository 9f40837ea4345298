import type { NftExpression } from '../../../../netlink/families/netfilter/expressions.ts';
import type { NftElement } from '../../../../netlink/families/netfilter/nft-elements.ts';
import type { NftSetMessage } from '../../../../netlink/families/netfilter/nft-set.ts';
import { bytesFor } from '../bits.ts';
import { type Family, type Found, Headers } from '../headers.ts';
import type { Key } from '../keys.ts';
import { Registers } from '../registers.ts';
import type { Statement } from '../schema.ts';
import { bitsOf, type Term } from '../terms.ts';
import type { JsonContext } from '../values.ts';

/** The table that a rule is in. */
export interface RuleContext extends JsonContext {
  readonly family: Family;
  /** Its sets by name. */
  readonly sets: ReadonlyMap<string, NftSetMessage>;
  /** What is in its sets; asked only of the anonymous ones. */
  readonly elements: (set: NftSetMessage) => readonly NftElement[];
}

/** What the schema has no words for; the rule is then kept as it is. */
export class NoWords extends Error {}

/** Layers of a packet at which a match can say which protocol there is. */
export type Layer = 'll' | 'nh' | 'th';

/** A statement that may be left out, if a later one says the same. */
interface Dependency {
  readonly output: Output;
  readonly found: Found | undefined;
  readonly key: Key | undefined;
  readonly value: bigint;
}

export interface Output {
  statement: Statement;
  /** It is left out. */
  left?: boolean;
}

/** A walk through the expressions of one rule: what stands in the registers, what is known of the packet, what was said so far. */
export class RuleReader {
  readonly context: RuleContext;
  readonly headers: Headers;
  readonly registers = new Registers<Term>();
  readonly outputs: Output[] = [];
  /** What was said about a layer, and may be left out. */
  readonly dependencies = new Map<Layer, Dependency>();
  icmpDependency: { output: Output; value: bigint } | undefined;

  constructor(context: RuleContext) {
    this.context = context;
    this.headers = new Headers(context.family);
  }

  statements(): Statement[] {
    return this.outputs.filter(({ left }) => !left).map(({ statement }) => statement);
  }

  emit(statement: Statement): Output {
    const output: Output = { statement };
    this.outputs.push(output);
    return output;
  }

  term(register: number): Term {
    const term = this.registers.get(register);
    if (term === undefined) throw new NoWords(`register ${register} is read before it is written`);
    return term;
  }

  set(register: number, term: Term): void {
    if (!this.registers.set(register, Math.max(4, bytesFor(bitsOf(term))), term))
      throw new NoWords(`register ${register} is written`);
  }

  /** Leaves out what was said about a layer. */
  drop(layer: Layer): void {
    const dependency = this.dependencies.get(layer);
    if (dependency !== undefined) dependency.output.left = true;
    this.dependencies.delete(layer);
  }
}

/** What is in an expression of a kind. */
export type DataOf<Kind extends NftExpression['kind']> =
  Extract<NftExpression, { kind: Kind }> extends { readonly data?: infer Data } ? NonNullable<Data> : object;
