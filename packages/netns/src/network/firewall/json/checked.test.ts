import { describe, expect, it } from 'vitest';
import { countAt } from './checked.ts';
import { Path } from './fault.ts';

describe('a count', () => {
  const path = new Path('quota').at('val');

  it.each([
    [0, 0n],
    [2 ** 53 - 1, 2n ** 53n - 1n],
    [2n ** 53n + 1n, 2n ** 53n + 1n],
    ['9007199254740993', 2n ** 53n + 1n],
    ['18446744073709551615', 2n ** 64n - 1n],
  ])('%s is none the less for being large', (written, meant) => {
    expect(countAt(written, path)).toBe(meant);
  });

  it.each([-1, 0.5, 2 ** 53, '18446744073709551616', '-1', '1e3', '', ' 1', true, null])('%s is none', (written) => {
    expect(() => countAt(written, path)).toThrow('quota.val');
  });
});
