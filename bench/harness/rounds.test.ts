import { expect, test } from 'vitest';
import { runRounds } from './rounds.ts';

test('everyone takes part once per round, the order turns, and every other round runs backwards', async () => {
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
  const results = await runRounds(
    [contestant('a'), contestant('b'), contestant('c'), contestant('slow', 1)],
    3,
    () => {},
  );
  expect(order.join(' ')).toBe('a b c slow a c b c a b');
  expect(results.map((samples) => Object.keys(samples).length)).toEqual([4, 3, 3]);
});
