import { ticksToSend } from '../../../../network/shaping/ticks.ts';
import { failure } from '../../ip/exit.ts';
import type { Say } from '../say.ts';
import type { ReadContext } from './kind.ts';
import { illegal } from './read.ts';
import { decimal, size } from './values.ts';

// What red, choke, gred and sfq have in common: packets are dropped the more likely, the longer the queue is on average.

/** The flags (TC_RED_*); JSON has those that are off, too. */
export const redFlags = ['ecn', 'harddrop', 'adaptive', 'nodrop'] as const;

export function tellFlags(say: Say, flags: number): void {
  for (const [bit, name] of redFlags.entries())
    say.value(name, (flags & (1 << bit)) === 0 ? '' : `${name} `, (flags & (1 << bit)) !== 0);
}

/** How the average is made: logarithms of a weight, a probability and the length of a row in the table of idle times. */
export interface Averaging {
  readonly wlog: number;
  readonly plog: number;
  readonly scellLog: number;
}

export interface Averages extends Averaging {
  readonly limit: number;
  readonly qthMin: number;
  readonly qthMax: number;
}

export function tellAverages(
  say: Say,
  parms: Averages,
  flags: number | undefined,
  maxP: number | undefined,
  tellSize: typeof size = size,
): void {
  tellSize(say, 'limit', 'limit % ', parms.limit);
  tellSize(say, 'min', 'min % ', parms.qthMin);
  tellSize(say, 'max', 'max % ', parms.qthMax);
  if (flags !== undefined) tellFlags(say, flags);
  if (say.telling.details) tellAveraging(say, parms, maxP);
}

export function tellAveraging(say: Say, { wlog, plog, scellLog }: Averaging, maxP: number | undefined): void {
  say.value('ewma', 'ewma % ', wlog);
  if (maxP) {
    const probability = decimal(maxP / 2 ** 32);
    say.value('probability', 'probability % ', probability, (probability as { literal: string }).literal);
  } else say.value('Plog', 'Plog % ', plog);
  say.value('Scell_log', 'Scell_log %', scellLog);
}

/** What of the words decides how the average is made. Sizes in bytes. */
export interface AveragingWords {
  readonly min: number;
  readonly max: number;
  /** Packets. */
  readonly burst: number;
  /** The size of a usual packet. */
  readonly packet: number;
  readonly probability: number;
}

/** How likely a packet is dropped if nothing is said, at most. */
export const usualProbability = 0.02;

/** A number as C reads it: what follows it is not looked at. */
export function readProbability(word: string): number {
  const value = Number.parseFloat(word);
  if (Number.isNaN(value)) throw illegal('probability');
  return value;
}

/** A probability as the kernel has it, in parts of 2^32. */
export function maxProbability(probability: number): number {
  return Math.trunc(probability * 2 ** 32) >>> 0;
}

/** The logarithms. `name` is how `tc` calls the kind in its messages. Throws Exit. */
export function averagingOf(name: string, context: ReadContext, words: AveragingWords): { wlog: number; plog: number } {
  const wlog = weight(name, context, words);
  if (wlog >= 10) context.remark(`${name}: WARNING. Burst ${words.burst} seems to be too large.\n`);
  const plog = dropLog(words);
  if (plog === undefined) throw failure(`${name}: failed to calculate probability.`);
  return { wlog, plog };
}

/** The least W = 2^-wlog with which a burst of so many packets does not drive the average above the lower threshold. */
function weight(name: string, { remark }: ReadContext, { min, burst, packet }: AveragingWords): number {
  const wanted = burst + 1 - min / packet;
  if (wanted < 1) {
    remark(`tc_red_eval_ewma() burst ${burst} is too small ? Try burst ${1 + Math.trunc(min / packet)}\n`);
    throw failure(`${name}: failed to calculate EWMA constant.`);
  }
  for (let log = 1; log < 32; log++) {
    const part = 2 ** -log;
    if (wanted <= (1 - (1 - part) ** burst) / part) return log;
  }
  throw failure(`${name}: failed to calculate EWMA constant.`);
}

/** log2 of the bytes between the thresholds for each part of the probability. */
function dropLog({ min, max, probability }: AveragingWords): number | undefined {
  if (max === min) return 0;
  if (max < min) return undefined;
  let each = probability / (max - min);
  for (let log = 0; log < 32; log++) {
    if (each > 1) return log;
    each *= 2;
  }
  return undefined;
}

/** How many halvings (of `wlog`) the average has gone through after so long without packets: 256 rows of 2^`scellLog` ticks. */
export function idleTable(
  name: string,
  { wlog, packet, rate }: { readonly wlog: number; readonly packet: number; readonly rate: number },
): { scellLog: number; stab: Uint8Array } {
  const perTick = -Math.log(1 - 1 / 2 ** wlog) / ticksToSend(rate, packet, true);
  const longest = 31 / perTick;
  let scellLog = 0;
  while (longest / 2 ** scellLog >= 512) scellLog += 1;
  if (!(scellLog < 32)) throw failure(`${name}: failed to calculate idle damping table.`);
  const stab = Uint8Array.from({ length: 256 }, (_, row) => Math.min(31, Math.trunc(row * 2 ** scellLog * perTick)));
  stab[255] = 31;
  return { scellLog, stab };
}
