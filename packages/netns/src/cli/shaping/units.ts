/**
 * Numbers with the units that `tc` knows. Each gives undefined for what is none; a decimal number may have a fraction and an exponent, and
 * capitals do not matter.
 */
function numberAndUnit(text: string): [number, string] | undefined {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)([a-z%]*)$/i.exec(text);
  if (match === null) return undefined;
  const [, number = '', unit = ''] = match;
  return [Number(number), unit.toLowerCase()];
}

const scales = ['', 'k', 'm', 'g', 't'] as const;

/** `kbit` is 1000 bits per second, `kibit` 1024, `kbps` 1000 bytes per second. */
const rateUnits = new Map<string, number>([
  ['', 1],
  ['bit', 1],
  ['bps', 8],
  ...scales.slice(1).flatMap((scale, index): [string, number][] => [
    [`${scale}bit`, 1000 ** (index + 1)],
    [`${scale}ibit`, 1024 ** (index + 1)],
    [`${scale}bps`, 8 * 1000 ** (index + 1)],
    [`${scale}ibps`, 8 * 1024 ** (index + 1)],
  ]),
]);

/** A rate in bits per second: `10mbit`, `1.5gbit`, `500kbps`; without a unit it is in bits. */
export function parseRate(text: string): number | undefined {
  const found = numberAndUnit(text);
  const unit = found && rateUnits.get(found[1]);
  return found === undefined || unit === undefined || found[0] < 0 ? undefined : found[0] * unit;
}

const timeUnits: Readonly<Record<string, number>> = {
  s: 1_000_000,
  sec: 1_000_000,
  secs: 1_000_000,
  ms: 1000,
  msec: 1000,
  msecs: 1000,
  us: 1,
  usec: 1,
  usecs: 1,
  '': 1,
};

function own(units: Readonly<Record<string, number>>, unit: string): number | undefined {
  return Object.hasOwn(units, unit) ? units[unit] : undefined;
}

/** A time in microseconds: `50ms`, `1.5s`; without a unit it is in microseconds, as `tc` has it. */
export function parseMicroseconds(text: string): number | undefined {
  const found = numberAndUnit(text);
  const unit = found && own(timeUnits, found[1]);
  return found === undefined || unit === undefined || found[0] < 0 ? undefined : found[0] * unit;
}

const nanosecondUnits: Readonly<Record<string, number>> = { ns: 1, nsec: 1, nsecs: 1, '': 1 };

/** A time in nanoseconds: `100us`, `5ns`; without a unit it is in nanoseconds. */
export function parseNanoseconds(text: string): number | undefined {
  const found = numberAndUnit(text);
  if (found === undefined || found[0] < 0) return undefined;
  const coarse = own(timeUnits, found[1]);
  const unit = own(nanosecondUnits, found[1]) ?? (coarse === undefined ? undefined : coarse * 1000);
  return unit === undefined ? undefined : found[0] * unit;
}

const sizeUnits: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1024,
  kb: 1024,
  kbit: 1024 / 8,
  m: 1024 ** 2,
  mb: 1024 ** 2,
  mbit: 1024 ** 2 / 8,
  g: 1024 ** 3,
  gb: 1024 ** 3,
  gbit: 1024 ** 3 / 8,
};

/** A size in bytes: `15k` is 15 × 1024; without a unit it is in bytes. */
export function parseSize(text: string): number | undefined {
  const found = numberAndUnit(text);
  const unit = found && own(sizeUnits, found[1]);
  return found === undefined || unit === undefined || found[0] < 0 ? undefined : Math.trunc(found[0] * unit);
}

/** A fraction from 0 to 1: `1%`, `0.5%`; without the sign it is in percent, too, as `tc` has it. */
export function parsePercent(text: string): number | undefined {
  const found = numberAndUnit(text);
  if (found === undefined || (found[1] !== '%' && found[1] !== '')) return undefined;
  return found[0] < 0 || found[0] > 100 ? undefined : found[0] / 100;
}

/** A rate in bytes per second as `tc` writes it: `10Mbit`, and with `iec` in powers of 1024. */
export function rateText(bytes: number, iec = false): string {
  const thousand = iec ? 1024 : 1000;
  let rate = bytes * 8;
  let unit = 0;
  for (; unit < scales.length - 1; unit++) {
    if (rate < thousand || (rate % thousand !== 0 && rate < 1000 * thousand)) break;
    rate = Math.trunc(rate / thousand);
  }
  return `${rate}${(scales[unit] ?? '').toUpperCase()}${iec && unit > 0 ? 'i' : ''}bit`;
}

/** A size as `tc` writes it: `32Kb`, `1500b`. */
export function sizeText(bytes: number): string {
  const mega = Math.round(bytes / 1024 ** 2);
  if (bytes >= 1024 ** 2 && Math.abs(1024 ** 2 * mega - bytes) < 1024) return `${mega}Mb`;
  const kilo = Math.round(bytes / 1024);
  return bytes >= 1024 && Math.abs(1024 * kilo - bytes) < 16 ? `${kilo}Kb` : `${bytes}b`;
}

/** Three digits, as C's `%.3g`. */
export function threeDigits(value: number): string {
  const text = value.toPrecision(3);
  return text.includes('e') ? text.replace(/e([+-])(\d)$/, 'e$10$2') : String(Number(text));
}

/** Microseconds as `tc` writes them: `50ms`, `1.5s`, `999us`. */
export function timeText(microseconds: number): string {
  if (microseconds >= 1_000_000) return `${threeDigits(microseconds / 1_000_000)}s`;
  return microseconds >= 1000 ? `${threeDigits(microseconds / 1000)}ms` : `${Math.trunc(microseconds)}us`;
}

/** Nanoseconds as `tc` writes them. */
export function nanosecondsText(nanoseconds: number): string {
  if (nanoseconds >= 1e9) return `${threeDigits(nanoseconds / 1e9)}s`;
  if (nanoseconds >= 1e6) return `${threeDigits(nanoseconds / 1e6)}ms`;
  return nanoseconds >= 1000 ? `${threeDigits(nanoseconds / 1000)}us` : `${nanoseconds}ns`;
}

/** A fraction as `tc` writes it: `1%`, `0.5%`. */
export function percentText(fraction: number): string {
  return `${sixDigits(fraction * 100)}%`;
}

/** Six digits, as C's `%g`. */
export function sixDigits(value: number): string {
  if (value === 0) return '0';
  const exponent = Math.floor(Math.log10(Math.abs(value)));
  if (exponent < -4 || exponent >= 6) {
    const [digits = '', power = ''] = value.toExponential(5).split('e');
    return `${digits.replace(/\.?0+$/, '')}e${power.replace(/^([+-])(\d)$/, '$10$2')}`;
  }
  return String(Number(value.toPrecision(6)));
}
