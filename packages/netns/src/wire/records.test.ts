import { describe, expect, it } from 'vitest';
import { attrs, prefixed, records } from './attributes.ts';
import { compile } from './compile.ts';
import { describeValue } from './describe.ts';
import { encodeValue } from './encode.ts';
import { s32, u8, u32 } from './integers.ts';
import { cursorOf, readPrefixed } from './interpret.ts';
import { ipAddress } from './ip-address.ts';
import { pathAt } from './locate.ts';
import { sliceOf } from './slice.ts';
import { pad, struct } from './struct.ts';
import { Writer } from './writer.ts';

const hop = struct({ length: pad(2), hops: u8, flags: u8, ifindex: s32 });
const hops = records(hop, attrs({ gateway: [5, ipAddress], onlyInet: [6, u8, { family: 2 }] }));
const shape = prefixed(struct({ family: u8 }), attrs({ hops: [9, hops], after: [10, u32] }));

const value = {
  header: { family: 2 },
  attributes: {
    hops: [
      { header: { hops: 1, flags: 0, ifindex: 7 }, attributes: { gateway: '10.0.0.1', onlyInet: 3 } },
      { header: { hops: 0, flags: 4, ifindex: 8 }, attributes: {} },
    ],
    after: 5,
  },
};

function encoded(of: unknown): Uint8Array {
  const writer = new Writer();
  encodeValue(shape, writer, of, 'it');
  return writer.finish();
}

const interpret = (bytes: Uint8Array) => readPrefixed(shape, cursorOf(sliceOf(bytes), 'it'), 0, bytes.length);

describe('records', () => {
  const bytes = encoded(value);

  it('begin with their measured length', () => {
    expect(Buffer.from(bytes).toString('hex')).toBe(
      '02000000' +
        '2400' +
        '0900' +
        '1800' +
        '01' +
        '00' +
        '07000000' +
        '08000500' +
        '0a000001' +
        '05000600' +
        '03000000' +
        '0800' +
        '00' +
        '04' +
        '08000000' +
        '08000a00' +
        '05000000',
    );
  });

  it('come back from both decoders, with the family of the message', () => {
    expect(interpret(bytes)).toEqual(value);
    expect(compile(shape)?.(sliceOf(bytes))).toEqual(value);
  });

  it.each([
    [8, 4, 'it.hops at byte 8: 32 bytes remain for a record that says 4 and takes 8'],
    [8, 60, 'it.hops at byte 8: record says 60 bytes, 32 remain'],
  ])('with a wrong length at %i are malformed', (at, length, reason) => {
    const damaged = bytes.slice();
    damaged[at] = length;
    expect(() => interpret(damaged)).toThrow(reason);
    expect(() => compile(shape)?.(sliceOf(damaged))).toThrow();
  });

  it('are named with their number in paths and texts', () => {
    expect(pathAt(shape, sliceOf(bytes), 16)).toBe('hops.0.gateway');
    expect(describeValue(shape, value)).toContain('hops.1.header hops 0 flags 4 ifindex 8');
    expect(() => encoded({ attributes: { hops: [{ header: { hops: 300 } }] } })).toThrow('it.hops.0.header.hops');
  });

  it('need room for their length', () => {
    expect(() => records(struct({ family: u8 }), attrs({}))).toThrow('begins with pad(2)');
  });
});
