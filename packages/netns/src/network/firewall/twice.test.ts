import { expect, it } from 'vitest';
import { isListedTwice } from './twice.ts';

const key = (...bytes: number[]) => ({ key: Uint8Array.from(bytes) });
const long = (last: number) => key(...Array<number>(15).fill(0xff), last);

it.each([
  ['nothing', [], false],
  ['different keys', [key(1, 2), key(2, 1)], false],
  ['the same short key', [key(255, 0, 0, 1), key(1, 0, 0, 255), key(255, 0, 0, 1)], true],
  ['different long keys', [long(1), long(2)], false],
  ['the same long key', [long(1), long(2), long(1)], true],
  ['the end of one interval, where the next begins', [key(1), { ...key(9), flags: ['interval_end'] }, key(9)], false],
  [
    'intervals that begin alike',
    [
      { ...key(1), keyEnd: key(5).key },
      { ...key(1), keyEnd: key(9).key },
    ],
    false,
  ],
  ['what stands for all other keys', [key(1), { flags: ['catchall'] }, { flags: ['catchall'] }], false],
])('sees whether an element is there twice: %s', (_, elements, twice) => {
  expect(isListedTwice(elements)).toBe(twice);
});
