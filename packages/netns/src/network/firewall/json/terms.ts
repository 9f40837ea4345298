import type { NftSetMessage } from '../../../netlink/families/netfilter/nft-set.ts';
import type { ByteOrder } from './bits.ts';
import type { DataType } from './datatypes.ts';
import type { Key } from './keys.ts';
import type { OptionKind, PayloadBase } from './protocols.ts';
import type { Expression } from './schema.ts';

/** What a register holds while a rule is read: what it was computed of. */
export type Term =
  | { readonly kind: 'payload'; readonly base: PayloadBase; readonly offset: number; readonly bits: number }
  | {
      readonly kind: 'option';
      readonly option: OptionKind;
      readonly type: number;
      readonly offset: number;
      readonly bits: number;
      readonly present: boolean;
    }
  | {
      readonly kind: 'plain';
      readonly json: Expression;
      readonly type: DataType;
      readonly bits: number;
      readonly order: ByteOrder;
      readonly key?: Key;
      readonly of?: 'meta' | 'ct';
    }
  | { readonly kind: 'value'; readonly bytes: Uint8Array }
  | { readonly kind: 'binary'; readonly op: BinaryOperator; readonly left: Term; readonly right: bigint }
  | {
      readonly kind: 'hash';
      readonly keys: readonly Term[];
      readonly mod: number;
      readonly seed: number;
      readonly offset: number;
    }
  | { readonly kind: 'map'; readonly keys: readonly Term[]; readonly set: NftSetMessage }
  | { readonly kind: 'swapped'; readonly of: Term };

export type BinaryOperator = '&' | '|' | '^' | '<<' | '>>';

/** How many bits a term has; 0 if that is not known. */
export function bitsOf(term: Term): number {
  switch (term.kind) {
    case 'payload':
    case 'option':
    case 'plain':
      return term.bits;
    case 'value':
      return term.bytes.length * 8;
    case 'binary':
      return bitsOf(term.left);
    case 'swapped':
      return bitsOf(term.of);
    case 'hash':
      return 32;
    case 'map':
      return (term.set.attributes.dataLen ?? 0) * 8;
  }
}

export function orderOf(term: Term): ByteOrder {
  switch (term.kind) {
    case 'plain':
      return term.order;
    case 'binary':
      return orderOf(term.left);
    case 'hash':
      return 'machine';
    default:
      return 'network';
  }
}
