import { flowKeys } from '../../../../netlink/families/route/filters/kinds.ts';
import { failure } from '../../ip/exit.ts';
import { isPrefix, type Words } from '../../ip/words.ts';
import { next, number } from '../kinds/read.ts';
import { classId } from '../qdisc/change.ts';
import { classIdText } from '../qdisc/describe.ts';
import { readEmatches, tellEmatches } from './ematch.ts';
import { type Data, filterKind, outcome, readAll, readHandle, tellOutcome } from './kind.ts';

const map = 0;
const hash = 1;

interface Draft {
  keys?: number;
  mode?: number;
  rshift?: number;
  addend?: number;
  mask?: number;
  xor?: number;
}

/** `src,dst,proto` as bits. */
function keyBits(word: string): number {
  return word.split(',').reduce((bits, name) => {
    const bit = flowKeys.indexOf(name as (typeof flowKeys)[number]);
    if (bit === -1) throw failure(`Illegal key "${name}"`);
    return (bits | (1 << bit)) >>> 0;
  }, 0);
}

/** `and`, `or` and `xor` of a key with a number, and numbers added or shifted: all become one mask and one xor. */
function readMap(words: Words, draft: Draft): void {
  draft.keys = keyBits(next(words));
  for (let word = words.peek(); word !== undefined; word = words.peek()) {
    const { mask = 0xffff_ffff, xor = 0 } = draft;
    const value = () => number(next(words), word as string, word === 'addend');
    const name = word;
    if (!['and', 'or', 'xor', 'rshift', 'addend'].includes(name)) return;
    words.take();
    if (name === 'and') draft.mask = (mask & value()) >>> 0;
    else if (name === 'or') {
      const bits = value();
      draft.mask = (mask & ~bits) >>> 0;
      draft.xor = (xor | bits) >>> 0;
    } else if (name === 'xor') draft.xor = (xor ^ value()) >>> 0;
    else Object.assign(draft, { [name]: value() >>> 0 });
  }
}

/** The class is computed from parts of the packet. */
export const flow = filterKind<Data<'flow'>>({
  read(words, header, handle, context) {
    readHandle(header, handle);
    if (words.peek() === undefined) return undefined;
    const draft: Draft = {};
    const { act, police } = outcome(context);
    readAll<object>(words, draft, {
      map: (take, of) => {
        const word = take();
        if (!isPrefix(word, 'key')) throw failure(`What is "${word}"?`);
        const own: Draft = { mode: map };
        readMap(of, own);
        return own;
      },
      hash: (take) => {
        const word = take();
        if (!isPrefix(word, 'keys')) throw failure(`What is "${word}"?`);
        return { mode: hash, keys: keyBits(take()) };
      },
      divisor: (take) => ({ divisor: number(take(), 'divisor') }),
      baseclass: (take) => ({ baseclass: classId(take()) }),
      perturb: (take) => ({ perturb: number(take(), 'perturb') }),
      police,
      action: act,
      match: (take) => ({ ematches: readEmatches(take()) }),
    });
    const { mode = map, mask, xor, ...rest } = draft;
    const masked = mask !== undefined || xor !== undefined || rest.rshift !== undefined || rest.addend !== undefined;
    const given = mode === map && masked ? { mask: mask ?? 0xffff_ffff, xor: xor ?? 0 } : {};
    return { ...rest, mode, ...given };
  },
  print(say, data, header, view) {
    say.value('handle', 'handle % ', `0x${header.handle.toString(16)}`);
    say.value('mode', '% ', data.mode === hash ? 'hash' : 'map');
    const names = flowKeys.filter((_, bit) => ((data.keys ?? 0) & (1 << bit)) !== 0);
    say.value('keys', 'keys % ', names, names.join(','));
    const eight = (value: number) => `0x${(value >>> 0).toString(16).padStart(8, '0')}`;
    const { mask, xor = 0 } = data;
    if (mask !== undefined) {
      const or = (xor & ~mask) >>> 0;
      const own = (xor & mask) >>> 0;
      if (mask !== 0xffff_ffff) say.value('and', 'and % ', mask, eight(mask));
      if (own !== 0) say.value('xor', 'xor % ', own, eight(own));
      if (or !== 0) say.value('or', 'or % ', or, eight(or));
    }
    if (data.rshift) say.value('rshift', 'rshift % ', data.rshift);
    if (data.addend) say.value('addend', 'addend % ', data.addend, `0x${data.addend.toString(16)}`);
    if (data.divisor) say.value('divisor', 'divisor % ', data.divisor);
    if (data.baseclass !== undefined) say.value('baseclass', 'baseclass % ', classIdText(data.baseclass));
    if (data.perturb) say.value('perturb', 'perturb %sec ', data.perturb);
    if (data.ematches !== undefined) tellEmatches(say, data.ematches);
    if (data.act !== undefined || data.police !== undefined) say.words('\n');
    tellOutcome(say, data, view);
  },
});
