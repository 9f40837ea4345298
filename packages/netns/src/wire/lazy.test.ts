import { describe, expect, it } from 'vitest';
import { DecodeError } from '../errors.ts';
import { attrs, byKind, pair, prefixed, repeated } from './attributes.ts';
import { u8, u16, u32 } from './integers.ts';
import { lazyViewer } from './lazy.ts';
import { sliceOf } from './slice.ts';
import { struct } from './struct.ts';
import { str } from './text.ts';

const id = attrs({ id: [1, u32] });
const message = prefixed(
  struct({ family: u8 }),
  byKind(
    1,
    2,
    { a: id },
    {
      size: [3, u32],
      names: [4, repeated(str)],
      inner: [5, id],
      slave: pair(6, 7, { a: id }),
      spec: [8, u8],
      bridge: [8, u16, { family: 7 }],
    },
  ),
);
const view = lazyViewer(message, 'it');
const viewOf = (hex: string) => {
  const { header, attributes, toValue } = view(sliceOf(Buffer.from(hex.replaceAll(' ', ''), 'hex')));
  return { header, attributes: attributes as Record<string, unknown>, toValue };
};

describe('the lazy view', () => {
  it('reads fields of every form', () => {
    const { header, attributes } = viewOf(
      '02000000 06000100 61000000 0c000200 08000100 01000000 08000300 02000000 06000400 62000000 06000400 63000000 ' +
        '0c000500 08000100 03000000 06000600 61000000 0c000700 08000100 04000000 05000800 05000000 04006300',
    );
    expect(header).toEqual({ family: 2 });
    expect(attributes.kind).toBe('a');
    expect(attributes.data).toEqual({ id: 1 });
    expect(attributes.name).toBeUndefined();
    expect(attributes.size).toBe(2);
    expect(attributes.names).toEqual(['b', 'c']);
    expect(attributes.inner).toEqual({ id: 3 });
    expect(attributes.inner).toBe(attributes.inner);
    expect(attributes.slave).toEqual({ kind: 'a', data: { id: 4 } });
    expect(attributes.spec).toBe(5);
    expect(attributes.bridge).toBeUndefined();
    expect(attributes.unknown).toEqual([{ type: 0x63, flags: 0, raw: new Uint8Array() }]);
  });

  it('has nothing where nothing is', () => {
    const { attributes } = viewOf('02000000');
    for (const key of ['kind', 'data', 'size', 'names', 'inner', 'slave', 'spec', 'bridge', 'unknown'])
      expect(attributes[key]).toBeUndefined();
  });

  it('asks the family where a number has two meanings', () => {
    const { attributes } = viewOf('07000000 06000800 05000000');
    expect(attributes.bridge).toBe(5);
    expect(attributes.spec).toBeUndefined();
  });

  it('finds attributes that do not fit at once, a malformed field when it is read', () => {
    expect(() => viewOf('02000000 0c000300 02000000')).toThrow(
      'cannot decode it at byte 4: attribute 3 says 12 bytes, 8 remain',
    );
    expect(() => viewOf('02000000 0300')).toThrow(DecodeError);
    expect(() => viewOf('')).toThrow('cannot decode it.header at byte 0: struct takes 1 bytes, not 0');
    const { attributes, toValue } = viewOf('02000000 06000300 02000000 0a000500 06000100 03000000');
    expect(() => attributes.size).toThrow('cannot decode it.size at byte 8: u32 takes 4 bytes, not 2');
    expect(() => attributes.inner).toThrow('cannot decode it.inner.id at byte 20: u32 takes 4 bytes, not 2');
    expect(toValue).toThrow('cannot decode it.size');
  });

  it('turns into a plain value', () => {
    const { toValue } = viewOf('02000000 08000300 02000000');
    expect(toValue()).toStrictEqual({ header: { family: 2 }, attributes: { size: 2 } });
  });
});
