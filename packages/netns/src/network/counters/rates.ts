import type { CountersSample } from './counters.ts';
import { isCounter } from './mib.ts';

/** How fast counters grew, per second. */
export interface CounterRates {
  /** Seconds between the two samples. */
  readonly seconds: number;
  /** By the names of `protocols`. */
  readonly protocols: Readonly<Record<string, number>>;
  /** By device and counter: `links.eth0.rxBytes`. */
  readonly links: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/**
 * How fast each counter grew between two samples, per second. What was not in the first sample, went back (the device was made anew) or is no
 * counter has no rate.
 */
export function ratesBetween(before: CountersSample, after: CountersSample): CounterRates {
  const seconds = (after.time - before.time) / 1000;
  const links: Record<string, Readonly<Record<string, number>>> = {};
  for (const [name, counters] of Object.entries(after.links)) {
    const earlier = Object.hasOwn(before.links, name) ? before.links[name] : undefined;
    if (earlier !== undefined) links[name] = growth(earlier, counters, seconds);
  }
  return { seconds, protocols: growth(before.protocols, after.protocols, seconds), links };
}

function growth(before: object, after: object, seconds: number): Record<string, number> {
  const rates: Record<string, number> = {};
  const earlier = new Map<string, unknown>(Object.entries(before));
  for (const [name, value] of Object.entries(after)) {
    const from = earlier.get(name);
    if (typeof value !== 'bigint' || typeof from !== 'bigint' || value < from || !isCounter(name) || seconds <= 0)
      continue;
    rates[name] = Number(value - from) / seconds;
  }
  return rates;
}
