/**
 * How delays scatter around their mean, as samples of which netem draws: 8192 stands for one standard deviation. Each is made from its
 * formula, with the steps with which iproute2 makes its tables, so the samples are the same.
 */
export type Distribution = 'normal' | 'pareto' | 'paretonormal' | 'uniform';

const scale = 8192;
const lowest = -32768;
const highest = 32767;

/** The samples of a distribution; undefined for `uniform`, which the kernel knows by itself. */
export function samplesOf(distribution: Distribution): readonly number[] | undefined {
  if (distribution === 'uniform') return undefined;
  if (distribution === 'normal') return table(bell);
  if (distribution === 'pareto') return table(tail);
  return table((index) => Math.trunc((bell(index) + 3 * tail(index)) / 4)); // a quarter of one, three of the other
}

/** The step with which the tables of iproute2 walk along x. */
const step = 0.00005;

/** For each 16384th of probability, every fourth of them, the last x of the walk that rounds to it. */
function bell(index: number): number {
  const x = quantile((index * 4 + 0.5) / 16384);
  return Math.round(Math.floor((x + 10) / step) * step * scale - 10 * scale);
}

/** The Pareto distribution with the exponent 3, moved to the mean 0 and stretched to the deviation 1. */
function tail(index: number): number {
  return Math.min(Math.round((1 / (1 - index / 4096) ** (1 / 3) - 1.5) * (4 / 3) * scale), highest);
}

function table(sample: (index: number) => number): number[] {
  return Array.from({ length: 4096 }, (_, index) => Math.min(Math.max(sample(index), lowest), highest));
}

/** The x below which this part of the normal distribution lies: bisection over the distribution function. */
function quantile(probability: number): number {
  let [low, high] = [-5, 5];
  for (let turn = 0; turn < 42; turn++) {
    const middle = (low + high) / 2;
    if (cumulative(middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The normal distribution function, to about 15 digits: a series near zero, a continued fraction far from it. */
function cumulative(x: number): number {
  const distance = Math.abs(x);
  const density = Math.exp((-distance * distance) / 2) / Math.sqrt(2 * Math.PI);
  let upper: number;
  if (distance < 3) {
    let [term, sum] = [distance, distance];
    for (let n = 3; n < 101; n += 2) {
      term *= (distance * distance) / n;
      sum += term;
    }
    upper = 0.5 - density * sum;
  } else {
    let fraction = 0;
    for (let n = 60; n > 0; n--) fraction = n / (distance + fraction);
    upper = density / (distance + fraction);
  }
  return x < 0 ? upper : 1 - upper;
}
