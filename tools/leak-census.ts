import { afterEach, beforeEach, expect } from 'vitest';
import { type Census, leakCensus, settledCensus } from '../packages/netns/src/testing/leak-census.ts';

// Around every kernel test: whatever it opened, mounted, named, made or started is gone afterwards, and no thread of this process has
// left its namespaces.
let before: Census;

beforeEach(() => {
  before = leakCensus();
});

afterEach(async () => {
  expect(await settledCensus(before)).toEqual(before);
});
