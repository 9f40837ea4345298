import { describe, expect, it } from 'vitest';
import { attrs, byKind, list, nested, pair, partial, prefixed, repeated } from './attributes.ts';
import { bytes } from './bytes.ts';
import { encodeValue } from './encode.ts';
import { flag, u8, u16, u32 } from './integers.ts';
import { cursorOf, readShape } from './interpret.ts';
import type { Shape } from './shape.ts';
import { sliceOf } from './slice.ts';
import { struct } from './struct.ts';
import { str } from './text.ts';
import { Writer } from './writer.ts';

const decode = (shape: Shape, hex: string) => {
  const slice = sliceOf(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
  return readShape(shape, cursorOf(slice, 'it'), slice.start, slice.end);
};
const encode = (shape: Shape, value: unknown) => {
  const writer = new Writer();
  encodeValue(shape, writer, value, 'it');
  return Buffer.from(writer.finish())
    .toString('hex')
    .replaceAll(/(.{8})(?=.)/g, '$1 ');
};

describe('attrs', () => {
  const set = attrs({ name: [1, str], size: [2, u32], on: [3, flag] });

  it('reads and writes in the order of the message', () => {
    expect(decode(set, '08000200 05000000 06000100 61000000')).toEqual({ size: 5, name: 'a' });
    expect(Object.keys(decode(set, '08000200 05000000 06000100 61000000') as object)).toEqual(['size', 'name']);
    expect(encode(set, { size: 5, name: 'a' })).toBe('08000200 05000000 06000100 61000000');
    expect(encode(set, { name: 'a', size: 5 })).toBe('06000100 61000000 08000200 05000000');
  });

  it('has no key for what is absent; zero is a value; undefined and false flags are not written', () => {
    expect(decode(set, '')).toEqual({});
    expect(decode(set, '08000200 00000000')).toEqual({ size: 0 });
    expect(encode(set, { name: undefined, size: 0, on: false })).toBe('08000200 00000000');
    expect(encode(set, { on: true })).toBe('04000300');
  });

  it('takes the last of attributes that should not repeat, as the kernel does', () => {
    expect(decode(set, '08000200 01000000 08000200 02000000')).toEqual({ size: 2 });
  });

  it('ignores the flags of a number that it knows', () => {
    expect(decode(set, '080002c0 05000000')).toEqual({ size: 5 });
  });

  it('keeps what it does not know, flags included, and writes it back unchanged', () => {
    const hex = '08000200 05000000 08006380 01020304 05006440 ff000000';
    const value = decode(set, hex);
    expect(value).toEqual({
      size: 5,
      unknown: [
        { type: 0x63, flags: 0x8000, raw: Uint8Array.of(1, 2, 3, 4) },
        { type: 0x64, flags: 0x4000, raw: Uint8Array.of(0xff) },
      ],
    });
    expect(encode(set, value)).toBe(hex);
    expect(encode(set, { unknown: [{ type: 9, raw: Uint8Array.of() }] })).toBe('04000900');
  });

  it.each([
    ['0800', 'cannot decode it at byte 0: 2 bytes remain, too few for an attribute'],
    ['03000200 05000000', 'cannot decode it at byte 0: attribute 2 says 3 bytes, less than its own header'],
    ['00000000', 'cannot decode it at byte 0: attribute 0 says 0 bytes, less than its own header'],
    ['04000300 0c000200 05000000', 'cannot decode it at byte 4: attribute 2 says 12 bytes, 8 remain'],
    ['06000200 05000000', 'cannot decode it.size at byte 4: u32 takes 4 bytes, not 2'],
  ])('refuses %s', (hex, message) => {
    expect(() => decode(set, hex)).toThrow(message);
  });

  it('takes a last attribute without its padding', () => {
    expect(decode(set, '06000100 6100')).toEqual({ name: 'a' });
  });

  it.each([
    [{ nam: 'x' }, 'invalid it.nam "x": there is no such attribute'],
    [{ size: 'x' }, 'invalid it.size "x": must be an integer from 0 to 4294967295'],
    [{ size: null }, 'invalid it.size null: must be an integer'],
    [{ unknown: [{ type: 0x4000, raw: new Uint8Array() }] }, 'it.unknown'],
    [{ unknown: [{ type: 1, raw: 'x' }] }, 'it.unknown'],
    [{ unknown: 1 }, 'must be an array'],
    [{ unknown: [{ type: 1, raw: new Uint8Array(70_000) }] }, 'an attribute holds at most 65531 bytes'],
    ['x', 'must be an object'],
    [null, 'must be an object'],
  ])('refuses to encode %j', (value, message) => {
    expect(() => encode(set, value)).toThrow(message);
  });

  it('refuses a declaration that cannot be right when it is first used', () => {
    expect(() => attrs({ one: [1, u8], two: [1, u8] }).fields).toThrow('attribute 1 twice');
    expect(() => attrs({ 'no-name': [1, u8] }).fields).toThrow('no-name cannot name an attribute');
    expect(() => attrs({ unknown: [1, u8] }).fields).toThrow('unknown cannot name an attribute');
  });
});

describe('nesting', () => {
  const inner = attrs({ id: [1, u32] });

  it('writes the nested mark only where it is declared, and reads both', () => {
    const set = attrs({ plain: [1, inner], marked: [2, nested(inner)] });
    expect(encode(set, { plain: { id: 5 }, marked: { id: 6 } })).toBe(
      '0c000100 08000100 05000000 0c000280 08000100 06000000',
    );
    expect(decode(set, '0c000180 08000100 05000000 0c000200 08000100 06000000')).toEqual({
      plain: { id: 5 },
      marked: { id: 6 },
    });
  });

  it('names the whole path of what is wrong', () => {
    const set = attrs({ outer: [1, attrs({ middle: [2, inner] })] });
    expect(() => decode(set, '0e000100 0a000200 06000100 0500')).toThrow(
      'cannot decode it.outer.middle.id at byte 12: u32 takes 4 bytes, not 2',
    );
    expect(() => encode(set, { outer: { middle: { id: -1 } } })).toThrow('invalid it.outer.middle.id -1');
  });

  it('repeats attributes, or lists them in a nest', () => {
    const set = attrs({ names: [1, repeated(str)], targets: [2, list(u8)] });
    const hex = '06000100 61000000 06000100 62000000 14000200 05000000 07000000 05000100 08000000';
    expect(decode(set, hex)).toEqual({ names: ['a', 'b'], targets: [7, 8] });
    expect(encode(set, { names: ['a', 'b'], targets: [7, 8] })).toBe(hex);
    expect(encode(set, { names: [], targets: [] })).toBe('04000200');
    expect(() => encode(set, { names: ['a', 1] })).toThrow('invalid it.names.1 1');
  });

  it('puts a struct before attributes', () => {
    const set = attrs({ peer: [1, prefixed(struct({ family: u8 }), inner)] });
    expect(encode(set, { peer: { header: { family: 2 }, attributes: { id: 5 } } })).toBe(
      '10000100 02000000 08000100 05000000',
    );
    expect(encode(set, { peer: {} })).toBe('08000100 00000000');
    expect(decode(set, '05000100 02')).toEqual({ peer: { header: { family: 2 }, attributes: {} } });
    expect(() => decode(set, '04000100')).toThrow(
      'cannot decode it.peer.header at byte 4: struct takes 1 bytes, not 0',
    );
    expect(() => encode(set, { peer: { header: { rest: Uint8Array.of(1) } } })).toThrow('nothing can stand between');
    expect(() => encode(set, { peer: { id: 5 } })).toThrow('id is none of header, attributes');
  });
});

describe('by family', () => {
  const header = struct({ family: u8 });
  const set = attrs({ spec: [1, u8], bridge: [1, u16, { family: 7 }], only: [2, u8, { family: 10 }] });
  const message = prefixed(header, set);

  it('reads an attribute number by the family of the message', () => {
    expect(decode(message, '00000000 05000100 01000000')).toMatchObject({ attributes: { spec: 1 } });
    expect(decode(message, '07000000 06000100 01000000')).toMatchObject({ attributes: { bridge: 1 } });
    expect(() => decode(message, '07000000 05000100 01000000')).toThrow('it.bridge');
  });

  it('does not know a number that means nothing in this family', () => {
    expect(decode(message, '0a000000 05000200 01000000')).toMatchObject({ attributes: { only: 1 } });
    expect(decode(message, '02000000 05000200 01000000')).toMatchObject({ attributes: { unknown: [{ type: 2 }] } });
  });
});

describe('byKind', () => {
  const vxlan = attrs({ id: [1, u32] });
  const dummy = attrs({});
  const set = byKind(1, 2, { vxlan, dummy }, { xstats: [3, bytes], slave: pair(4, 5, { vxlan }) });
  const KIND = '0a000100 76786c61 6e000000';
  const DATA = '0c000200 08000100 e9000000';

  it('reads data as its kind says, in either order', () => {
    const value = { kind: 'vxlan', data: { id: 233 } };
    expect(decode(set, `${KIND} ${DATA}`)).toEqual(value);
    expect(decode(set, `${DATA} ${KIND}`)).toEqual(value);
    expect(encode(set, value)).toBe(`${KIND} ${DATA}`);
  });

  it('takes a kind without data', () => {
    expect(decode(set, KIND)).toEqual({ kind: 'vxlan' });
    expect(encode(set, { kind: 'vxlan' })).toBe(KIND);
  });

  it('keeps the name and the data of a kind that it does not know', () => {
    const value = { kind: 'other', name: 'abc', raw: Uint8Array.of(1, 2, 3, 4) };
    expect(decode(set, '08000100 61626300 08000200 01020304')).toEqual(value);
    expect(encode(set, value)).toBe('08000100 61626300 08000200 01020304');
    expect(encode(set, { kind: 'other', name: 'abc' })).toBe('08000100 61626300');
  });

  it('keeps data without a kind', () => {
    const value = decode(set, DATA);
    expect(value).toEqual({ unknown: [{ type: 2, flags: 0, raw: expect.any(Uint8Array) }] });
    expect(encode(set, value)).toBe(DATA);
  });

  it('reads a second pair as a field', () => {
    const value = { kind: 'dummy', slave: { kind: 'vxlan', data: { id: 5 } } };
    const hex = '0a000100 64756d6d 79000000 0a000400 76786c61 6e000000 0c000500 08000100 05000000';
    expect(decode(set, hex)).toEqual(value);
    expect(encode(set, value)).toBe(hex);
    expect(() => decode(set, '0a000400 76786c61 6e000000 06000500 05000000')).toThrow('it.slave.data');
  });

  it.each([
    [{ kind: 'vxlna' }, 'invalid it.kind "vxlna": not a known kind: use kind \'other\' with a name'],
    [{ kind: 'vxlan', data: { id: -1 } }, 'invalid it.data.id -1'],
    [{ data: { id: 1 } }, 'data needs a known kind'],
    [{ kind: 'vxlan', name: 'x' }, "goes with kind 'other' only"],
    [{ kind: 'vxlan', raw: new Uint8Array() }, "goes with kind 'other' only"],
    [{ kind: 'other' }, 'invalid it.kind undefined: must be a string'],
    [{ slave: { kind: 'dummy' } }, 'invalid it.slave.kind "dummy"'],
    [{ slave: { knd: 1 } }, 'knd is none of'],
  ])('refuses to encode %j', (value, message) => {
    expect(() => encode(set, value)).toThrow(message);
  });
});

describe('partial', () => {
  const inner = partial(byKind(1, 2, { a: attrs({ id: [1, u32] }) }));
  const set = partial(attrs({ size: [2, u32], info: [7, inner] }));

  it('passes over what is not declared', () => {
    expect(decode(set, '06000100 61000000 08000200 05000000 08006380 01020304')).toEqual({ size: 5 });
  });

  it('gives the name of a kind that is not declared, and nothing of it', () => {
    expect(decode(set, '14000700 06000100 63000000 05000200 01000000')).toEqual({ info: { kind: 'other', name: 'c' } });
    expect(decode(set, '18000700 06000100 61000000 0c000200 08000100 07000000')).toEqual({
      info: { kind: 'a', data: { id: 7 } },
    });
    expect(decode(set, '0c000700 08000200 01020304')).toEqual({ info: {} });
  });

  it('still refuses what is malformed, also there', () => {
    expect(() => decode(set, '08000200 05000000 09000100 61000000')).toThrow(/says 9 bytes/);
  });
});
