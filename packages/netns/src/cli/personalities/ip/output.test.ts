import { expect, it } from 'vitest';
import { Output } from './output.ts';

it('writes at the end, or when there is much', () => {
  const written: (string | Uint8Array)[] = [];
  const output = new Output({ isTerminal: false, write: (text) => void written.push(text) });
  output.write('a');
  output.write('b');
  expect(written).toEqual([]);
  output.flush();
  output.flush();
  expect(written).toEqual(['ab']);
  output.write('x'.repeat(70_000));
  expect(written.map((text) => text.length)).toEqual([2, 70_000]);
});
