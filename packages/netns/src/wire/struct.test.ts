import { describe, expect, it } from 'vitest';
import { InvalidArgumentError } from '../errors.ts';
import { bytes, fixed } from './bytes.ts';
import { encodeValue } from './encode.ts';
import { u8, u16, u32, u64 } from './integers.ts';
import { cursorOf, readShape } from './interpret.ts';
import type { Shape } from './shape.ts';
import { sliceOf } from './slice.ts';
import { array, followed, items, member, pad, struct } from './struct.ts';
import { str } from './text.ts';
import { Writer } from './writer.ts';

const decode = (shape: Shape, ...payload: number[]) => {
  const slice = sliceOf(Uint8Array.from(payload));
  return readShape(shape, cursorOf(slice, 'it'), slice.start, slice.end);
};
const encode = (shape: Shape, value: unknown) => {
  const writer = new Writer();
  encodeValue(shape, writer, value, 'it');
  return [...writer.finish()];
};

describe('struct', () => {
  const header = struct({ family: u8, pad: pad(1), type: u16, index: u32 });

  it('lays out fields and padding like C', () => {
    expect(header.size).toBe(8);
    expect(header.fields.map(({ name, offset }) => [name, offset])).toEqual([
      ['family', 0],
      ['pad', 1],
      ['type', 2],
      ['index', 4],
    ]);
    expect(decode(header, 2, 9, 1, 0, 7, 0, 0, 0)).toEqual({ family: 2, type: 1, index: 7 });
  });

  it('writes zeros for padding and for fields that are left out', () => {
    expect(encode(header, { type: 1 })).toEqual([0, 0, 1, 0, 0, 0, 0, 0]);
    expect(encode(header, {})).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('takes the fields in any order, and what is undefined for left out', () => {
    expect(encode(header, { index: 7, type: 1, family: undefined })).toEqual([0, 0, 1, 0, 7, 0, 0, 0]);
    expect(() => encode(header, { unheard: undefined })).toThrow('there is no field unheard');
  });

  it('refuses a declaration with forgotten padding, or with a field without a size', () => {
    expect(() => struct({ family: u8, type: u16 })).toThrow('struct field type at 1 needs padding before it');
    expect(() => struct({ name: str })).toThrow('str has no fixed size');
    expect(() => struct({ family: u8, name: fixed(bytes, 3), index: u32 })).not.toThrow();
  });

  it('refuses bytes that are too few, and fields that it does not have', () => {
    expect(() => decode(header, 1, 2, 3)).toThrow('cannot decode it at byte 0: struct takes 8 bytes, not 3');
    expect(() => encode(header, { indx: 1 })).toThrow(InvalidArgumentError);
    expect(() => encode(header, { pad: new Uint8Array(1) })).toThrow('there is no field pad');
    expect(() => encode(header, { index: -1 })).toThrow('invalid it.index -1: must be an integer');
  });

  it('keeps what follows the known fields', () => {
    const one = struct({ value: u8 });
    expect(decode(one, 1, 2, 3)).toEqual({ value: 1, rest: Uint8Array.of(2, 3) });
    expect(encode(one, { value: 1, rest: Uint8Array.of(2, 3) })).toEqual([1, 2, 3]);
    expect(() => encode(one, { rest: 'x' })).toThrow('rest must be a Uint8Array');
  });

  it('leaves out what an older kernel does not send', () => {
    const stats = struct({ packets: u32 }, { nohandler: u32, other: u32 });
    expect(decode(stats, 1, 0, 0, 0)).toEqual({ packets: 1 });
    expect(decode(stats, 1, 0, 0, 0, 2, 0, 0, 0)).toEqual({ packets: 1, nohandler: 2 });
    expect(decode(stats, 1, 0, 0, 0, 2, 0)).toEqual({ packets: 1, rest: Uint8Array.of(2, 0) });
    expect(encode(stats, { packets: 1 })).toEqual([1, 0, 0, 0]);
    expect(encode(stats, { packets: 1, nohandler: 2 })).toEqual([1, 0, 0, 0, 2, 0, 0, 0]);
    expect(encode(stats, { packets: 1, other: 3 })).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0]);
    expect(encode(stats, { other: 3, packets: 1 })).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0]);
    expect(encode(stats, { packets: 1, rest: Uint8Array.of(2, 0) })).toEqual([1, 0, 0, 0, 2, 0]);
    const whole = Uint8Array.of(9, 9, 9, 9);
    expect(encode(stats, { rest: whole, packets: 1 })).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 9, 9, 9]);
  });
});

describe('array', () => {
  it('holds elements of one size', () => {
    expect(decode(array(u16), 1, 0, 2, 0)).toEqual([1, 2]);
    expect(decode(array(u64))).toEqual([]);
    expect(encode(array(u16), [1, 2])).toEqual([1, 0, 2, 0]);
    const pairs = array(struct({ from: u8, to: u8 }));
    expect(decode(pairs, 1, 2, 3, 4)).toEqual([
      { from: 1, to: 2 },
      { from: 3, to: 4 },
    ]);
    expect(encode(pairs, [{ from: 1 }])).toEqual([1, 0]);
  });

  it('refuses part of an element', () => {
    expect(() => decode(array(u16), 1, 0, 2)).toThrow('3 bytes are no whole number of elements of 2');
    expect(() => encode(array(u16), [1, -1])).toThrow('invalid it.1 -1');
    expect(() => encode(array(u16), 1)).toThrow('must be an array');
  });
});

describe('parts of structs', () => {
  const rate = struct({ log: u8, reserved: pad(1), overhead: u16 });

  it('have structs in structs', () => {
    const outer = struct({ rate: member(rate), limit: u32 });
    expect(decode(outer, 1, 9, 2, 0, 7, 0, 0, 0)).toEqual({ rate: { log: 1, overhead: 2 }, limit: 7 });
    expect(encode(outer, { rate: { overhead: 2 }, limit: 7 })).toEqual([0, 0, 2, 0, 7, 0, 0, 0]);
    expect(() => encode(outer, { rate: { log: 256 } })).toThrow('log must be an integer from 0 to 255');
    expect(() => encode(outer, { rate: { other: 1 } })).toThrow('has no other');
    expect(() => struct({ first: u8, rate: member(rate) })).toThrow('needs padding');
  });

  it('have so many equal values', () => {
    const map = struct({ map: items(u8, 3), last: u8 });
    expect(decode(map, 1, 2, 3, 4)).toEqual({ map: [1, 2, 3], last: 4 });
    expect(encode(map, { map: [1], last: 4 })).toEqual([1, 0, 0, 4]);
    expect(() => encode(map, { map: [1, 2, 3, 4] })).toThrow('at most 3');
  });

  it('have elements behind a struct, and count them', () => {
    const keys = followed(struct({ count: u8, reserved: pad(1) }), 'keys', struct({ at: u16 }), 'count');
    expect(decode(keys, 2, 0, 5, 0, 6, 0)).toEqual({ count: 2, keys: [{ at: 5 }, { at: 6 }] });
    expect(encode(keys, { keys: [{ at: 5 }, {}] })).toEqual([2, 0, 5, 0, 0, 0]);
    expect(decode(keys, 2, 0, 5, 0, 6)).toEqual({ count: 2, keys: [{ at: 5 }], rest: Uint8Array.of(6) });
    expect(encode(keys, decode(keys, 2, 0, 5, 0, 6))).toEqual([2, 0, 5, 0, 6]);
    expect(decode(keys, 2)).toEqual({ count: 2, keys: [] });
    expect(() => encode(keys, { keys: [{ at: -1 }] })).toThrow('keys: at must be');
  });
});
