import { expect, it } from 'vitest';
import {
  nanosecondsText,
  parseMicroseconds,
  parseNanoseconds,
  parsePercent,
  parseRate,
  parseSize,
  percentText,
  rateText,
  sixDigits,
  sizeText,
  timeText,
} from './units.ts';

it('reads what tc reads', () => {
  expect(['10mbit', '1.5Gbit', '500kbps', '8', '1KiBit', '1e6', '.5mbit'].map(parseRate)).toEqual([
    10e6, 1.5e9, 4e6, 8, 1024, 1e6, 5e5,
  ]);
  expect(['50ms', '1.5s', '7', '3usecs'].map(parseMicroseconds)).toEqual([50_000, 1_500_000, 7, 3]);
  expect(['50ms', '100us', '7', '3ns'].map(parseNanoseconds)).toEqual([50e6, 100e3, 7, 3]);
  expect(['15k', '1500', '2mb', '8kbit', '1b'].map(parseSize)).toEqual([15_360, 1500, 2_097_152, 1024, 1]);
  expect(['1%', '0.5', '100%'].map(parsePercent)).toEqual([0.01, 0.005, 1]);
});

it('refuses everything else', () => {
  const nonsense = [
    '',
    'x',
    '-1',
    '1mbit2',
    '1 mbit',
    '1,5',
    '0x10',
    'Infinity',
    'NaN',
    '1mmm',
    '__proto__',
    '1constructor',
  ];
  for (const parse of [parseRate, parseMicroseconds, parseNanoseconds, parseSize, parsePercent])
    expect(nonsense.map(parse)).toEqual(nonsense.map(() => undefined));
  expect(['101%', '1x'].map(parsePercent)).toEqual([undefined, undefined]);
});

it('writes what tc writes', () => {
  expect([125_000, 1_250_001, 0, 6_250_000_000, 68_750].map((rate) => rateText(rate))).toEqual([
    '1Mbit',
    '10Mbit',
    '0bit',
    '50Gbit',
    '550Kbit',
  ]);
  expect(rateText(131_072, true)).toBe('1Mibit');
  expect([10_240, 1500, 1_048_576, 15, 33_554_432].map(sizeText)).toEqual(['10Kb', '1500b', '1Mb', '15b', '32Mb']);
  expect([50_000, 1_500_000, 999, 4999].map(timeText)).toEqual(['50ms', '1.5s', '999us', '5ms']);
  expect([100, 1500, 2e6, 3e9].map(nanosecondsText)).toEqual(['100ns', '1.5us', '2ms', '3s']);
  expect([0.01, 0.003, 1].map(percentText)).toEqual(['1%', '0.3%', '100%']);
  expect([0.000503548, 4.57771e-5, 1e7].map(sixDigits)).toEqual(['0.000503548', '4.57771e-05', '1e+07']);
});
