import { bytesSentIn as exactly } from '../../../../network/shaping/ticks.ts';
import { nanosecondsText, percentText, rateText, sixDigits, sizeText, timeText } from '../../../shaping/units.ts';
import type { Json } from '../../ip/json.ts';
import { literal, type Say } from '../say.ts';

export function rate(say: Say, key: string, words: string, bytes: number | bigint | undefined): void {
  if (bytes === undefined) return;
  const number = typeof bytes === 'bigint' && bytes > BigInt(Number.MAX_SAFE_INTEGER) ? bytes : Number(bytes);
  say.value(key, words, number, rateText(Number(bytes), say.telling.iec));
}

export function size(say: Say, key: string, words: string, bytes: number | undefined): void {
  if (bytes !== undefined) say.value(key, words, bytes, sizeText(bytes));
}

export function time(say: Say, key: string, words: string, microseconds: number | undefined): void {
  if (microseconds !== undefined) say.value(key, words, microseconds, timeText(microseconds));
}

/** Nanoseconds; in JSON they are seconds. */
export function seconds(say: Say, key: string, words: string, nanoseconds: number): void {
  say.value(key, words, decimal(nanoseconds / 1e9), nanosecondsText(nanoseconds));
}

/** Parts of 2^32 - 1. */
export function percent(say: Say, key: string, words: string, parts: number): void {
  const fraction = parts / 0xffff_ffff;
  say.value(key, words, decimal(fraction), percentText(fraction));
}

export function decimal(value: number): Json {
  return literal(sixDigits(value));
}

export function hex(value: number): string {
  return value === 0 ? '0' : `0x${value.toString(16)}`;
}

/** A burst and the size of a cell of its table: `10Kb/1`. */
export function burstText(bytes: number, cellLog: number): string {
  return `${sizeText(bytes)}/${1 << cellLog}`;
}

/** How many bytes leave in so many ticks, as `tc` computes it. */
export function bytesSentIn(speed: number, ticks: number): number {
  return exactly(speed, ticks, true);
}

const layers = ['unspec', 'ethernet', 'atm'];

export function linkLayerName(number: number): string {
  return layers[number & 15] ?? 'unspec';
}
