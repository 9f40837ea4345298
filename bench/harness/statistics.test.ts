import { expect, test } from 'vitest';
import { median, settled, summarise } from './statistics.ts';

test('one disturbed measurement does not move the median', () => {
  expect(median([10, 11, 12, 13, 5000])).toBe(12);
});

test('quartiles are linear between neighbours, whatever the order', () => {
  expect(summarise([4, 1, 3, 2])).toEqual({ median: 2.5, low: 1.75, high: 3.25, least: 1, count: 4 });
});

test('an empty series has no median', () => {
  expect(median([])).toBeNaN();
  expect(summarise([]).count).toBe(0);
});

test('what a process has settled at is the median of the later half', () => {
  expect(settled([900, 80, 70, 12, 10, 11])).toBe(11);
  expect(settled([5])).toBe(5);
  expect(settled([])).toBeNaN();
});
