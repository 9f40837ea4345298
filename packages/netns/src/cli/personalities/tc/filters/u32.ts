import { failure } from '../../ip/exit.ts';
import { prefix } from '../../ip/inet.ts';
import { hardwareAddress } from '../../ip/values.ts';
import { isPrefix, type Words } from '../../ip/words.ts';
import { illegal, next, number } from '../kinds/read.ts';
import type { Say } from '../say.ts';
import { type Data, filterKind, outcome, readAll, skipWords, tellClass, tellFlags, tellOutcome } from './kind.ts';

/** Bits of a selector's flags (TC_U32_*). */
const terminal = 1;
const withOffset = 2;
const variableOffset = 4;
const eat = 8;

/** One condition: 32 bits at a place, as the kernel has them (numbers of the network). */
interface Key {
  val: number;
  mask: number;
  readonly off: number;
  readonly offmask: number;
}

interface Place {
  readonly off: number;
  /** Counted from the header behind. */
  readonly behind: boolean;
}

/** Fields of headers: where they are, and how many bytes. `-` before a place: it can only be counted from the header behind. */
const fields: Readonly<
  Record<string, Readonly<Record<string, readonly [off: number, size: 1 | 2 | 4, offmask?: number]>>>
> = {
  ip: {
    tos: [1, 1],
    dsfield: [1, 1],
    ihl: [0, 1],
    protocol: [9, 1],
    precedence: [1, 1],
    dport: [22, 2],
    sport: [20, 2],
    icmp_type: [20, 1],
    icmp_code: [21, 1],
  },
  ip6: {
    protocol: [6, 1],
    flowlabel: [0, 4],
    dport: [42, 2],
    sport: [40, 2],
    icmp_type: [40, 1],
    icmp_code: [41, 1, 1],
  },
  udp: { src: [0, 2, -1], dst: [2, 2, -1] },
  tcp: { src: [0, 2, -1], dst: [2, 2, -1] },
  icmp: { type: [0, 1, -1], code: [1, 1, -1] },
};

/** Conditions that are a word. */
const fragments: Readonly<Record<string, readonly [val: number, mask: number]>> = {
  nofrag: [0, 0x3fff],
  firstfrag: [0, 0x1fff],
  df: [0x4000, 0x4000],
  mf: [0x2000, 0x2000],
};

interface Draft {
  classid?: number;
  divisor?: number;
  link?: number;
  hash?: number;
  order?: number;
  sample?: boolean;
  flags?: number;
  mark?: { val: number; mask: number };
}

/** Any bits at any place, with hash tables. */
export const u32 = filterKind<Data<'u32'>>({
  read(words, header, handle, context) {
    if (handle !== undefined) header.handle = u32Handle(handle, 'handle');
    if (words.peek() === undefined) return undefined;
    const keys: Key[] = [];
    const selector = { flags: 0, offshift: 0, offmask: 0, off: 0, offoff: 0, hoff: 0, hmask: 0 };
    let selected = false;
    let bucket: number | undefined;
    const draft: Draft & Record<string, unknown> = {};
    const { class: classWords, act, police } = outcome(context);
    const classWord = (take: () => string) => {
      selector.flags |= terminal;
      return classWords.classid(take);
    };
    readAll<object>(words, draft, {
      match: (_take, of) => {
        const mark = readMatch(of, keys);
        selected = true;
        return mark === undefined ? {} : { mark };
      },
      offset: (_take, of) => {
        readOffset(of, selector);
        return {};
      },
      hashkey: (take) => {
        if (take() !== 'mask') throw illegal('hashkey');
        selector.hmask = hexadecimal(take(), 'hashkey');
        if (take() !== 'at') throw illegal('hashkey');
        selector.hoff = number(take(), 'hashkey', true);
        return {};
      },
      classid: classWord,
      flowid: classWord,
      divisor: (take) => ({ divisor: readDivisor(take()) }),
      order: (take) => ({ order: number(take(), 'order') }),
      link: (take) => ({ link: u32Handle(take(), 'link') }),
      ht: (take) => ({ hash: u32Handle(take(), 'ht') }),
      sample: (_take, of) => {
        bucket = readSample(of);
        return {};
      },
      indev: (take) => ({ indev: take() }),
      action: (take, of) => {
        selector.flags |= draft.link === undefined ? terminal : 0;
        return act(take, of);
      },
      police: (take, of) => {
        selector.flags |= draft.link === undefined ? terminal : 0;
        return police(take, of);
      },
      ...skipWords(draft),
    });
    const { order, hash, flags, ...rest } = draft;
    if (order !== undefined) {
      if ((header.handle & 0xfff) !== 0 && (header.handle & 0xfff) !== order)
        throw failure('"order" contradicts "handle"');
      header.handle = (header.handle | order) >>> 0;
    }
    if (bucket !== undefined && hash === undefined) throw failure('"sample" requires "ht"');
    return {
      ...rest,
      hash: bucket === undefined ? hash : (((hash ?? 0) & 0xfff0_0000) | (bucket << 12)) >>> 0,
      ...(selected || selector.hmask !== 0 || (selector.flags & ~terminal) !== 0 ? { sel: { ...selector, keys } } : {}),
      flags: flags || undefined,
    };
  },
  print(say, data, { handle, protocol }, view) {
    void protocol;
    const { sel, divisor, hash, link, classid, pcnt, mark } = data;
    if (handle !== 0) say.value('fh', 'fh % ', u32Text(handle));
    const node = handle & 0xfff;
    if (node !== 0) say.value('order', 'order % ', node);
    if (sel === undefined) {
      if (divisor !== undefined) say.value('ht_divisor', 'ht divisor % ', divisor);
      return;
    }
    const table = hash ?? 0;
    say.value('key_ht', 'key ht % ', (table >>> 20).toString(16));
    say.value('bkt', 'bkt % ', ((table >>> 12) & 0xff).toString(16));
    if (classid !== undefined) {
      if ((sel.flags & terminal) !== 0) say.words('*');
      tellClass(say, classid);
    } else if ((sel.flags & terminal) !== 0) say.words('terminal flowid ');
    if (link !== undefined) say.value('link', 'link % ', u32Text(link));
    tellFlags(say, data.flags, '', ' ');
    const counted = view.statistics && pcnt !== undefined;
    if (counted) {
      say.value('rule_hit', '(rule hit % ', pcnt.rcnt);
      say.value('success', 'success %)', pcnt.rhit);
    }
    if (mark !== undefined) {
      const four = (value: number) => value.toString(16).padStart(4, '0');
      say.value('fwmark_value', '\n  mark 0x% ', `0x${mark.val.toString(16)}`, four(mark.val));
      say.value('fwmark_mask', '0x% ', `0x${mark.mask.toString(16)}`, four(mark.mask));
      say.value('fwmark_success', '(success %)', mark.success);
    }
    for (const [at, key] of sel.keys.entries()) tellKey(say, key, counted ? (pcnt.kcnts[at] ?? 0n) : undefined);
    tellOffset(say, sel);
    if (data.indev !== undefined) say.value('input_dev', '\n  input dev %\n', data.indev);
    tellOutcome(say, data, view);
  },
});

function tellKey(say: Say, { val, mask, off, offmask }: Key, count: bigint | undefined): void {
  const eight = (value: number) => value.toString(16).padStart(8, '0');
  const behind = offmask === 0 ? '' : 'nexthdr+';
  say.member('match', { value: val.toString(16), mask: mask.toString(16), offmask: behind, off });
  say.words(`\n  match ${eight(val)}/${eight(mask)} at ${behind}${off}`);
  if (count !== undefined) say.value('success', ' (success % ) ', count);
}

type Selector = NonNullable<Data<'u32'>['sel']>;

function tellOffset(say: Say, sel: Selector): void {
  const four = (value: number) => value.toString(16).padStart(4, '0');
  if ((sel.flags & (variableOffset | withOffset)) !== 0) {
    say.words('\n    offset ');
    if ((sel.flags & variableOffset) !== 0) {
      say.value('offset_mask', '%', sel.offmask, four(sel.offmask));
      say.value('offset_shift', '>>% ', sel.offshift);
      say.value('offset_off', 'at % ', sel.offoff);
    }
    if (sel.off !== 0) say.value('plus', 'plus % ', sel.off);
  }
  if ((sel.flags & eat) !== 0) say.flag('eat', ' eat ', true);
  if (sel.hmask !== 0) {
    const digits = sel.hmask.toString(16);
    say.value('hash_mask', '\n    hash mask %', digits, digits.padStart(8, '0'));
    say.value('hash_off', ' at % ', sel.hoff);
  }
}

/** `TABLE:BUCKET:NODE` in hexadecimal, or all of it as a number. */
function u32Handle(word: string, option: string): number {
  if (/^0x[0-9a-f]{1,8}$/i.test(word)) return Number(word);
  const match = /^([0-9a-f]{0,3}):(?:([0-9a-f]{0,2})(?::([0-9a-f]{0,3}))?)?$/i.exec(word);
  if (match === null) throw illegal(option);
  const [table = 0, bucket = 0, node = 0] = match.slice(1).map((part) => Number.parseInt(part || '0', 16));
  return ((table << 20) | (bucket << 12) | node) >>> 0;
}

function u32Text(handle: number): string {
  const bucket = (handle >>> 12) & 0xff;
  const node = handle & 0xfff;
  const hex = (value: number) => (value === 0 ? '' : value.toString(16));
  const table = handle >>> 20;
  if (handle === 0) return 'none';
  return `${table === 0 ? '' : `${table.toString(16)}:`}${hex(bucket)}${node === 0 ? '' : `:${node.toString(16)}`}`;
}

function readDivisor(word: string): number {
  const divisor = number(word, 'divisor');
  if (divisor === 0 || divisor > 0x100 || (divisor & (divisor - 1)) !== 0) throw illegal('divisor');
  return divisor;
}

function hexadecimal(word: string, option: string): number {
  if (!/^(0x)?[0-9a-f]{1,8}$/i.test(word)) throw illegal(option);
  return Number.parseInt(word, 16);
}

/** `at 4`, `at nexthdr+4`; without it the usual place. */
function readPlace(words: Words, usual: Place): Place {
  if (words.peek() !== 'at') return usual;
  words.take();
  const word = next(words);
  const behind = /^nexthdr\+(.*)$/.exec(word)?.[1];
  if (behind === '') return { off: number(next(words), 'match', true), behind: true };
  return behind === undefined
    ? { off: number(word, 'match', true), behind: usual.behind }
    : { off: number(behind, 'match', true), behind: true };
}

/** Adds what `match` says to the keys; a mark is none of them, and given back. Throws Exit. */
function readMatch(words: Words, keys: Key[]): Draft['mark'] {
  const layer = next(words);
  if (layer === 'mark') {
    const [val, mask] = [number(next(words), 'mark'), number(next(words), 'mark')];
    if ((val & mask) >>> 0 !== val) throw failure('Illegal "mark" (impossible combination)');
    return { val, mask };
  }
  const size = { u32: 4, u16: 2, u8: 1 }[layer];
  if (size !== undefined) packWords(words, keys, size, { off: 0, behind: false });
  else if (layer === 'ether') readEther(words, keys);
  else readField(words, keys, layer);
  return undefined;
}

function readField(words: Words, keys: Key[], layer: string): void {
  const of = Object.hasOwn(fields, layer) ? fields[layer] : undefined;
  if (of === undefined) throw illegal('match');
  const name = next(words);
  if ((layer === 'ip' || layer === 'ip6') && (name === 'src' || name === 'dst')) {
    readAddress(words, keys, layer === 'ip' ? 'inet' : 'inet6', name);
    return;
  }
  if (layer === 'ip6' && name === 'priority') {
    const [key, mask] = [number(next(words), 'match'), hexadecimal(next(words), 'match')];
    pack(keys, { val: (key << 20) >>> 0, mask: (mask << 20) >>> 0, off: 0, offmask: 0 });
    return;
  }
  const fragment = layer === 'ip' && Object.hasOwn(fragments, name) ? fragments[name] : undefined;
  if (fragment !== undefined) {
    pack(keys, { val: fragment[0], mask: fragment[1], off: 4, offmask: 0 });
    return;
  }
  const field = Object.hasOwn(of, name) ? of[name] : undefined;
  if (field === undefined) throw illegal('match');
  const [off, size, offmask = 0] = field;
  packWords(words, keys, size, { off, behind: offmask === -1 }, offmask);
}

/** `VALUE MASK [at …]`. */
function packWords(words: Words, keys: Key[], size: number, usual: Place, offmask = 0): void {
  const value = number(next(words), 'match');
  const mask = hexadecimal(next(words), 'match');
  const place = readPlace(words, usual);
  packBytes(keys, value, mask, size, place.off, place.behind ? -1 : offmask === -1 ? 0 : offmask);
}

function packBytes(keys: Key[], value: number, mask: number, size: number, off: number, offmask: number): void {
  const most = size === 4 ? 0xffff_ffff : size === 2 ? 0xffff : 0xff;
  if (value > most || mask > most) throw illegal('match');
  const shift = size === 4 ? 0 : size === 2 ? ((off & 3) === 0 ? 16 : 0) : 8 * (3 - (off & 3));
  if (size === 4 && (off & 3) !== 0) throw illegal('match');
  pack(keys, { val: (value << shift) >>> 0, mask: (mask << shift) >>> 0, off: off & ~3, offmask });
}

/** Conditions on the same 32 bits are one, unless they contradict each other. */
function pack(keys: Key[], { val, mask, off, offmask }: Key): void {
  const value = (val & mask) >>> 0;
  const same = keys.find((each) => each.off === off && each.offmask === offmask);
  if (same === undefined) {
    keys.push({ val: value, mask, off, offmask });
    return;
  }
  if (((value ^ same.val) & mask & same.mask) !== 0) throw illegal('match');
  same.val = (same.val | value) >>> 0;
  same.mask = (same.mask | mask) >>> 0;
}

function readAddress(words: Words, keys: Key[], family: 'inet' | 'inet6', name: 'src' | 'dst'): void {
  const { bytes, length } = prefix(next(words), family);
  const usual = family === 'inet' ? { src: 12, dst: 16 } : { src: 8, dst: 24 };
  const { off, behind } = readPlace(words, { off: usual[name], behind: false });
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (let bits = 0; bits < Math.max(length, family === 'inet' ? 1 : 0); bits += 32) {
    const left = length - bits;
    const mask = left >= 32 ? 0xffff_ffff : left <= 0 ? 0 : (0xffff_ffff << (32 - left)) >>> 0;
    pack(keys, { val: view.getUint32(bits / 8), mask, off: off + bits / 8, offmask: behind ? -1 : 0 });
  }
}

/** In front of the network header: `ether src`, `ether dst`. */
function readEther(words: Words, keys: Key[]): void {
  const side = next(words);
  if (side !== 'src' && side !== 'dst') throw failure(`Unknown match: ether ${side}`);
  const bytes = hardwareAddress(next(words))
    .split(':')
    .map((byte) => Number.parseInt(byte, 16));
  const { off, behind } = readPlace(words, { off: side === 'src' ? -8 : -14, behind: false });
  for (let at = 0; at < 6; at += 2) {
    const value = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    packBytes(keys, value, 0xffff, 2, off + at, behind ? -1 : 0);
  }
}

/** Where the next header is: `offset plus 20 at 0 mask 0x0f00 shift 6 eat`. */
function readOffset(
  words: Words,
  selector: { flags: number; offshift: number; offmask: number; off: number; offoff: number },
): void {
  for (let word = words.peek(); word !== undefined; word = words.peek()) {
    const known = ['plus', 'at', 'mask', 'shift', 'eat'].find((each) => isPrefix(word as string, each));
    if (known === undefined) return;
    words.take();
    if (known === 'plus') {
      selector.off = number(next(words), 'offset', true);
      selector.flags |= withOffset;
    } else if (known === 'at') {
      const place = next(words).replace(/^nexthdr\+/, '');
      selector.offoff = number(place, 'offset', true);
      selector.flags |= variableOffset;
    } else if (known === 'mask') selector.offmask = hexadecimal(next(words), 'offset');
    else if (known === 'shift') selector.offshift = number(next(words), 'offset');
    else selector.flags |= eat;
  }
}

/** The bucket that packets with such a field go into: the bits of the key, folded to eight. */
function readSample(words: Words): number {
  const keys: Key[] = [];
  if (readMatch(words, keys) !== undefined || keys.length !== 1) throw illegal('sample');
  let divisor = 0x100;
  if (words.peek() === 'divisor') {
    words.take();
    divisor = readDivisor(next(words));
  }
  const [{ val, mask } = { val: 0, mask: 0 }] = keys;
  let shift = 0;
  while (shift < 32 && ((mask >>> shift) & 1) === 0) shift += 1;
  return (val >>> shift) & (divisor - 1);
}
