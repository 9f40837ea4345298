import { failure } from '../../ip/exit.ts';
import { isPrefix } from '../../ip/words.ts';
import { illegal, next, number } from '../kinds/read.ts';
import { actionKind, type Data, readIndex, skipWord, tellUsers } from './kind.ts';
import { readVerdict, tellVerdict } from './verdict.ts';

/** By number: where to, and whether it is a copy. */
const ways = ['', 'Egress Redirect', 'Egress Mirror', 'Ingress Redirect', 'Ingress Mirror'] as const;
const stolen = 4;
const pipe = 3;

/** Sends packets, or copies of them, to another device. */
export const mirred = actionKind<Data<'mirred'>>({
  read(words, context) {
    skipWord(words, 'mirred');
    const draft: { index?: number; direction?: string; mode?: string; device?: string } = {};
    for (let word = words.peek(); word !== undefined; word = words.peek()) {
      if (draft.direction === undefined && isPrefix(word, 'egress')) draft.direction = 'Egress';
      else if (draft.direction === undefined && isPrefix(word, 'ingress')) draft.direction = 'Ingress';
      else if (isPrefix(word, 'index')) {
        words.take();
        draft.index = number(next(words), 'index');
        continue;
      } else if (draft.mode === undefined && isPrefix(word, 'mirror')) draft.mode = 'Mirror';
      else if (draft.mode === undefined && isPrefix(word, 'redirect')) draft.mode = 'Redirect';
      else if (draft.mode !== undefined && draft.device === undefined && isPrefix(word, 'dev')) {
        words.take();
        draft.device = next(words);
        break;
      } else break;
      words.take();
    }
    const eaction = ways.indexOf(`${draft.direction} ${draft.mode}` as (typeof ways)[number]);
    if (eaction < 1) {
      if (draft.index === undefined || draft.direction !== undefined) throw illegal('mirred');
      return { parms: { index: draft.index, action: readVerdict(words, 0) } };
    }
    if (draft.device === undefined) throw failure('bad mirred action: no device');
    const ifindex = context.indexOf(draft.device);
    const action = draft.mode === 'Mirror' ? readVerdict(words, pipe) : stolen;
    const index = draft.index ?? readIndex(words).index;
    return { parms: { index, action, eaction, ifindex } };
  },
  print(say, { parms, tm }, view) {
    if (parms === undefined) return;
    const way = ways[parms.eaction] ?? 'unknown';
    const [direction = '', mode = ''] = way.toLowerCase().split(' ');
    say.member('kind', 'mirred');
    say.words(`mirred (${way} to device `);
    say.member('mirred_action', mode);
    say.member('direction', direction);
    say.value('to_dev', '%)', view.linkName(parms.ifindex));
    tellVerdict(say, ' %', parms.action);
    tellUsers(say, parms, tm, view, '\n\t');
    say.words('\n');
  },
});
