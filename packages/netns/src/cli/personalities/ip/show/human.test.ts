import { expect, it } from 'vitest';
import { humanCount } from './human.ts';

it.each([
  [0n, '0', '0'],
  [999n, '999', '999'],
  [3672n, '3.67k', '3.59ki'],
  [10_000n, '10.0k', '9.77ki'],
  [208_004n, '208k', '203ki'],
  [311_336_308n, '311M', '297Mi'],
  [18446744073709551615n, '18.4E', '16.0Ei'],
])('%s', (count, decimal, binary) => {
  expect([humanCount(count, false), humanCount(count, true)]).toEqual([decimal, binary]);
});
