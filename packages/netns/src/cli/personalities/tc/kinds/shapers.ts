import type { classKinds, qdiscKinds } from '../../../../netlink/families/route/qdisc.ts';
import type { xstats } from '../../../../netlink/families/route/tc-xstats.ts';
import {
  type LinkLayer,
  microsecondsOf,
  microsecondsPerSecond,
  rateTable,
  splitRate,
  ticksToSend,
} from '../../../../network/shaping/ticks.ts';
import type { Out } from '../../../../wire/shape.ts';
import { rateText, timeText } from '../../../shaping/units.ts';
import { failure } from '../../ip/exit.ts';
import type { Words } from '../../ip/words.ts';
import type { Say } from '../say.ts';
import { type BucketDraft, bucketRates, bucketWords } from './bucket.ts';
import { type Kind, kind } from './kind.ts';
import {
  illegal,
  linkLayer,
  next,
  number,
  rate as rateWord,
  read,
  sizeAndCell,
  size as sizeWord,
  time as timeWord,
} from './read.ts';
import { burstText, bytesSentIn, hex, linkLayerName, rate, size, time } from './values.ts';

type Data<K extends keyof typeof qdiscKinds> = Out<(typeof qdiscKinds)[K]>;
type ClassData<K extends keyof typeof classKinds> = Out<(typeof classKinds)[K]>;

interface TbfDraft extends BucketDraft {
  latency?: number;
  limit?: number;
}

const tbf = kind<Data<'tbf'>>({
  print(say, { parms, rate64, prate64 }) {
    if (parms === undefined) return;
    const { details } = say.telling;
    const speed = Number(rate64 ?? parms.rate.rate);
    const peak = Number(prate64 ?? parms.peakrate.rate);
    rate(say, 'rate', 'rate % ', speed);
    const burst = bytesSentIn(speed, parms.buffer);
    if (details) {
      say.value('burst', 'burst % ', burstText(burst, parms.rate.cellLog));
      size(say, 'mpu', 'mpu % ', parms.rate.mpu);
    } else size(say, 'burst', 'burst % ', burst);
    if (peak !== 0) {
      say.words(`peakrate ${rateText(peak, say.telling.iec)} `);
      const mtu = bytesSentIn(peak, parms.mtu);
      if (details) {
        say.value('mtu', 'mtu % ', burstText(mtu, parms.peakrate.cellLog));
        size(say, 'mpu', 'mpu % ', parms.peakrate.mpu);
      } else size(say, 'minburst', 'minburst % ', mtu);
    }
    const wait = (at: number, ticks: number) =>
      microsecondsPerSecond * (parms.limit / at) - Math.trunc(microsecondsOf(ticks));
    const latency = Math.max(wait(speed, parms.buffer), peak === 0 ? Number.NEGATIVE_INFINITY : wait(peak, parms.mtu));
    if (latency >= 0) time(say, 'lat', 'lat % ', Math.trunc(latency));
    else size(say, 'limit', 'limit % ', parms.limit);
    if (parms.rate.overhead !== 0) say.value('overhead', 'overhead % ', parms.rate.overhead);
    tellLayer(say, parms.rate.linklayer);
  },
  read(words) {
    const draft: TbfDraft = {};
    const latency = (take: () => string) => ({ latency: timeWord(take(), 'latency') });
    read<TbfDraft>(words, draft, {
      ...bucketWords('buffer'),
      limit: (take) => ({ limit: sizeWord(take(), 'limit') }),
      latency,
      lat: latency,
    });
    const { rate: speed = 0, burst: bytes = 0, latency: patience, peak = 0, mtu: largest = 0 } = draft;
    if (speed === 0 || bytes === 0) throw failure('Both "rate" and "burst" are required.');
    const { slow, fast } = bucketRates(draft);
    if (draft.limit === undefined && patience === undefined) throw failure('Either "limit" or "latency" is required.');
    const room = (at: number, more: number) => Math.trunc((at * (patience ?? 0)) / microsecondsPerSecond + more);
    const limit =
      draft.limit ?? Math.min(room(speed, bytes), peak === 0 ? Number.POSITIVE_INFINITY : room(peak, largest));
    return {
      parms: {
        rate: slow?.spec,
        peakrate: fast?.spec,
        limit,
        buffer: ticksToSend(splitRate(speed).rate, bytes, true),
        mtu: peak === 0 ? 0 : ticksToSend(splitRate(peak).rate, largest, true),
      },
      burst: bytes,
      rate64: splitRate(speed).rate64,
      rtab: slow?.table,
      ...(fast === undefined ? {} : { prate64: splitRate(peak).rate64, pburst: largest, ptab: fast.table }),
    };
  },
});

function tellLayer(say: Say, layer: number): void {
  if ((layer & 15) > 1 || say.telling.details) say.value('linklayer', 'linklayer % ', linkLayerName(layer));
}

interface HtbDraft {
  rate?: number;
  ceil?: number;
  burst?: number;
  cellLog?: number | undefined;
  cburst?: number;
  ceilCellLog?: number | undefined;
  mtu?: number;
  mpu?: number;
  overhead?: number;
  layer?: LinkLayer;
  prio?: number;
  quantum?: number;
}

const htb = kind<Data<'htb'>, ClassData<'htb'>, never, Out<(typeof xstats)['htb']>>({
  print(say, { init, directQlen, offload }) {
    if (init === undefined) return;
    say.value('r2q', 'r2q %', init.rate2quantum);
    say.value('default', ' default %', hex(init.defcls));
    say.value('direct_packets_stat', ' direct_packets_stat %', init.directPkts);
    if (say.telling.details) say.value('ver', ' ver %', `${init.version >>> 16}.${init.version & 0xffff}`);
    say.value('direct_qlen', ' direct_qlen %', directQlen);
    if (offload) say.value('offload', ' offload', null);
  },
  read(words) {
    const init = { version: 3, rate2quantum: 10, defcls: 0, debug: 0 };
    const more: { directQlen?: number; offload?: boolean } = {};
    read<Partial<typeof init & typeof more>>(
      words,
      {},
      {
        default: (take) => void Object.assign(init, { defcls: minor(take()) }),
        r2q: (take) => void Object.assign(init, { rate2quantum: number(take(), 'r2q') }),
        direct_qlen: (take) => void Object.assign(more, { directQlen: number(take(), 'direct_qlen') }),
        offload: () => void Object.assign(more, { offload: true }),
        debug: (take) => void Object.assign(init, { debug: number(take(), 'debug') }),
      },
    );
    return { init, ...more };
  },
  class: {
    print(say, { parms, rate64, ceil64 }) {
      if (parms === undefined) return;
      const { details } = say.telling;
      const speed = Number(rate64 ?? parms.rate.rate);
      const most = Number(ceil64 ?? parms.ceil.rate);
      if (parms.level === 0) {
        say.value('prio', 'prio % ', parms.prio);
        if (details) say.value('quantum', 'quantum % ', parms.quantum);
      }
      rate(say, 'rate', 'rate % ', speed);
      if (parms.rate.overhead !== 0) say.value('overhead', 'overhead % ', parms.rate.overhead);
      rate(say, 'ceil', 'ceil % ', most);
      tellLayer(say, parms.rate.linklayer);
      const burst = bytesSentIn(speed, parms.buffer);
      const cburst = bytesSentIn(most, parms.cbuffer);
      if (!details) {
        size(say, 'burst', 'burst % ', burst);
        size(say, 'cburst', 'cburst % ', cburst);
        return;
      }
      say.value('burst', 'burst % ', burstText(burst, parms.rate.cellLog));
      size(say, 'mpu_rate', 'mpu % ', parms.rate.mpu);
      say.value('cburst', 'cburst % ', burstText(cburst, parms.ceil.cellLog));
      size(say, 'mpu_ceil', 'mpu % ', parms.ceil.mpu);
      say.value('level', 'level % ', parms.level);
    },
    counts(say, { lends, borrows, giants, tokens, ctokens }) {
      say.value('lended', ' lended: % ', lends);
      say.value('borrowed', 'borrowed: % ', borrows);
      say.value('giants', 'giants: %\n', giants);
      say.value('tokens', ' tokens: % ', tokens);
      say.value('ctokens', 'ctokens: %\n', ctokens);
    },
    read(words) {
      const draft: HtbDraft = {};
      const burst = (take: () => string): Partial<HtbDraft> => {
        const { bytes, cellLog } = sizeAndCell(take(), 'buffer');
        return { burst: bytes, cellLog };
      };
      const cburst = (take: () => string): Partial<HtbDraft> => {
        const { bytes, cellLog } = sizeAndCell(take(), 'cbuffer');
        return { cburst: bytes, ceilCellLog: cellLog };
      };
      read(words, draft, {
        prio: (take) => ({ prio: number(take(), 'prio') }),
        mtu: (take) => ({ mtu: number(take(), 'mtu') }),
        mpu: (take) => ({ mpu: number(take(), 'mpu') }),
        overhead: (take) => ({ overhead: number(take(), 'overhead') }),
        linklayer: (take) => ({ layer: linkLayer(take()) }),
        quantum: (take) => ({ quantum: number(take(), 'quantum') }),
        burst,
        buffer: burst,
        maxburst: burst,
        cburst,
        cbuffer: cburst,
        cmaxburst: cburst,
        ceil: (take) => ({ ceil: rateWord(take(), 'ceil') }),
        rate: (take) => ({ rate: rateWord(take(), 'rate') }),
      });
      if (draft.rate === undefined) throw failure('"rate" is required.');
      const speed = draft.rate;
      const ceil = draft.ceil ?? speed;
      const mtu = draft.mtu ?? 1600;
      const counting = { overhead: draft.overhead, mpu: draft.mpu, linkLayer: draft.layer, mtu, whole: true };
      const own = rateTable(speed, { ...counting, cellLog: draft.cellLog });
      const most = rateTable(ceil, { ...counting, cellLog: draft.ceilCellLog });
      // what a timer's tick lets through, and a packet
      const usual = (at: number) => Math.trunc(at / 1_000_000_000 + mtu);
      return {
        rate64: splitRate(speed).rate64,
        ceil64: splitRate(ceil).rate64,
        parms: {
          rate: own.spec,
          ceil: most.spec,
          buffer: ticksToSend(speed, draft.burst ?? usual(speed), true),
          cbuffer: ticksToSend(ceil, draft.cburst ?? usual(ceil), true),
          quantum: draft.quantum,
          prio: draft.prio,
        },
        rtab: own.table,
        ctab: most.table,
      };
    },
  },
});

type Curve = { readonly m1: number; readonly d: number; readonly m2: number };

const hfsc = kind<Data<'hfsc'>, ClassData<'hfsc'>, never, Out<(typeof xstats)['hfsc']>>({
  print(say, { defcls }) {
    if (defcls !== 0) say.words(`default ${defcls.toString(16)} `);
  },
  read(words) {
    const draft = { defcls: 0 };
    read(words, draft, { default: (take) => ({ defcls: minor(take()) }) });
    return draft;
  },
  class: {
    print(say, { rsc, fsc, usc }) {
      const same = rsc !== undefined && fsc !== undefined && rsc.m1 === fsc.m1 && rsc.d === fsc.d && rsc.m2 === fsc.m2;
      if (same) curve(say, 'sc', rsc);
      else {
        if (rsc !== undefined) curve(say, 'rt', rsc);
        if (fsc !== undefined) curve(say, 'ls', fsc);
      }
      if (usc !== undefined) curve(say, 'ul', usc);
    },
    counts(say, { period, work, rtwork, level }) {
      say.words(` period ${period} `);
      if (work !== 0n) say.words(`work ${work} bytes `);
      if (rtwork !== 0n) say.words(`rtwork ${rtwork} bytes `);
      say.words(`level ${level} \n`);
    },
    read(words) {
      const draft: { rsc?: Curve; fsc?: Curve; usc?: Curve } = {};
      const real = (_take: () => string, of: Words) => ({ rsc: readCurve(of) });
      const shared = (_take: () => string, of: Words) => ({ fsc: readCurve(of) });
      read(words, draft, {
        rt: real,
        ls: shared,
        sc: (_take, of) => {
          const both = readCurve(of);
          return { rsc: both, fsc: both };
        },
        ul: (_take, of) => ({ usc: readCurve(of) }),
      });
      if (draft.rsc === undefined && draft.fsc === undefined) throw failure('HFSC: no parameters');
      return draft;
    },
  },
});

function curve(say: Say, name: string, { m1, d, m2 }: Curve): void {
  const { iec } = say.telling;
  say.words(`${name} m1 ${rateText(m1, iec)} d ${timeText(d)} m2 ${rateText(m2, iec)} `);
}

/** `m1 RATE d TIME m2 RATE`, or `umax SIZE dmax TIME rate RATE`. */
function readCurve(words: Words): Curve {
  const found: Record<string, number> = {};
  const units: Readonly<Record<string, (word: string, option: string) => number>> = {
    m1: rateWord,
    d: timeWord,
    m2: rateWord,
    umax: sizeWord,
    dmax: timeWord,
    rate: rateWord,
  };
  for (let word = words.peek(); word !== undefined; word = words.peek()) {
    const unit = Object.hasOwn(units, word) ? units[word] : undefined;
    if (unit === undefined) break;
    words.take();
    found[word] = unit(next(words), word);
  }
  const { m1 = 0, d = 0, m2, umax, dmax = 0, rate: speed } = found;
  if (m2 !== undefined) return { m1, d, m2 };
  if (speed === undefined) throw illegal('rate');
  if (umax === undefined) return { m1: 0, d: dmax, m2: speed };
  if (dmax === 0) throw illegal('dmax');
  // a burst of umax within dmax: a steep beginning, or a late one
  const steep = Math.ceil((umax * microsecondsPerSecond) / dmax);
  return steep > speed
    ? { m1: steep, d: dmax, m2: speed }
    : { m1: 0, d: Math.ceil(dmax - (umax * microsecondsPerSecond) / speed), m2: speed };
}

/** The minor number of a class, in hexadecimal. */
function minor(word: string): number {
  if (!/^(0x)?[0-9a-f]{1,8}$/i.test(word)) throw illegal('default');
  return Number.parseInt(word, 16);
}

export const shaperKinds: Readonly<Record<string, Kind>> = { tbf, htb, hfsc };
