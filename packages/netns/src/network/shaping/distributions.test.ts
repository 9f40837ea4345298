import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { samplesOf } from './distributions.ts';

const folder = ['/usr/lib/tc', '/usr/lib/x86_64-linux-gnu/tc', '/usr/lib/aarch64-linux-gnu/tc'].find((path) =>
  existsSync(`${path}/normal.dist`),
);

it.skipIf(folder === undefined).for(['normal', 'pareto', 'paretonormal'] as const)(
  'the samples of %s are those of the installed tc',
  (name) => {
    const text = readFileSync(`${folder}/${name}.dist`, 'utf8').replaceAll(/^#.*$/gm, '');
    expect(samplesOf(name)).toEqual(text.trim().split(/\s+/).map(Number));
  },
);

it('begin and end where they must', () => {
  expect(samplesOf('normal')?.slice(0, 2)).toEqual([-32768, -28307]);
  expect(samplesOf('pareto')?.at(-1)).toBe(32767);
  expect(samplesOf('paretonormal')?.[0]).toBe(-12305);
  expect(samplesOf('uniform')).toBeUndefined();
});
