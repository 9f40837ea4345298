import { prefix, toText } from '../../ip/inet.ts';
import { isPrefix, type Words } from '../../ip/words.ts';
import { illegal, number } from '../kinds/read.ts';
import { hex } from '../kinds/values.ts';
import { classId } from '../qdisc/change.ts';
import { classIdText } from '../qdisc/describe.ts';
import type { Say } from '../say.ts';
import { actionKind, type Data, readEnd, readSome, skipWord, tellTimes, tellUsers } from './kind.ts';
import { tellVerdict } from './verdict.ts';

const pipe = 3;

const packetTypes = ['host', 'broadcast', 'multicast', 'otherhost'] as const;

/** `5` or `5/0xff`. */
function maskedNumber(word: string, option: string): { value: number; mask: number | undefined } {
  const [value = '', mask] = word.split('/');
  return { value: number(value, option), mask: mask === undefined ? undefined : number(mask, option) };
}

/** Sets what the kernel keeps of a packet. */
export const skbedit = actionKind<Data<'skbedit'>>({
  read(words) {
    skipWord(words, 'skbedit');
    const draft: Record<string, number | bigint | undefined> = {};
    readSome(words, draft, {
      queue_mapping: (take) => ({ queueMapping: number(take(), 'queue_mapping') }),
      priority: (take) => ({ priority: classId(take()) }),
      mark: (take) => {
        const { value, mask } = maskedNumber(take(), 'mark');
        return mask === undefined ? { mark: value } : { mark: value, mask };
      },
      ptype: (take) => {
        const word = take();
        const type = packetTypes.findIndex((each) => isPrefix(word, each));
        return { ptype: type === -1 ? number(word, 'ptype') : type };
      },
      inheritdsfield: () => ({ flags: 0x20n }),
    });
    const { queueMapping, priority, mark, mask, ptype, flags } = draft;
    return { parms: readEnd(words, pipe), queueMapping, priority, mark, mask, ptype, flags };
  },
  print(say, { parms, tm, queueMapping, priority, mark, mask, ptype, flags }, view) {
    if (parms === undefined) return;
    say.value('kind', '% ', 'skbedit');
    say.value('queue_mapping', 'queue_mapping %', queueMapping);
    if (priority !== undefined) say.value('priority', ' priority %', classIdText(priority));
    say.value('mark', ' mark %', mark);
    if (mask !== undefined) say.value('mask', '/%', mask.toString(16), hex(mask));
    if (ptype !== undefined) say.value('ptype', ' ptype %', packetTypes[ptype] ?? ptype);
    if (flags !== undefined && (flags & 0x20n) !== 0n) say.value('inheritdsfield', ' inheritdsfield', null);
    tellVerdict(say, ' %', parms.action);
    tellUsers(say, parms, tm, view);
    say.words('\n');
  },
});

/** The mark of the connection becomes that of the packet. */
export const connmark = actionKind<Data<'connmark'>>({
  read(words) {
    skipWord(words, 'connmark');
    const draft: { zone?: number } = {};
    readSome<typeof draft>(words, draft, { zone: (take) => ({ zone: number(take(), 'zone') }) });
    return { parms: { ...readEnd(words, pipe), ...draft } };
  },
  print(say, { parms, tm }, view) {
    if (parms === undefined) return;
    say.value('kind', '% ', 'connmark');
    say.value('zone', 'zone %', parms.zone);
    tellVerdict(say, ' %', parms.action);
    tellUsers(say, parms, tm, view);
    say.words('\n');
  },
});

/** The DSCP or the mark of a packet from the mark of its connection. */
export const ctinfo = actionKind<Data<'ctinfo'>>({
  read(words) {
    skipWord(words, 'ctinfo');
    const draft: Record<string, number> = {};
    const mask = /^(0x[0-9a-f]+|\d+)$/i;
    readSome(words, draft, {
      dscp: (take, of) => {
        const parmsDscpMask = number(take(), 'dscp');
        return mask.test(of.peek() ?? '')
          ? { parmsDscpMask, parmsDscpStatemask: number(take(), 'dscp') }
          : { parmsDscpMask };
      },
      cpmark: (take, of) => ({
        parmsCpmarkMask: mask.test(of.peek() ?? '') ? number(take(), 'cpmark') : 0xffff_ffff,
      }),
      zone: (take) => ({ zone: number(take(), 'zone') }),
    });
    const { zone = 0, parmsDscpMask, parmsDscpStatemask, parmsCpmarkMask } = draft;
    return { act: readEnd(words, pipe), zone, parmsDscpMask, parmsDscpStatemask, parmsCpmarkMask };
  },
  print(say, { act, tm, zone = 0, ...given }, view) {
    if (act === undefined) return;
    say.value('kind', '% ', 'ctinfo');
    say.value('zone', 'zone %', zone);
    tellVerdict(say, ' %', act.action);
    tellUsers(say, act, undefined, { ...view, statistics: false });
    const mask = (key: string, words: string, value: number | undefined) => {
      if (value !== undefined) say.value(key, words, hex(value), value.toString(16).padStart(8, '0'));
    };
    mask('dscpmask', ' dscp 0x%', given.parmsDscpMask);
    mask('dscpstatemask', ' 0x%', given.parmsDscpStatemask);
    mask('cpmark', ' cpmark 0x%', given.parmsCpmarkMask);
    if (view.statistics) {
      tellTimes(say, tm);
      say.value('dscpset', ' DSCP set %', given.statsDscpSet);
      say.value('dscperror', ' error %', given.statsDscpError);
      say.value('cpmarkset', ' CPMARK set %', given.statsCpmarkSet);
    }
    say.words('\n');
  },
});

const commit = 1;
const force = 2;
const clear = 4;
const natBit = 8;
const natSource = 16;
const natDestination = 32;

/** Up to 128 bits in hexadecimal, as they are kept: `label 5/f` is short for zeroes in front. */
function labelBytes(word: string, option: string): Uint8Array {
  if (!/^[0-9a-f]{1,32}$/i.test(word)) throw illegal(option);
  const digits = word.length % 2 === 0 ? word : `0${word}`;
  const bytes = new Uint8Array(16);
  for (let at = 0; at < digits.length / 2; at++) bytes[at] = Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16);
  return bytes;
}

export function readLabels(word: string, option: string): { labels: Uint8Array; labelsMask: Uint8Array } {
  const [labels = '', mask] = word.split('/');
  return {
    labels: labelBytes(labels, option),
    labelsMask: mask === undefined ? new Uint8Array(16).fill(0xff) : labelBytes(mask, option),
  };
}

export function labelText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A range with a dash, or one value: both ends. */
function ends(word: string): [string, string | undefined] {
  const dash = word.indexOf('-');
  return dash === -1 ? [word, undefined] : [word.slice(0, dash), word.slice(dash + 1)];
}

/** Asks the table of connections, and changes addresses by it. */
export const ct = actionKind<Data<'ct'>>({
  read(words) {
    skipWord(words, 'ct');
    const draft: Record<string, unknown> = {};
    let bits = 0;
    const set = (bit: number) => () => {
      bits |= bit;
      return {};
    };
    readSome<Record<string, unknown>>(words, draft, {
      zone: (take) => ({ zone: number(take(), 'zone') }),
      mark: (take) => {
        const { value, mask } = maskedNumber(take(), 'mark');
        return { mark: value, markMask: mask ?? 0xffff_ffff };
      },
      label: (take) => readLabels(take(), 'label'),
      nat: (_take, of) => {
        bits |= natBit;
        return readNat(of, (bit) => {
          bits |= bit;
        });
      },
      clear: set(clear),
      commit: set(commit),
      force: set(force),
    });
    return { ...draft, action: bits, parms: readEnd(words, pipe) };
  },
  print(say, data, view) {
    const { parms, tm, action: bits = 0, zone, mark, markMask, labels, labelsMask } = data;
    if (parms === undefined) return;
    say.member('kind', 'ct');
    say.words('ct');
    if ((bits & commit) !== 0) say.value('action', ' %', 'commit');
    if ((bits & force) !== 0) say.value('action', ' %', 'force', 'force');
    if ((bits & clear) !== 0) say.value('action', ' %', 'clear');
    if (mark !== undefined) tellMasked(say, 'mark', mark, markMask ?? 0xffff_ffff);
    say.value('zone', ' zone %', zone);
    if (labels !== undefined) {
      const all = labelsMask === undefined || labelsMask.every((byte) => byte === 0xff);
      const text = labelText(labels) + (all ? '' : `/${labelText(labelsMask)}`);
      say.value('label', ' label %', text);
    }
    if ((bits & natBit) !== 0) tellNat(say, bits, data);
    tellVerdict(say, ' %', parms.action);
    tellUsers(say, parms, tm, view);
    say.words('\n');
  },
});

function tellMasked(say: Say, key: string, value: number, mask: number): void {
  say.value(key, ` ${key} %`, value);
  if (mask !== 0xffff_ffff) say.value(`${key}_mask`, '/%', mask.toString(16), hex(mask));
}

function readNat(words: Words, set: (bit: number) => void): Record<string, unknown> {
  const side = words.peek();
  if (side !== 'src' && side !== 'dst') return {};
  words.take();
  set(side === 'src' ? natSource : natDestination);
  const found: Record<string, unknown> = {};
  readSome<Record<string, unknown>>(words, found, {
    addr: (take) => {
      const [low, high] = ends(take()).map((each) => (each === undefined ? undefined : prefix(each)));
      if (low === undefined) throw illegal('addr');
      const key = low.family === 'inet' ? 'natIpv4' : 'natIpv6';
      return { [`${key}Min`]: toText(low), [`${key}Max`]: toText(high ?? low) };
    },
    port: (take) => {
      const [low, high] = ends(take());
      return { natPortMin: number(low, 'port'), natPortMax: number(high ?? low, 'port') };
    },
  });
  return found;
}

function tellNat(say: Say, bits: number, data: Data<'ct'>): void {
  const side = (bits & natSource) !== 0 ? 'src' : (bits & natDestination) !== 0 ? 'dst' : undefined;
  if (side === undefined) {
    say.value('nat', ' nat', '');
    return;
  }
  const low = data.natIpv4Min ?? data.natIpv6Min;
  const high = data.natIpv4Max ?? data.natIpv6Max;
  const { natPortMin, natPortMax } = data;
  const range = <T>(first: T | undefined, last: T | undefined) =>
    last === undefined || last === first ? `${first}` : `${first}-${last}`;
  const addresses = low === undefined ? '' : ` addr ${range(low, high)}`;
  const ports = natPortMin === undefined ? '' : ` port ${range(natPortMin, natPortMax)}`;
  say.value('nat', ' nat %', `${side}${addresses}${ports}`);
}
