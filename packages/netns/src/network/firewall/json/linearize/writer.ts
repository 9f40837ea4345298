import type { NftExpressionInput } from '../../../../netlink/families/netfilter/expressions.ts';
import type { PartType } from '../elements-show.ts';
import { Headers } from '../headers.ts';
import type { Key } from '../keys.ts';
import type { Field, Protocol } from '../protocols.ts';
import type { SetView } from '../set-attributes.ts';
import { joinNeighbours, type Unit } from './join-neighbours.ts';
import type { NftRuleCompat, RuleSet, RuleTarget } from './target.ts';

/** What an expression leaves in its register. */
export interface Operand extends PartType {
  /** The field of a header that it is. */
  readonly protocol?: Protocol;
  readonly field?: Field;
  /** The key of `meta` or `ct` that it is. */
  readonly key?: Key;
  readonly of?: 'meta' | 'ct';
  /** Bytes of the packet, exactly these: neighbours can be compared at once. */
  readonly bytes?: { readonly base: number; readonly offset: number; readonly length: number };
  /** What the value of a map is. */
  readonly data?: SetView;
}

/** Bytes of a register of the first kind. */
export const REGISTER = 16;

/** The expressions of one rule, as they are written: what the functions beside this file have in common. */
export class RuleWriter {
  readonly sets: RuleSet[] = [];
  compat: NftRuleCompat | undefined;
  readonly target: RuleTarget;
  /** What is known of the packet's headers where the rule has come to. */
  readonly headers: Headers;
  /** Of the unit that is being written. */
  #out: NftExpressionInput[] = [];
  readonly #units: Unit[] = [];

  constructor(target: RuleTarget) {
    this.target = target;
    this.headers = new Headers(target.family);
  }

  push(...expressions: NftExpressionInput[]): void {
    this.#out.push(...expressions);
  }

  /** Changes the expression that was written last. */
  amend(change: (last: NftExpressionInput) => NftExpressionInput): void {
    const last = this.#out.pop();
    if (last !== undefined) this.#out.push(change(last));
  }

  /** Ends a unit of expressions. */
  close(equal?: Unit['equal']): void {
    if (this.#out.length > 0) this.#units.push({ expressions: this.#out, ...(equal && { equal }) });
    this.#out = [];
  }

  /** Writes a unit that stands before the one that is being written; `equal` is what it compares, if it can be joined. */
  before(write: () => void, equal?: Unit['equal']): void {
    const current = this.#out;
    this.#out = [];
    write();
    this.close(equal);
    this.#out = current;
  }

  expressions(): NftExpressionInput[] {
    return joinNeighbours(this.#units).flatMap(({ expressions }) => expressions);
  }
}

/** Goes on only if a register has this value. */
export function equals(sreg: number, value: Uint8Array): NftExpressionInput {
  return { kind: 'cmp', data: { sreg, op: 0, data: { value } } };
}
