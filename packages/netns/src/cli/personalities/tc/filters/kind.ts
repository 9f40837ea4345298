import type { filterKinds } from '../../../../netlink/families/route/filter.ts';
import type { Out } from '../../../../wire/shape.ts';
import { failure } from '../../ip/exit.ts';
import type { Words } from '../../ip/words.ts';
import { type ActionTable, meant, type TrafficView } from '../actions/kind.ts';
import { type ActionInput, readActions, tellActions } from '../actions/list.ts';
import { readPolice, tellPolice } from '../actions/police.ts';
import type { ReadContext } from '../kinds/kind.ts';
import { next, number } from '../kinds/read.ts';
import { classId } from '../qdisc/change.ts';
import { classIdText } from '../qdisc/describe.ts';
import type { Say } from '../say.ts';

/** What the message of a filter says beside its settings. */
export interface FilterHeader {
  /** Its number: what it means is a matter of the kind, which may set it while it reads. */
  handle: number;
  /** EtherType of the packets. */
  readonly protocol: number;
}

/** One kind of filter: how its words are read, and how its settings are told. Values are as the kernel has them. */
export interface FilterKind {
  /** Reads the words behind the kind, and what stood behind `handle`. Nothing: only the kind is sent. Throws Exit. */
  read(words: Words, header: FilterHeader, handle: string | undefined, context: ReadContext): object | undefined;
  print(say: Say, data: never, header: FilterHeader, view: TrafficView): void;
}

export type Data<K extends keyof typeof filterKinds> = Out<(typeof filterKinds)[K]>;

/** Keeps the types of what a kind prints while it is written. */
export function filterKind<D>(of: {
  read(words: Words, header: FilterHeader, handle: string | undefined, context: ReadContext): object | undefined;
  print(say: Say, data: D, header: FilterHeader, view: TrafficView): void;
}): FilterKind {
  return of as FilterKind;
}

/** The number behind `handle`, which most kinds take as it is. */
export function readHandle(header: FilterHeader, handle: string | undefined): void {
  if (handle !== undefined) header.handle = number(handle, 'handle');
}

/** Reads words until there are no more; a beginning of one is enough. Throws Exit for one that is not in the table. */
export function readAll<Draft extends object>(words: Words, draft: Draft, table: ActionTable<Draft>): void {
  for (let word = words.take(); word !== undefined; word = words.take()) {
    const known = meant(table, word);
    if (known === undefined) throw failure(`What is "${word}"?`);
    Object.assign(
      draft,
      table[known]?.(() => next(words), words, known),
    );
  }
}

interface Common {
  classid?: number;
  act?: readonly ActionInput[];
  police?: object;
  indev?: string;
}

const classWord = (take: () => string): Common => ({ classid: classId(take()) });

/** The words that all kinds have: which class, and what is done. */
export function outcome(context: ReadContext) {
  const act = (_take: unknown, of: Words): Common => ({ act: readActions(of, context) });
  const police = (_take: unknown, of: Words): Common => ({ police: readPolice(of) });
  return { class: { classid: classWord, flowid: classWord }, act, police } as const;
}

/** Bits of TCA_CLS_FLAGS_*, by the words for them. */
const flagWords = { skip_hw: 1, skip_sw: 2, in_hw: 4, not_in_hw: 8 } as const;
export const verboseFlag = 16;

/** `skip_hw` and `skip_sw`: they collect in a draft. */
export function skipWords(draft: { flags?: number }) {
  const set = (bit: number) => () => ({ flags: (draft.flags ?? 0) | bit });
  return { skip_hw: set(flagWords.skip_hw), skip_sw: set(flagWords.skip_sw) };
}

/** Where a filter is at work: in the kernel, in a device, or both. */
export function tellFlags(say: Say, flags: number | undefined, before: string, after: string, count?: number): void {
  if (flags === undefined) return;
  for (const word of ['skip_hw', 'skip_sw'] as const)
    say.flag(word, `${before}${word}${after}`, (flags & flagWords[word]) !== 0);
  if ((flags & flagWords.in_hw) !== 0) {
    say.flag('in_hw', `${before}in_hw${after}`, true);
    if (count !== undefined) say.value('in_hw_count', ' in_hw_count %', count);
  } else say.flag('not_in_hw', `${before}not_in_hw${after}`, (flags & flagWords.not_in_hw) !== 0);
}

export function tellClass(say: Say, classid: number | undefined, key = 'flowid'): void {
  if (classid !== undefined) say.value(key, `${key} % `, classIdText(classid));
}

export function tellHandle(say: Say, { handle }: FilterHeader, value: number | string = handle): void {
  if (handle !== 0) say.value('handle', 'handle % ', value, `0x${handle.toString(16)}`);
}

/** What is done with packets, at the end of each kind. */
export function tellOutcome(
  say: Say,
  { police, act }: { readonly police?: object | undefined; readonly act?: readonly object[] | undefined },
  view: TrafficView,
): void {
  if (police !== undefined) {
    say.words('\n');
    tellPolice(say, police as never, view);
  }
  if (act !== undefined) tellActions(say, act as never, view);
}
