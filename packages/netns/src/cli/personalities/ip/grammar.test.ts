import { describe, expect, it } from 'vitest';
import { Exit } from './exit.ts';
import { helpLines, type OptionRow, readOptions } from './grammar.ts';
import { Words } from './words.ts';

interface Draft {
  readonly seen: string[];
}

const rows: readonly OptionRow<Draft, string>[] = [
  { words: 'up', help: '[ up ]', apply: ({ seen }) => void seen.push('up') },
  { words: 'address* lladdr', help: '[ address X ]', apply: ({ seen }, take) => void seen.push(`address ${take()}`) },
  { words: 'mtu', once: 'mtu', apply: ({ seen }, take, context) => void seen.push(`${context} ${take()}`) },
  { words: 'type*', last: true, apply: ({ seen }, take) => void seen.push(`type ${take()}`) },
];

function read(...list: string[]): { seen: string[]; rest: string | undefined } {
  const draft: Draft = { seen: [] };
  const words = new Words(list);
  const otherwise = ({ seen }: Draft, word: string, take: () => string) =>
    void seen.push(word === 'dev' ? `dev ${take()}` : `? ${word}`);
  readOptions({ rows, otherwise }, words, draft, 'context');
  return { seen: draft.seen, rest: words.peek() };
}

describe('readOptions', () => {
  it('takes options in any order, and shortened where a star says so', () => {
    expect(read('addr', 'x', 'up', 'lladdr', 'y', 'mtu', '5').seen).toEqual([
      'address x',
      'up',
      'address y',
      'context 5',
    ]);
  });

  it('hands over what is no option', () => {
    expect(read('u', 'dev', 'up', 'llad').seen).toEqual(['? u', 'dev up', '? llad']);
  });

  it('leaves what follows a last option', () => {
    expect(read('ty', 'veth', 'up')).toEqual({ seen: ['type veth'], rest: 'up' });
  });

  it('refuses a second one, with its value', () => {
    expect(() => read('mtu', '5', 'mtu', '6')).toThrow(
      new Exit('Error: duplicate "mtu": "6" is the second value.\n', 255, true),
    );
  });

  it('misses a value', () => {
    expect(() => read('addr')).toThrow('Command line is not complete.');
  });
});

it('helpLines has a line for each option that has help', () => {
  expect(helpLines(rows, '\t')).toBe('\t[ up ]\n\t[ address X ]\n');
});
