import { expect, it } from 'vitest';
import { fromRounded } from './kind.ts';

it('a time that the kernel rounds is told as one that comes to the same, again and again', () => {
  for (const shift of [6, 10]) {
    const toldFor = (microseconds: number) =>
      Math.floor((Math.floor((microseconds * 1000) / 2 ** shift) * 2 ** shift) / 1000);
    for (let set = 0; set < 120_000; set += 7) {
      const told = toldFor(set);
      const shown = Math.round((fromRounded(told, shift) ?? 0) * 1000);
      expect(toldFor(shown)).toBe(told);
      expect(shown - set).toBeLessThanOrEqual(0);
    }
  }
  expect(fromRounded(4999, 10)).toBe(5); // as fq_codel tells its usual 5 ms
  expect(fromRounded(undefined, 10)).toBeUndefined();
});
