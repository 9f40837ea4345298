import type { classKinds, qdiscKinds } from '../../netlink/families/route/qdisc.ts';
import type { In, Out } from '../../wire/shape.ts';
import { cake } from './kinds/cake.ts';
import { codel, fqCodel, pie } from './kinds/delay-based.ts';
import { drrClass, fq, qfqClass, sfq } from './kinds/fair.ts';
import { fifo } from './kinds/fifo.ts';
import { hfsc, hfscClass } from './kinds/hfsc.ts';
import { htb, htbClass } from './kinds/htb.ts';
import { computed } from './kinds/kind.ts';
import { netem } from './kinds/netem.ts';
import { prio } from './kinds/prio.ts';
import { tbf } from './kinds/tbf.ts';

/** Kinds of queueing disciplines whose settings are in plain units here. All others take, and show, what the kernel has. */
export const qdiscSettings = {
  pfifo: fifo,
  bfifo: fifo,
  pfifo_head_drop: fifo,
  prio,
  tbf,
  htb,
  hfsc,
  netem,
  fq_codel: fqCodel,
  fq,
  codel,
  pie,
  cake,
  sfq,
} as const;

/** The same of classes. */
export const classSettings = { htb: htbClass, hfsc: hfscClass, drr: drrClass, qfq: qfqClass } as const;

type OptionsFor<S, W, K, Way extends 'in' | 'out'> = K extends keyof S
  ? S[K] extends { encode(options: infer O): unknown }
    ? O
    : never
  : K extends keyof W
    ? Way extends 'in'
      ? In<W[K]>
      : Out<W[K]>
    : never;

/** A kind with its settings: the union of all, which narrows by `kind`. */
type KindIn<S, W> = {
  [K in keyof W & string]: { readonly kind: K; readonly options?: OptionsFor<S, W, K, 'in'> | undefined };
}[keyof W & string];
type KindOut<S, W> = {
  [K in keyof W & string]: { readonly kind: K; readonly options?: OptionsFor<S, W, K, 'out'> | undefined };
}[keyof W & string];

/** A kind that this library does not know: its name, and its settings as the bytes that the kernel takes. */
interface OtherKind {
  readonly kind: 'other';
  readonly name: string;
  readonly raw?: Uint8Array | undefined;
}

export type QdiscKindSpec = KindIn<typeof qdiscSettings, typeof qdiscKinds> | OtherKind;
export type QdiscKindSeen = KindOut<typeof qdiscSettings, typeof qdiscKinds> | OtherKind;
export type ClassKindSpec = KindIn<typeof classSettings, typeof classKinds> | OtherKind;
export type ClassKindSeen = KindOut<typeof classSettings, typeof classKinds> | OtherKind;

type AnySettings = Readonly<Record<string, { encode(options: never): unknown; decode(seen: never): unknown }>>;
interface Given {
  readonly kind: string;
  readonly options?: unknown;
  readonly name?: string;
  readonly raw?: Uint8Array | undefined;
}
interface Seen {
  readonly kind?: string;
  readonly data?: unknown;
  readonly name?: string;
  readonly raw?: Uint8Array;
}

/** Kind and settings for the kernel. Kinds that need none are sent none unless some are given, so that the kernel's defaults hold. */
export function encodeKind(settings: AnySettings, given: object) {
  const { kind, options, name, raw } = given as Given;
  if (kind === 'other') return { kind, name, raw };
  const known = Object.hasOwn(settings, kind) ? settings[kind] : undefined;
  const data =
    known === undefined || options === undefined
      ? options
      : computed(kind, options as never, (given) => known.encode(given));
  return { kind, ...(data === undefined ? {} : { data }) };
}

/** Kind and settings as the kernel gives them. */
export function decodeKind(settings: AnySettings, seen: object): object {
  const { kind = 'other', data, name, raw } = seen as Seen;
  if (kind === 'other') return { kind, name: name ?? '', ...(raw === undefined ? {} : { raw }) };
  const known = Object.hasOwn(settings, kind) ? settings[kind] : undefined;
  return { kind, options: data === undefined || known === undefined ? data : known.decode(data as never) };
}
