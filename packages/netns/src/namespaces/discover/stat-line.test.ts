import { describe, expect, it } from 'vitest';
import { parseStatLine, threadsInStatLine } from './stat-line.ts';

const parse = (text: string) => parseStatLine(Buffer.from(text));

describe('parseStatLine', () => {
  it('finds state and parent behind the last bracket', () => {
    expect(parse('12 (sleep) S 7 12 12 0 -1')).toEqual({ state: 'S', parent: 7 });
    expect(parse('12 (a) R 9 (b c) Z 1234 5')).toEqual({ state: 'Z', parent: 1234 });
    expect(parse('1 (init) S 0')).toEqual({ state: 'S', parent: 0 });
  });

  it('gives nothing for what is no such line', () => {
    for (const text of ['', '12', '12 (sleep)', '12 (sleep) S', '12 (sleep) S x']) expect(parse(text)).toBeUndefined();
  });
});

describe('threadsInStatLine', () => {
  it('finds the number of threads, whatever the command is', () => {
    const line = Buffer.from('12 (a) 1 (b)) S 7 12 12 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 13 0 99 1000 10');
    expect(threadsInStatLine(line)).toBe(13);
  });
});
