import { expect, test } from 'vitest';
import { runRounds } from './rounds.ts';

test('everyone takes part once per round, and the order turns', async () => {
  const order: string[] = [];
  const contestant = (name: string, atMostRounds?: number) => ({
    name,
    role: 'peer' as const,
    ...(atMostRounds === undefined ? {} : { atMostRounds }),
    run: async () => {
      order.push(name);
      return { time: order.length };
    },
  });
  const results = await runRounds([contestant('a'), contestant('b'), contestant('slow', 1)], 3, () => {});
  expect(order.join(' ')).toBe('a b slow b a a b');
  expect(results.map((samples) => Object.keys(samples).length)).toEqual([3, 2, 2]);
});
