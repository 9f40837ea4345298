import { describe, expect, it } from 'vitest';
import { Exit } from './exit.ts';
import { isPrefix, Words } from './words.ts';

describe('isPrefix', () => {
  it.each([
    ['l', 'list', true],
    ['list', 'list', true],
    ['lists', 'list', false],
    ['ls', 'list', false],
    ['', 'list', false],
  ])('%j of %j: %j', (word, keyword, expected) => {
    expect(isPrefix(word, keyword)).toBe(expected);
  });
});

describe('Words', () => {
  it('gives one word after the other', () => {
    const words = new Words(['a', '', 'c']);
    expect([words.peek(), words.take(), words.value(), words.peek(), words.take(), words.take()]).toEqual([
      'a',
      'a',
      '',
      'c',
      'c',
      undefined,
    ]);
  });

  it('says that a value is missing', () => {
    expect(() => new Words([]).value()).toThrow(
      new Exit('Command line is not complete. Try option "help"\n', 255, true),
    );
  });
});
