import { address } from '../../ip/inet.ts';
import type { JsonObject } from '../../ip/json.ts';
import { hardwareAddress } from '../../ip/values.ts';
import { isPrefix, type Words } from '../../ip/words.ts';
import { illegal, next, number } from '../kinds/read.ts';
import { actionKind, type Data, readEnd, skipWord, tellUsers } from './kind.ts';
import { tellVerdict } from './verdict.ts';

const pass = 0;

/** Where offsets are counted from (TCA_PEDIT_KEY_EX_HDR_TYPE_*), by number; without `ex` always from the network header. */
const headers = ['network', 'eth', 'ipv4', 'ipv6', 'tcp', 'udp'] as const;
const add = 1;

/** A field of a header: at which byte, how many of them, and which of their bits are its own. */
interface Field {
  readonly at: number;
  readonly size: 1 | 2 | 4 | 'mac' | 'ipv4' | 'ipv6';
  readonly bits?: number;
  /** Where it is without `ex`, from the network header. */
  readonly from?: number;
  /** Its lowest bit is so far up. */
  readonly shift?: number;
}

const fields: Readonly<Record<string, { readonly header: number; readonly of: Readonly<Record<string, Field>> }>> = {
  ip: {
    header: 2,
    of: {
      src: { at: 12, size: 'ipv4' },
      dst: { at: 16, size: 'ipv4' },
      tos: { at: 1, size: 1 },
      dsfield: { at: 1, size: 1 },
      ihl: { at: 0, size: 1, bits: 0x0f },
      ttl: { at: 8, size: 1 },
      protocol: { at: 9, size: 1 },
      precedence: { at: 1, size: 1 },
      nofrag: { at: 6, size: 1, bits: 0x3f },
      firstfrag: { at: 6, size: 1, bits: 0x1f },
      ce: { at: 6, size: 1, bits: 0x80 },
      df: { at: 6, size: 1, bits: 0x40 },
      mf: { at: 6, size: 1, bits: 0x20 },
      dport: { at: 22, size: 2 },
      sport: { at: 20, size: 2 },
      icmp_type: { at: 20, size: 1 },
      icmp_code: { at: 21, size: 1 },
    },
  },
  ip6: {
    header: 3,
    of: {
      src: { at: 8, size: 'ipv6' },
      dst: { at: 24, size: 'ipv6' },
      flow_lbl: { at: 0, size: 4, bits: 0x000f_ffff },
      payload_len: { at: 4, size: 2 },
      nexthdr: { at: 6, size: 1 },
      hoplimit: { at: 7, size: 1 },
      traffic_class: { at: 1, size: 1, shift: 4 },
    },
  },
  tcp: { header: 4, of: { sport: { at: 0, size: 2 }, dport: { at: 2, size: 2 }, flags: { at: 13, size: 1 } } },
  udp: { header: 5, of: { sport: { at: 0, size: 2 }, dport: { at: 2, size: 2 } } },
  eth: {
    header: 1,
    of: {
      type: { at: 12, from: -2, size: 2 },
      dst: { at: 0, from: -14, size: 'mac' },
      src: { at: 6, from: -8, size: 'mac' },
    },
  },
};

/** One change of 32 bits, as the kernel has it: what is kept (`mask`), and what is put there. Both as numbers of the network. */
interface Key {
  val: number;
  mask: number;
  off: number;
  at?: number;
  offmask?: number;
  shift?: number;
  readonly htype: number;
  readonly cmd: number;
}

/** Changes bytes of packets. */
export const pedit = actionKind<Data<'pedit'>>({
  read(words) {
    skipWord(words, 'pedit');
    let extended = false;
    const keys: Key[] = [];
    for (let word = words.peek(); word !== undefined; word = words.peek()) {
      if (keys.length === 0 && word === 'ex') {
        words.take();
        extended = true;
      } else if (isPrefix(word, 'munge')) {
        words.take();
        keys.push(...readMunge(words, extended));
      } else break;
    }
    if (keys.length === 0 && !isPrefix(words.peek() ?? '', 'index')) throw illegal('pedit');
    const selector = {
      ...readEnd(words, pass),
      flags: 0,
      keys: keys.map(({ val, mask, off, at = 0, offmask = 0, shift = 0 }) => ({
        mask: swapped(mask),
        val: swapped(val),
        off: off >>> 0,
        at,
        offmask,
        shift,
      })),
    };
    if (!extended) return { parms: selector };
    return { parmsEx: selector, keysEx: { key: keys.map(({ htype, cmd }) => ({ htype, cmd })) } };
  },
  print(say, { parms, parmsEx, keysEx, tm }, view) {
    const selector = parmsEx ?? parms;
    if (selector === undefined) return;
    say.member('kind', 'pedit');
    say.words(' pedit ');
    tellVerdict(say, 'action %', selector.action);
    say.value('nkeys', ' keys %', selector.keys.length);
    tellUsers(say, selector, tm, view, '\n \t ');
    const shown = selector.keys.map((key, at): [JsonObject, string] => {
      const { htype = 0, cmd = 0 } = keysEx?.key?.[at] ?? {};
      const [val, mask] = [swapped(key.val), swapped(key.mask)];
      const offset = key.off | 0;
      const place = htype === 0 ? String(offset) : `${headers[htype] ?? 'unknown'}${offset < 0 ? '' : '+'}${offset}`;
      const eight = (value: number) => value.toString(16).padStart(8, '0');
      return [
        {
          htype: headers[htype] ?? 'unknown',
          offset,
          cmd: cmd === add ? 'add' : 'set',
          val: val.toString(16),
          mask: mask.toString(16),
        },
        `\n\t key #${at}  at ${place}: ${cmd === add ? 'add' : 'val'} ${eight(val)} mask ${eight(mask)}`,
      ];
    });
    say.value(
      'keys',
      '%',
      shown.map(([members]) => members),
      shown.map(([, text]) => text).join(''),
    );
    say.words('\n');
  },
});

/** 32 bits in the other order of bytes. */
function swapped(value: number): number {
  return (((value & 0xff) << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0;
}

function readMunge(words: Words, extended: boolean): Key[] {
  const layer = next(words);
  if (isPrefix(layer, 'offset')) return [readRaw(words)];
  const known = Object.hasOwn(fields, layer) ? fields[layer] : undefined;
  const name = next(words);
  const field = known !== undefined && Object.hasOwn(known.of, name) ? known.of[name] : undefined;
  if (known === undefined || field === undefined) throw illegal('munge');
  const place = { off: extended ? field.at : (field.from ?? field.at), htype: extended ? known.header : 0 };
  if (field.size === 'mac' || field.size === 'ipv6') {
    if (!isPrefix(next(words), 'set')) throw illegal('munge');
    return field.size === 'mac' ? macKeys(next(words), place) : ipv6Keys(next(words), place);
  }
  const size = field.size === 'ipv4' ? 4 : field.size;
  const change = readChange(words, size, field.bits, (word) =>
    field.size === 'ipv4' ? ipv4Number(word) : number(word, 'munge'),
  );
  const key = placed(change, size, place);
  if (field.shift === undefined) return [key];
  return [{ ...key, val: (key.val << field.shift) >>> 0, mask: ((key.mask << field.shift) | 0xf) >>> 0 }];
}

/** `offset 4 u16 set 0x55 at 0 f0 6`: any bytes. */
function readRaw(words: Words): Key {
  const off = number(next(words), 'offset', true);
  const size = { u32: 4, u16: 2, u8: 1 }[next(words)];
  if (size === undefined) throw illegal('munge');
  const key = placed(
    readChange(words, size, undefined, (word) => number(word, 'munge')),
    size,
    { off, htype: 0 },
  );
  if (words.peek() !== 'at') return key;
  words.take();
  const hexadecimal = (word: string) => {
    if (!/^(0x)?[0-9a-f]{1,8}$/i.test(word)) throw illegal('munge');
    return Number.parseInt(word, 16);
  };
  key.at = number(next(words), 'at');
  if (words.peek() === 'offmask') words.take();
  key.offmask = hexadecimal(next(words));
  if (words.peek() === 'shift') words.take();
  key.shift = number(next(words), 'shift');
  return key;
}

interface Change {
  readonly value: number;
  readonly mask: number;
  readonly retain: number;
  readonly cmd: number;
}

function readChange(
  words: Words,
  size: 1 | 2 | 4 | number,
  bits: number | undefined,
  value: (word: string) => number,
): Change {
  const all = size === 4 ? 0xffff_ffff : size === 2 ? 0xffff : 0xff;
  const word = next(words);
  const change = { value: 0, mask: 0, retain: bits ?? all, cmd: 0 };
  if (isPrefix(word, 'invert')) Object.assign(change, { value: all, mask: all });
  else if (isPrefix(word, 'set')) change.value = value(next(words));
  else if (isPrefix(word, 'add')) Object.assign(change, { value: value(next(words)), cmd: add });
  else if (isPrefix(word, 'decrement')) Object.assign(change, { value: (-value(next(words)) & all) >>> 0, cmd: add });
  else if (isPrefix(word, 'preserve')) change.retain = 0;
  else if (!isPrefix(word, 'clear')) throw illegal('munge');
  if (isPrefix(words.peek() ?? '', 'retain')) {
    words.take();
    change.retain = number(next(words), 'retain');
  }
  if (change.value > all || change.mask > all) throw illegal('munge');
  return change;
}

/** The 32 bits that a field lies in, with the bits of the others kept. */
function placed(
  { value, mask, retain, cmd }: Change,
  size: number,
  { off, htype }: { off: number; htype: number },
): Key {
  const inWord = off & 3;
  if (inWord + size > 4) throw illegal('munge');
  const shift = 8 * (4 - size - inWord);
  const all = size === 4 ? 0xffff_ffff : ((1 << (8 * size)) - 1) >>> 0;
  const own = size === 4 ? 0xffff_ffff : (all << shift) >>> 0;
  const kept = ((mask | (~retain & all)) << shift) | ~own;
  return { val: ((value & retain) << shift) >>> 0, mask: kept >>> 0, off: off - inWord, htype, cmd };
}

function bytesKeys(bytes: Uint8Array, { off, htype }: { off: number; htype: number }): Key[] {
  const keys: Key[] = [];
  for (let at = 0; at < bytes.length; ) {
    const place = off + at;
    const size = (place & 3) === 0 && bytes.length - at >= 4 ? 4 : 2;
    let value = 0;
    for (let each = 0; each < size; each++) value = ((value << 8) | (bytes[at + each] ?? 0)) >>> 0;
    const retain = size === 4 ? 0xffff_ffff : 0xffff;
    keys.push(placed({ value, mask: 0, retain, cmd: 0 }, size, { off: place, htype }));
    at += size;
  }
  return keys;
}

function macKeys(word: string, place: { off: number; htype: number }): Key[] {
  return bytesKeys(
    Uint8Array.from(hardwareAddress(word).split(':'), (byte) => Number.parseInt(byte, 16)),
    place,
  );
}

function ipv6Keys(word: string, place: { off: number; htype: number }): Key[] {
  return bytesKeys(address(word, 'inet6').bytes, place);
}

function ipv4Number(word: string): number {
  return address(word, 'inet').bytes.reduce((sum, byte) => ((sum << 8) | byte) >>> 0, 0);
}
