import { expect, test } from 'vitest';
import type { Results } from './headline.ts';
import { rowsOf } from './rows.ts';

const results: Results = {
  unit: 'ms',
  compare: 'ratio',
  metrics: ['time'],
  contestants: [
    { name: 'floor', role: 'floor' },
    { name: 'slow peer', role: 'peer' },
    { name: 'absent peer', role: 'peer' },
    { name: 'ours', role: 'ours' },
  ],
  rounds: [
    { floor: { time: 100 }, 'slow peer': { time: 900 }, ours: { time: 110 } },
    { floor: { time: 300 }, ours: { time: 360 } },
    { floor: { time: 200 }, ours: { time: 220 } },
  ],
  baseline: ({ metric }) => ({ contestant: 'floor', metric }),
  targets: [
    {
      of: { contestant: 'ours', metric: 'time' },
      against: { contestant: 'floor', metric: 'time' },
      atMost: 1.15,
    },
  ],
  missing: [],
};

test('ratios are taken within rounds, before the median', () => {
  const ours = rowsOf(results).find((row) => row.contestant === 'ours');
  expect(ours?.value.median).toBe(220);
  expect(ours?.comparison?.median).toBeCloseTo(1.1);
  expect(ours?.comparison?.count).toBe(3);
});

test('a peer that took part in one round is compared with that round only', () => {
  const peer = rowsOf(results).find((row) => row.contestant === 'slow peer');
  expect(peer?.comparison).toMatchObject({ median: 9, count: 1 });
});

test('who never ran has no row, and the baseline is not compared with itself', () => {
  const rows = rowsOf(results);
  expect(rows.map((row) => row.contestant)).toEqual(['floor', 'slow peer', 'ours']);
  expect(rows[0]?.comparison).toBeUndefined();
});

test('a target is judged by the median of its own comparison', () => {
  const verdict = rowsOf(results).find((row) => row.contestant === 'ours')?.verdicts[0];
  expect(verdict?.met).toBe(true);
  const strict = { ...results, targets: results.targets.map((target) => ({ ...target, atMost: 1.05 })) };
  expect(rowsOf(strict).find((row) => row.contestant === 'ours')?.verdicts[0]?.met).toBe(false);
});

test('differences subtract', () => {
  const rows = rowsOf({ ...results, compare: 'difference' });
  expect(rows.find((row) => row.contestant === 'ours')?.comparison?.median).toBe(20);
});
