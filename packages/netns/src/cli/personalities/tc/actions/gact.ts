import { isPrefix } from '../../ip/words.ts';
import { illegal, next, number } from '../kinds/read.ts';
import { actionKind, type Data, readIndex, skipWord, tellUsers } from './kind.ts';
import { isVerdict, readVerdict, tellVerdict } from './verdict.ts';

const chances = ['none', 'netrand', 'determ'] as const;

/** Only a verdict; with `random`, another one for one packet of so many. */
export const gact = actionKind<Data<'gact'>>({
  read(words) {
    skipWord(words, 'gact');
    const word = words.peek();
    if (!isVerdict(word) && !(word !== undefined && isPrefix(word, 'index'))) throw illegal('gact');
    const action = readVerdict(words, 0);
    let prob: { ptype: number; pval: number; paction: number } | undefined;
    if (isPrefix(words.peek() ?? '', 'random')) {
      words.take();
      const type = next(words);
      const ptype = chances.findIndex((each) => each !== 'none' && isPrefix(type, each));
      if (ptype < 1) throw illegal('random');
      const paction = readVerdict(words, undefined);
      const pval = number(next(words), 'random');
      if (paction === undefined || pval > 10_000) throw illegal('random');
      prob = { ptype, pval, paction };
    }
    return { parms: { ...readIndex(words), action }, ...(prob === undefined ? {} : { prob }) };
  },
  print(say, { parms, prob, tm }, view) {
    if (parms === undefined) return;
    say.member('kind', 'gact');
    tellVerdict(say, 'gact action %', parms.action);
    say.group('prob', (inner) => {
      const { ptype = 0, pval = 0, paction = 0 } = prob ?? {};
      inner.value('random_type', '\n\t random type %', chances[ptype] ?? 'none');
      tellVerdict(inner, ' %', paction);
      inner.value('val', ' val %', pval);
    });
    tellUsers(say, parms, tm, view);
    say.words('\n');
  },
});
