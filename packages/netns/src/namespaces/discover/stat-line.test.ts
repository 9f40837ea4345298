import { describe, expect, it } from 'vitest';
import { parseStatLine } from './stat-line.ts';

const parse = (text: string) => parseStatLine(Buffer.from(text));

describe('parseStatLine', () => {
  it('finds state and parent behind the last bracket, and the command between the outermost', () => {
    expect(parse('12 (sleep) S 7 12 12 0 -1')).toMatchObject({ command: 'sleep', state: 'S', parent: 7 });
    expect(parse('12 (a) R 9 (b c) Z 1234 5')).toMatchObject({ command: 'a) R 9 (b c', state: 'Z', parent: 1234 });
    expect(parse('1 (init) S 0\n')).toMatchObject({ command: 'init', state: 'S', parent: 0 });
    expect(parse('1 (größe) S 0\n')).toMatchObject({ command: 'größe' });
  });

  it('finds the number of threads and the start, whatever the command is', () => {
    const line = '12 (a) 1 (b)) S 7 12 12 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 13 0 99 1000 10';
    expect(parse(line)).toMatchObject({ threads: 13, start: 99 });
  });

  it('makes nothing up where the line ends early', () => {
    expect(parse('12 (a) S 7 12')).toMatchObject({ threads: 1, start: undefined });
  });

  it('gives nothing for what is no such line', () => {
    for (const text of ['', '12', '12 (sleep)', '12 (sleep) S', '12 (sleep) S ', '12 (sleep) S x'])
      expect(parse(text)).toBeUndefined();
  });
});
