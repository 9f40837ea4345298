import { expect, it } from 'vitest';
import { matchesLabel } from './label.ts';

it.each([
  ['br0', 'br0', true],
  ['br0', 'br0:1', false],
  ['br0:*', 'br0:1', true],
  ['*', '', true],
  ['br?', 'br0', true],
  ['br?', 'br', false],
  ['br[0-4]', 'br3', true],
  ['br[!0-4]', 'br3', false],
  ['br[!0-4]', 'br7', true],
  ['br[', 'br[', true],
  ['a.c', 'abc', false],
  ['a\\*', 'a*', true],
  ['a\\*', 'ab', false],
])('%s for %s: %j', (pattern, name, expected) => {
  expect(matchesLabel(pattern, name)).toBe(expected);
});
