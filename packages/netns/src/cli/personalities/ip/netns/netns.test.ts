import { expect, it } from 'vitest';
import { isName } from './netns.ts';

it.each([
  ['a', true],
  ['-x', true],
  ['with blank', true],
  ['...', true],
  ['x'.repeat(255), true],
  ['x'.repeat(256), false],
  ['é'.repeat(128), false],
  ['', false],
  ['.', false],
  ['..', false],
  ['a/b', false],
])('%s: %j', (word, expected) => {
  expect(isName(word)).toBe(expected);
});
