import { expect, test } from 'vitest';
import type { Results } from './headline.ts';
import { renderMarkdown, renderText, tableOf, toJson } from './report.ts';

const results: Results = {
  unit: 'ms',
  compare: 'ratio',
  metrics: ['create'],
  contestants: [
    { name: 'C floor', role: 'floor' },
    { name: 'library', role: 'ours' },
  ],
  rounds: [{ 'C floor': { create: 200 }, library: { create: 240 } }],
  baseline: ({ metric }) => ({ contestant: 'C floor', metric }),
  targets: [
    {
      of: { contestant: 'library', metric: 'create' },
      against: { contestant: 'C floor', metric: 'create' },
      atMost: 1.15,
    },
  ],
  missing: ['Go (Debian: golang-go)'],
};

test('a missed target is said in the table, beside the ratio', () => {
  const text = renderText(tableOf('H1: create', results));
  expect(text).toContain('times C floor');
  expect(text).toMatch(/library +240 +240 +1\.20 \(1\.20-1\.20\) +<= 1\.15 x C floor: MISSED/);
});

test('absent peers are named', () => {
  expect(renderText(tableOf('H1: create', results))).toContain('not measured: Go (Debian: golang-go)');
});

test('markdown has one cell per column in every line', () => {
  const lines = renderMarkdown(tableOf('H1: create', results))
    .split('\n')
    .filter((line) => line.startsWith('|'));
  expect(lines).toHaveLength(4);
  expect(new Set(lines.map((line) => line.split('|').length)).size).toBe(1);
  expect(lines[3]).toContain('**library**');
});

test('a target against the same contestant is named after the other metric', () => {
  const flat: Results = {
    ...results,
    metrics: ['with 1 name', 'with 1000 names'],
    rounds: [{ library: { 'with 1 name': 2, 'with 1000 names': 2.1 } }],
    baseline: ({ contestant }) => ({ contestant, metric: 'with 1 name' }),
    targets: [
      {
        of: { contestant: 'library', metric: 'with 1000 names' },
        against: { contestant: 'library', metric: 'with 1 name' },
        atMost: 1.1,
      },
    ],
  };
  const text = renderText(tableOf('H12', flat));
  expect(text).toContain('times with 1 name');
  expect(text).toContain('<= 1.1 x with 1 name: met');
});

test('json keeps the numbers and the verdict', () => {
  expect(toJson('H1', 'create', results)).toMatchObject({
    id: 'H1',
    missing: ['Go (Debian: golang-go)'],
    rows: [{ contestant: 'C floor' }, { contestant: 'library', value: { median: 240 }, targets: [{ met: false }] }],
  });
});
