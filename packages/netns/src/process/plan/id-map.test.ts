import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatRanges,
  type IdRange,
  lastId,
  mappedIds,
  type SplitRange,
  validateRanges,
  withSingle,
} from './id-map.ts';

const range = (inside: number, outside: number, count: number): IdRange => ({ inside, outside, count });
const whole = (...numbers: Parameters<typeof range>): SplitRange => ({ ...range(...numbers), whole: true });

describe('withSingle', () => {
  it.each([
    ['disjoint', range(0, 0, 1), range(1, 100000, 65536), '0 0 1\n1 100000 65536'],
    ['the inner id is taken', range(0, 0, 1), range(0, 100000, 65536), '0 0 1\n1 100000 65535'],
    ['in the middle', range(1003, 0, 1), range(1000, 1000, 10), '1003 0 1\n1000 1000 3\n1004 1003 6'],
    ['all', range(0, 0, 1), range(0, 0, lastId + 1), '0 0 1\n1 1 4294967294'],
    ['one that stays whole', range(5, 0, 1), whole(0, 100, 10), '5 0 1\n0 100 5\n6 105 5'],
    ['one that stays whole, whose outer id is taken', range(0, 104, 1), whole(0, 100, 10), '0 104 1\n1 100 4\n5 105 5'],
  ])('%s', (_, single, ranges, text) => {
    expect(formatRanges(withSingle(single, [ranges]))).toBe(text);
  });

  it('never maps an id twice, and loses one id at most of each range', () => {
    const id = fc.integer({ min: 0, max: 50 });
    fc.assert(
      fc.property(id, id, id, id, fc.integer({ min: 1, max: 40 }), (inside, outside, first, second, count) => {
        const single = range(inside, outside, 1);
        const merged = withSingle(single, [range(first, second, count)]);
        expect(() => validateRanges('map', merged)).not.toThrow();
        const total = merged.reduce((sum, each) => sum + each.count, 0);
        expect(total).toBeGreaterThanOrEqual(count);
        expect(total).toBeLessThanOrEqual(count + 1);
      }),
    );
  });
});

describe('mappedIds', () => {
  it('are those of this user namespace, each as itself', () => {
    expect(mappedIds('         0          0 4294967295\n')).toEqual([range(0, 0, lastId + 1)]);
    expect(mappedIds('         0       1000          1\n        10     100000      65536\n')).toEqual([
      range(0, 0, 1),
      range(10, 10, 65536),
    ]);
    expect(mappedIds('')).toEqual([]);
  });
});

describe('validateRanges', () => {
  it.each([
    [[range(0, 0, 0)], 'empty'],
    [[range(-1, 0, 1)], 'negative'],
    [[range(0, 0.5, 1)], 'whole'],
    [[range(lastId, 0, 2)], 'end at'],
    [[range(0, 0, 10), range(9, 100, 10)], 'overlap inside'],
    [[range(0, 0, 10), range(10, 9, 10)], 'overlap outside'],
    [Array.from({ length: 341 }, (_, i) => range(i, i, 1)), 'more than 340'],
  ])('refuses %j', (ranges, reason) => {
    expect(() => validateRanges('map', ranges)).toThrow(reason);
  });
});
