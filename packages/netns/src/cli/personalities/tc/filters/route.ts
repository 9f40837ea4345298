import { number } from '../kinds/read.ts';
import { type Data, filterKind, outcome, readAll, tellClass, tellOutcome } from './kind.ts';

/** In the handle: any source. */
const anySource = 0xffff;
/** In its upper half: by the device that it came in by. */
const byDevice = 0x8000;

/** By the realms of the route. */
export const route = filterKind<Data<'route'>>({
  read(words, header, handle, context) {
    if (handle !== undefined) header.handle = number(handle, 'handle');
    if (words.peek() === undefined) return undefined;
    const draft: { to?: number; from?: number; iif?: number } = {};
    const { class: classWords, act, police } = outcome(context);
    readAll<object>(words, draft, {
      to: (take) => ({ to: number(take(), 'to') }),
      from: (take) => ({ from: number(take(), 'from') }),
      fromif: (take) => ({ iif: context.indexOf(take()) }),
      ...classWords,
      police,
      action: act,
    });
    const { to, from, iif } = draft;
    const source = iif !== undefined ? byDevice | iif : (from ?? anySource);
    header.handle = ((source << 16) | (to ?? byDevice)) >>> 0;
    return draft;
  },
  print(say, data, { handle }, view) {
    if (handle !== 0) say.value('fh', 'fh % ', `0x${handle.toString(16).padStart(8, '0')}`);
    tellClass(say, data.classid);
    if (data.to !== undefined) say.value('to', 'to % ', data.to);
    if (data.iif !== undefined) say.value('fromif', 'fromif %', view.linkName(data.iif));
    if (data.from !== undefined) say.value('from', 'from % ', data.from);
    tellOutcome(say, data, view);
  },
});
