import { expect, it } from 'vitest';
import { showTypeOf } from './typeof.ts';

const raw = (...bytes: number[]) => Uint8Array.from(bytes);
const word = (number: number) => raw(number, 0, 0, 0);

it('says nothing of what was declared by its type, of which nft 1.1 stores that it is a value', () => {
  expect(showTypeOf({ expression: 4, data: [] })).toBeUndefined();
  // `type ipv4_addr . inet_service . inet_proto`, as nft 1.1.3 stores it and as 1.0.6 does.
  const unfinished = [
    { type: 0, raw: raw() },
    { type: 0, raw: word(4) },
    { type: 1, raw: raw() },
  ];
  expect(showTypeOf({ expression: 13, data: unfinished })).toBeUndefined();
  expect(showTypeOf({ expression: 13, data: [] })).toBeUndefined();
});

it('has the words of headers and keys, and keeps all else as it is', () => {
  const mark = { expression: 9, data: [{ type: 0, raw: word(3) }] };
  expect(showTypeOf(mark)).toEqual({ meta: { key: 'mark' } });
  expect(showTypeOf({ expression: 8, data: [] })).toEqual({ unknown: { expression: 8, data: [] } });
});
