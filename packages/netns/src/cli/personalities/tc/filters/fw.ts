import { tellPolice } from '../actions/police.ts';
import { number } from '../kinds/read.ts';
import { type Data, filterKind, outcome, readAll, tellClass, tellOutcome } from './kind.ts';

/** By the mark of the packet, which is the filter's handle; behind a slash, which of its bits count. */
export const fw = filterKind<Data<'fw'>>({
  read(words, header, handle, context) {
    const [mark, mask] = handle?.split('/') ?? [];
    if (mark !== undefined) header.handle = number(mark, 'handle');
    const draft = mask === undefined ? {} : { mask: number(mask, 'handle') };
    if (words.peek() === undefined) return Object.keys(draft).length === 0 ? undefined : draft;
    const { class: classWords, act, police } = outcome(context);
    readAll<object>(words, draft, { ...classWords, police, action: act, indev: (take) => ({ indev: take() }) });
    return draft;
  },
  print(say, data, { handle }, view) {
    const hexadecimal = (value: number) => `0x${value.toString(16)}`;
    const { mask } = data;
    const all = mask === undefined || mask === 0xffff_ffff;
    if (handle !== 0 || !all)
      say.value('handle', 'handle % ', all ? hexadecimal(handle) : `${hexadecimal(handle)}/${hexadecimal(mask)}`);
    tellClass(say, data.classid, 'classid');
    if (data.police !== undefined) tellPolice(say, data.police as never, view);
    if (data.indev !== undefined) say.value('indev', 'input dev % ', data.indev);
    if (data.act === undefined) return;
    say.words('\n');
    tellOutcome(say, { act: data.act }, view);
  },
});
