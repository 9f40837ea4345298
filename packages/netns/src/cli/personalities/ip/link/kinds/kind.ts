import type { LinkMessage, LinkMessageInput } from '../../../../../netlink/families/route/link.ts';
import type { Part } from '../../show/fields.ts';
import type { Words } from '../../words.ts';
import type { Lookup } from '../lookup.ts';
import type { LinkView } from '../view.ts';

type Info = NonNullable<LinkMessage['attributes']['linkinfo']>;
type InfoInput = NonNullable<NonNullable<LinkMessageInput['attributes']>['linkinfo']>;
type Data<I> = I extends { readonly data?: infer D } ? NonNullable<D> : never;
type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** The settings of a kind, as decoded. */
export type DataOf<K extends string> = Data<Extract<Info, { readonly kind: K }>>;
/** The settings of a kind, as they are collected from words. */
export type DraftOf<K extends string> = Writable<Data<Extract<InfoInput, { readonly kind: K }>>>;

/** What a port of a kind of master has of its own, as decoded and as collected. */
export type PortDataOf<K extends string> = Data<Extract<NonNullable<Info['slave']>, { readonly kind: K }>>;
export type PortDraftOf<K extends string> = Writable<
  Data<Extract<NonNullable<InfoInput['slave']>, { readonly kind: K }>>
>;

/** What is going on while the words of a kind are read. */
export interface KindContext {
  readonly lookup: Lookup;
  /** A link is being made, not changed. */
  readonly creating: boolean;
  /** The link that is changed, as it is now. */
  existing(): LinkMessage | undefined;
  warn(text: string): void;
}

/** What `ip` knows of one kind of link: its settings in words, and its settings shown. */
export interface Kind<Shown = never, Draft = unknown> {
  readonly kind: string;
  /** Printed by `ip link help KIND`, and when a word is wrong. */
  readonly usage: string;
  /** Reads the words behind `type KIND`; without it they are passed over. Throws Exit. */
  readonly parse?: (words: Words, context: KindContext) => Draft;
  /** What `-details` shows. */
  readonly describe?: readonly Part<Shown, LinkView>[];
}
