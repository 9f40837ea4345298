import { TC_ACT_GOTO_CHAIN, TC_ACT_JUMP, tcVerdicts } from '../../../../netlink/families/route/actions/act.ts';
import { nameOf } from '../../../../wire/names.ts';
import type { JsonObject } from '../../ip/json.ts';
import { isPrefix, type Words } from '../../ip/words.ts';
import { illegal, next, number } from '../kinds/read.ts';
import type { Say } from '../say.ts';

/** What becomes of a packet, by the words for it, in the order in which `tc` compares them. */
const verdicts: Readonly<Record<string, number>> = {
  continue: -1,
  drop: 2,
  shot: 2,
  pass: 0,
  ok: 0,
  reclassify: 1,
  pipe: 3,
  goto: TC_ACT_GOTO_CHAIN,
  jump: TC_ACT_JUMP,
  trap: 8,
};

/** The names by which it is shown. */
const shown: Readonly<Record<number, string>> = { ...tcVerdicts, 4: 'stolen' };

function verdictWord(word: string | undefined): string | undefined {
  return word === undefined ? undefined : Object.keys(verdicts).find((each) => isPrefix(word, each));
}

export function isVerdict(word: string | undefined): boolean {
  return verdictWord(word) !== undefined;
}

/** The verdict that stands next, with the chain or the number of actions behind it; `otherwise` when there is none. Throws Exit. */
export function readVerdict<T>(words: Words, otherwise: T): number | T {
  const word = verdictWord(words.peek());
  if (word === undefined) return otherwise;
  words.take();
  const value = verdicts[word] as number;
  if (word === 'goto') {
    if (next(words) !== 'chain') throw illegal('chain');
    return value | number(next(words), 'chain');
  }
  return word === 'jump' ? value | number(next(words), 'jump') : value;
}

export function verdictText(value: number): string {
  const { type, chain, jump } = parts(value);
  return chain !== undefined ? `goto chain ${chain}` : jump !== undefined ? `jump ${jump}` : type;
}

/** `action drop`, and in JSON its parts. */
export function tellVerdict(say: Say, words: string, value: number, key = 'control_action'): void {
  const { type, chain, jump } = parts(value);
  const members: JsonObject = {
    type,
    ...(chain === undefined ? {} : { chain }),
    ...(jump === undefined ? {} : { jump }),
  };
  say.value(key, words, members, verdictText(value));
}

function parts(value: number): { type: string; chain?: number; jump?: number } {
  const rest = value & 0x0fff_ffff;
  if (value > 0 && (value & 0xf000_0000) === TC_ACT_GOTO_CHAIN) return { type: 'goto', chain: rest };
  if (value > 0 && (value & 0xf000_0000) === TC_ACT_JUMP) return { type: 'jump', jump: rest };
  return { type: nameOf(shown, value) as string };
}
