import { describe, expect, it } from 'vitest';
import { Exit } from '../exit.ts';
import { readBatch, splitWords } from './reader.ts';

function read(text: string): { lines: unknown[]; warnings: string[] } {
  const warnings: string[] = [];
  const lines = readBatch(text.match(/[^\n]*\n|[^\n]+/g) ?? [], (warning) => warnings.push(warning));
  return { lines: [...lines].map(({ number, words }) => [number, ...words]), warnings };
}

describe('readBatch', () => {
  it('leaves blank lines and comments out, and counts them', () => {
    expect(read('\n  \t\n# c\nnetns list # x\na b').lines).toEqual([
      [4, 'netns', 'list'],
      [5, 'a', 'b'],
    ]);
  });

  it('cuts at # inside words and quotes', () => {
    expect(read('netns add a#b c\n').lines).toEqual([[1, 'netns', 'add', 'a']]);
    expect(() => read('netns add "a#b"\n')).toThrow('Unterminated quoted string');
  });

  it('joins lines as they stand, and has the number of the last', () => {
    expect(read('netns \\\n  li\\\nst\nfoo\n').lines).toEqual([
      [3, 'netns', 'list'],
      [4, 'foo'],
    ]);
  });

  it('says that a continuation is missing, and ends', () => {
    expect(read('a\nb \\\n')).toEqual({ lines: [[1, 'a']], warnings: ['Missing continuation line\n'] });
  });

  it('takes a backslash without a newline for what it is', () => {
    expect(read('netns list \\')).toEqual({ lines: [[1, 'netns', 'list', '\\']], warnings: [] });
    expect(read('a # \\\nb\n').lines).toEqual([
      [1, 'a'],
      [2, 'b'],
    ]);
  });
});

describe('splitWords', () => {
  it.each([
    ['a\tb\r\n', ['a', 'b']],
    ['\'a b\' "c d"', ['a b', 'c d']],
    ['"" \'\'', ['', '']],
    ['"a"b', ['a', 'b']],
    ["x'y z'", ["x'y", "z'"]],
    ['"a\\"', ['a\\']],
    ['"\'"', ["'"]],
  ])('%j', (line, expected) => {
    expect(splitWords(line)).toEqual(expected);
  });

  it('has an end', () => {
    expect(splitWords('x '.repeat(511))).toHaveLength(511);
    expect(() => splitWords('x '.repeat(512))).toThrow(new Exit('Too many arguments to command\n', 1, true));
    expect(() => splitWords('a "b')).toThrow(new Exit('Unterminated quoted string\n', 1, true));
  });
});
