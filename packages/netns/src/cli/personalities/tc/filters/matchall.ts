import {
  type Data,
  filterKind,
  outcome,
  readAll,
  readHandle,
  skipWords,
  tellClass,
  tellFlags,
  tellHandle,
  tellOutcome,
} from './kind.ts';

/** Everything. */
export const matchall = filterKind<Data<'matchall'>>({
  read(words, header, handle, context) {
    readHandle(header, handle);
    if (words.peek() === undefined) return undefined;
    const draft: { flags?: number } = {};
    const { class: classWords, act } = outcome(context);
    readAll<object>(words, draft, { ...classWords, action: act, ...skipWords(draft) });
    const { flags, ...rest } = draft;
    return flags ? { ...rest, flags } : rest;
  },
  print(say, data, header, view) {
    tellHandle(say, header);
    tellClass(say, data.classid);
    tellFlags(say, data.flags, '\n  ', '');
    if (view.statistics && data.pcnt !== undefined) say.value('rule_hit', ' (rule hit %)', data.pcnt.rhit);
    tellOutcome(say, data, view);
  },
});
