import { number } from '../kinds/read.ts';
import { classId } from '../qdisc/change.ts';
import { readEmatches, tellEmatches } from './ematch.ts';
import { type Data, filterKind, outcome, readAll, readHandle, tellClass, tellHandle, tellOutcome } from './kind.ts';

/** Extended matches only. */
export const basic = filterKind<Data<'basic'>>({
  read(words, header, handle, context) {
    readHandle(header, handle);
    if (words.peek() === undefined) return undefined;
    const draft = {};
    const { class: classWords, act, police } = outcome(context);
    readAll<object>(words, draft, {
      match: (take) => ({ ematches: readEmatches(take()) }),
      ...classWords,
      action: act,
      police,
    });
    return draft;
  },
  print(say, data, header, view) {
    tellHandle(say, header, header.handle.toString(16));
    tellClass(say, data.classid);
    if (data.ematches !== undefined) tellEmatches(say, data.ematches);
    tellOutcome(say, data, view);
  },
});

/** By the control group of the sender. Its handle is a number, or like a class. */
export const cgroup = filterKind<Data<'cgroup'>>({
  read(words, header, handle, context) {
    if (handle !== undefined) header.handle = handle.endsWith(':') ? classId(handle) >>> 16 : number(handle, 'handle');
    const draft = {};
    const { act, police } = outcome(context);
    readAll<object>(words, draft, { match: (take) => ({ ematches: readEmatches(take()) }), action: act, police });
    return draft;
  },
  print(say, data, header, view) {
    tellHandle(say, header, `0x${header.handle.toString(16)}`);
    if (data.ematches !== undefined) tellEmatches(say, data.ematches);
    tellOutcome(say, data, view);
  },
});
