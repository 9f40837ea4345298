import type { actionKinds } from '../../../../netlink/families/route/action.ts';
import type { Out } from '../../../../wire/shape.ts';
import { isPrefix, type Words } from '../../ip/words.ts';
import type { ReadContext } from '../kinds/kind.ts';
import { next, number } from '../kinds/read.ts';
import type { Say, Telling } from '../say.ts';
import { readVerdict } from './verdict.ts';

/** What a listing of filters and actions knows beside the messages. */
export interface TrafficView extends Telling {
  linkName(index: number): string;
}

/** One kind of action: how its words are read, and how its settings are told. Values are as the kernel has them. */
export interface ActionKind {
  /** Reads the words behind the kind, as far as they are its own. Throws Exit. */
  read(words: Words, context: ReadContext): object;
  print(say: Say, data: never, view: TrafficView): void;
}

export type Data<K extends keyof typeof actionKinds> = Out<(typeof actionKinds)[K]>;

/** Keeps the types of what a kind prints while it is written. */
export function actionKind<D>(of: {
  read(words: Words, context: ReadContext): object;
  print(say: Say, data: D, view: TrafficView): void;
}): ActionKind {
  return of as ActionKind;
}

/** What to do with a word: gives members of the settings. `take` takes the word behind it. */
export type ActionTable<Draft> = Readonly<
  Record<string, (take: () => string, words: Words, word: string) => Partial<Draft> | undefined>
>;

/** Which of the words in the table this is: itself, or the first that begins so. */
export function meant(table: object, word: string): string | undefined {
  return Object.hasOwn(table, word) ? word : Object.keys(table).find((each) => isPrefix(word, each));
}

/** Reads words as long as they are in the table, of which a beginning is enough. They come in the order in which they are compared. */
export function readSome<Draft extends object>(words: Words, draft: Draft, table: ActionTable<Draft>): void {
  for (let word = words.peek(); word !== undefined; word = words.peek()) {
    const known = meant(table, word);
    if (known === undefined) return;
    words.take();
    Object.assign(
      draft,
      table[known]?.(() => next(words), words, known),
    );
  }
}

/** `[VERDICT] [index NUMBER]`, which most actions end with. */
export function readEnd(words: Words, usual: number): { index?: number; action: number } {
  const action = readVerdict(words, usual);
  return { ...readIndex(words), action };
}

export function readIndex(words: Words): { index?: number } {
  const word = words.peek();
  if (word === undefined || !isPrefix(word, 'index')) return {};
  words.take();
  return { index: number(next(words), 'index') };
}

/** The word of the kind, which stands in front of its own. */
export function skipWord(words: Words, name: string): void {
  const word = words.peek();
  if (word !== undefined && isPrefix(word, name)) words.take();
}

interface Times {
  readonly install: bigint;
  readonly lastuse: bigint;
  readonly expires: bigint;
  readonly firstuse?: bigint | undefined;
}

/** The verdict's number, its users, and with statistics when it was made and used: `\t index 1 ref 1 bind 1`. */
export function tellUsers(
  say: Say,
  { index, refcnt, bindcnt }: { readonly index: number; readonly refcnt: number; readonly bindcnt: number },
  tm: Times | undefined,
  view: TrafficView,
  before = '\n\t ',
): void {
  say.value('index', `${before}index %`, index);
  say.value('ref', ' ref %', refcnt);
  say.value('bind', ' bind %', bindcnt);
  if (view.statistics) tellTimes(say, tm);
}

/** Hundredths of a second as whole seconds. What has not happened is not told. */
export function tellTimes(say: Say, tm: Times | undefined): void {
  const seconds = (key: string, words: string, value: bigint | undefined) => {
    if (value) say.value(key, words, value / 100n);
  };
  seconds('installed', ' installed % sec', tm?.install);
  seconds('last_used', ' used % sec', tm?.lastuse);
  seconds('first_used', ' firstused % sec', tm?.firstuse);
  seconds('expires', ' expires % sec', tm?.expires);
}
