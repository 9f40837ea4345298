import { readFileSync } from 'node:fs';
import type { qdiscKinds } from '../../../../netlink/families/route/qdisc.ts';
import { type Distribution, samplesOf } from '../../../../network/shaping/distributions.ts';
import { splitRate, ticksOf } from '../../../../network/shaping/ticks.ts';
import type { In, Out } from '../../../../wire/shape.ts';
import { parseNanoseconds } from '../../../shaping/units.ts';
import { failure } from '../../ip/exit.ts';
import type { Words } from '../../ip/words.ts';
import type { Say } from '../say.ts';
import { type Kind, kind } from './kind.ts';
import { illegal, number, percent as percentWord, rate as rateWord, read, size } from './read.ts';
import { percent, rate, seconds } from './values.ts';

type Wire = typeof qdiscKinds.netem;
type Attributes = NonNullable<In<Wire>['attributes']>;

export const netem: Kind = kind<Out<Wire>>({
  print(say, { header, attributes }) {
    const { corr, reorder, corrupt, loss, rate: speed, rate64, latency64 = 0n, jitter64 = 0n, slot } = attributes;
    say.value('limit', 'limit %', header.limit);
    if (latency64 !== 0n)
      say.group('delay', (inner) => {
        seconds(inner, 'delay', ' delay %', Number(latency64));
        const jitter = Number(jitter64);
        if (jitter === 0) {
          inner.member('jitter', 0);
          inner.member('correlation', 0);
          return;
        }
        seconds(inner, 'jitter', '  %', jitter);
        correlation(inner, corr?.delayCorr ?? 0);
      });
    if (header.loss !== 0)
      say.group('loss-random', (inner) => {
        percent(inner, 'loss', ' loss %', header.loss);
        correlation(inner, corr?.lossCorr ?? 0);
      });
    const { gi, ge } = loss ?? {};
    if (gi !== undefined)
      say.group('loss-state', (inner) => {
        inner.words(' loss state');
        for (const key of ['p13', 'p31', 'p32', 'p23', 'p14'] as const) percent(inner, key, ` ${key} %`, gi[key]);
      });
    if (ge !== undefined)
      say.group('loss-gemodel', (inner) => {
        inner.words(' loss gemodel');
        percent(inner, 'p', ' p %', ge.p);
        percent(inner, 'r', ' r %', ge.r);
        percent(inner, '1-h', ' 1-h %', 0xffff_ffff - ge.h);
        percent(inner, '1-k', ' 1-k %', ge.k1);
      });
    if (header.duplicate !== 0)
      say.group('duplicate', (inner) => {
        percent(inner, 'duplicate', ' duplicate %', header.duplicate);
        correlation(inner, corr?.dupCorr ?? 0);
      });
    if (reorder !== undefined && reorder.probability !== 0)
      say.group('reorder', (inner) => {
        percent(inner, 'reorder', ' reorder %', reorder.probability);
        correlation(inner, reorder.correlation);
      });
    if (corrupt !== undefined && corrupt.probability !== 0)
      say.group('corrupt', (inner) => {
        percent(inner, 'corrupt', ' corrupt %', corrupt.probability);
        correlation(inner, corrupt.correlation);
      });
    if (speed !== undefined && (speed.rate !== 0 || rate64 !== undefined))
      say.group('rate', (inner) => {
        rate(inner, 'rate', ' rate %', rate64 ?? speed.rate);
        inner.value('packetoverhead', speed.packetOverhead === 0 ? '' : ' packetoverhead %', speed.packetOverhead);
        inner.value('cellsize', speed.cellSize === 0 ? '' : ' cellsize %', speed.cellSize);
        inner.value('celloverhead', speed.cellOverhead === 0 ? '' : ' celloverhead %', speed.cellOverhead);
      });
    if (slot !== undefined)
      say.group('slot', (inner) => {
        if (slot.distJitter > 0n) {
          inner.words(' slot distribution');
          seconds(inner, 'distribution', ' %', Number(slot.distDelay));
          seconds(inner, 'jitter', ' %', Number(slot.distJitter));
        } else {
          inner.words(' slot');
          seconds(inner, 'min-delay', ' %', Number(slot.minDelay));
          seconds(inner, 'max-delay', ' %', Number(slot.maxDelay));
        }
        inner.value('packets', slot.maxPackets === 0 ? '' : ' packets %', slot.maxPackets);
        inner.value('bytes', slot.maxBytes === 0 ? '' : ' bytes %', slot.maxBytes);
      });
    say.value('ecn', attributes.ecn ? ' ecn ' : '', Boolean(attributes.ecn));
    say.value('gap', header.gap === 0 ? '' : ' gap %', header.gap);
  },
  read: readNetem,
});

function correlation(say: Say, parts: number): void {
  percent(say, 'correlation', parts === 0 ? '' : ' %', parts);
}

function readNetem(words: Words): In<Wire> {
  const header = { latency: 0, limit: 1000, loss: 0, gap: 0, duplicate: 0, jitter: 0 };
  const corr = { delayCorr: 0, lossCorr: 0, dupCorr: 0 };
  const given: {
    -readonly [K in keyof Attributes]?: Attributes[K];
  } = {};
  const isNumber = () => /^[\d.]/.test(words.peek() ?? '');
  const parts = (word: string, option: string) => nearest(percentWord(word, option) * 0xffff_ffff);
  const maybeParts = (option: string) => (isNumber() ? parts(words.take() ?? '', option) : undefined);
  const time = (word: string, option: string) => {
    // without a unit these are microseconds
    const value = parseNanoseconds(/[a-z]$/i.test(word) ? word : `${word}us`);
    if (value === undefined) throw illegal(option);
    return BigInt(Math.trunc(value));
  };
  const distribution = (take: () => string) => {
    const name = take();
    const samples = name === 'uniform' ? undefined : distributionOf(name);
    return samples;
  };
  const pair = (option: string, take: () => string) => ({
    probability: parts(take(), option),
    correlation: maybeParts(option) ?? 0,
  });
  read(words, header, {
    limit: (take) => ({ limit: size(take(), 'limit') }),
    delay: latency,
    latency,
    distribution: (take) => {
      const samples = distribution(take);
      if (samples !== undefined) given.delayDist = samples;
      return undefined;
    },
    loss: lossWords,
    drop: lossWords,
    ecn: () => {
      given.ecn = 1;
      return undefined;
    },
    reorder: (take) => {
      given.reorder = pair('reorder', take);
      return undefined;
    },
    corrupt: (take) => {
      given.corrupt = pair('corrupt', take);
      return undefined;
    },
    gap: (take) => ({ gap: number(take(), 'gap') }),
    duplicate: (take) => {
      const duplicate = parts(take(), 'duplicate');
      corr.dupCorr = maybeParts('duplicate') ?? 0;
      return { duplicate };
    },
    rate: (take) => {
      const split = splitRate(rateWord(take(), 'rate'));
      const values = [0, 0, 0].map(() => (/^-?\d+$/.test(words.peek() ?? '') ? Number(words.take()) : 0));
      const [packetOverhead, cellSize, cellOverhead] = values;
      given.rate64 = split.rate64;
      given.rate = { rate: split.rate, packetOverhead, cellSize, cellOverhead };
      return undefined;
    },
    slot: (take) => {
      const slot: Record<string, bigint | number> = {};
      if (words.peek() === 'distribution') {
        words.take();
        const samples = distribution(take);
        if (samples !== undefined) given.slotDist = samples;
        slot.distDelay = time(take(), 'slot delay');
        slot.distJitter = time(take(), 'slot jitter');
      } else {
        slot.minDelay = time(take(), 'slot min_delay');
        slot.maxDelay = isNumber() ? time(take(), 'slot min_delay max_delay') : slot.minDelay;
      }
      for (let word = words.peek(); word === 'packets' || word === 'bytes'; word = words.peek()) {
        words.take();
        const amount = size(take(), `slot ${word}`);
        slot[word === 'packets' ? 'maxPackets' : 'maxBytes'] = amount;
      }
      given.slot = slot;
      return undefined;
    },
    seed: (take) => {
      given.prngSeed = BigInt(number(take(), 'seed'));
      return undefined;
    },
  });

  function latency(take: () => string) {
    given.latency64 = time(take(), 'latency');
    if (isNumber()) {
      given.jitter64 = time(take(), 'latency');
      corr.delayCorr = maybeParts('latency') ?? 0;
    }
    return undefined;
  }

  function lossWords(take: () => string): Partial<typeof header> | undefined {
    const model = words.peek();
    if (model === 'random') words.take();
    if (model === 'state') {
      words.take();
      const p13 = percentWord(take(), 'loss p13');
      const [p31 = 1 - p13, p32 = 0, p23 = 1, p14 = 0] = [1, 2, 3, 4].map(() =>
        isNumber() ? percentWord(words.take() ?? '', 'loss') : undefined,
      );
      const all = (value: number) => nearest(value * 0xffff_ffff);
      given.loss = { gi: { p13: all(p13), p31: all(p31), p32: all(p32), p14: all(p14), p23: all(p23) } };
      return undefined;
    }
    if (model === 'gemodel') {
      words.take();
      const p = parts(take(), 'loss gemodel p');
      const r = maybeParts('loss gemodel r') ?? 0xffff_ffff - p;
      const lost = maybeParts('loss gemodel h');
      given.loss = {
        ge: { p, r, h: lost === undefined ? 0 : 0xffff_ffff - lost, k1: maybeParts('loss gemodel k') ?? 0 },
      };
      return undefined;
    }
    const loss = parts(take(), 'loss');
    corr.lossCorr = maybeParts('loss') ?? 0;
    return { loss };
  }

  const { latency64, jitter64, loss, reorder, corrupt, rate: speed, rate64, slot, delayDist, slotDist, ecn } = given;
  if (reorder !== undefined && header.gap === 0) header.gap = 1;
  if (header.gap > 0 && latency64 === undefined) throw failure('reordering not possible without specifying some delay');
  if (delayDist !== undefined && (latency64 === undefined || jitter64 === undefined))
    throw failure('distribution specified but no latency and jitter values');
  const ticks = (of: bigint | undefined) =>
    of === undefined ? 0 : Math.min(Math.trunc(ticksOf(Number(of / 1000n))), 0xffff_ffff);
  return {
    header: { ...header, latency: ticks(latency64), jitter: ticks(jitter64) },
    attributes: {
      corr: Object.values(corr).some((value) => value !== 0) ? corr : undefined,
      reorder,
      ecn,
      corrupt,
      loss,
      latency64: inNanoseconds(latency64),
      jitter64: inNanoseconds(jitter64),
      slot,
      rate64,
      rate: speed,
      delayDist,
      slotDist,
      prngSeed: given.prngSeed,
    },
  };
}

/** As C's rint() has it: a half goes to the even neighbour. */
function nearest(value: number): number {
  const rounded = Math.round(value);
  return value % 1 === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded;
}

/** Only what does not fit into the ticks of the header is sent in nanoseconds, too. */
function inNanoseconds(time: bigint | undefined): bigint | undefined {
  const fits = time === undefined || (time % 1000n === 0n && ticksOf(Number(time / 1000n)) <= 0xffff_ffff);
  return fits ? undefined : time;
}

const own: readonly string[] = ['normal', 'pareto', 'paretonormal'];

/** The samples of a distribution: one of ours, or a file of the installed `tc`, as `experimental` is one. */
function distributionOf(name: string): readonly number[] {
  if (own.includes(name)) return samplesOf(name as Distribution) ?? [];
  const folders = [
    '/usr/lib/tc',
    '/lib/tc',
    '/usr/lib64/tc',
    '/usr/lib/x86_64-linux-gnu/tc',
    '/usr/lib/aarch64-linux-gnu/tc',
  ];
  if (/^[\w-]+$/.test(name))
    for (const folder of folders) {
      try {
        const text = readFileSync(`${folder}/${name}.dist`, 'utf8').replaceAll(/^#.*$/gm, '');
        return text.trim().split(/\s+/).map(Number);
      } catch {}
    }
  throw failure(`Cannot find distribution data for "${name}"`);
}
