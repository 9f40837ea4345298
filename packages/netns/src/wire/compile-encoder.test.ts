import { afterEach, describe, expect, it, vi } from 'vitest';
import { attrs, byKind, list, nested, pair, prefixed, records, repeated } from './attributes.ts';
import { bytes, fixed } from './bytes.ts';
import { type CompiledEncoder, compileEncoder, REFUSED } from './compile-encoder.ts';
import { encodeValue } from './encode.ts';
import { bool, flag, s16, u8, u16, u16be, u32, u64, uint } from './integers.ts';
import { ipAddress } from './ip-address.ts';
import { message as declare } from './message.ts';
import { word } from './names.ts';
import { array, pad, struct } from './struct.ts';
import { str } from './text.ts';
import { Writer } from './writer.ts';

const inner = attrs({ id: [1, u32], port: [2, u16be] });
const header = struct({ family: u8, pad: pad(3), index: u32 });
const attributes = attrs({
  name: [1, str],
  address: [2, ipAddress],
  stats: [3, struct({ packets: u32, pad: pad(4) }, { bytes: u64, later: u16 })],
  conf: [4, array(u16)],
  names: [5, repeated(str)],
  targets: [6, list(u16)],
  info: [7, byKind(1, 2, { a: inner, b: u32 }, { slave: pair(4, 5, { a: inner }) })],
  low: [8, s16],
  on: [9, flag],
  horizon: [10, uint],
  mac: [11, fixed(bytes, 2)],
  inner: [12, nested(inner)],
  peer: [13, prefixed(struct({ index: u32 }), inner)],
  hops: [14, records(struct({ length: pad(2), weight: u16 }), inner)],
  yes: [15, bool],
  big: [16, u64],
  mode: [17, word(u8, ['vepa', 'bridge'])],
});
const message = prefixed(header, attributes);
const encoder = compileEncoder(message, 0) as CompiledEncoder;

function written(write: (writer: Writer) => void, before = new Uint8Array()): Uint8Array {
  const writer = new Writer(0);
  writer.append(before);
  write(writer);
  return writer.finish();
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('the compiled encoder', () => {
  const good = [
    {},
    { header: { family: 2, index: 7 } },
    { header: { index: undefined }, attributes: { name: undefined } },
    { header: { index: 0xffffffff }, attributes: { low: -0x8000, big: 2n ** 64n - 1n, horizon: 1n } },
    { attributes: { address: '192.0.2.1', name: 'eth0', yes: false, on: true, mode: 'bridge' } },
    { attributes: { name: 'é', on: false, address: '2001:db8::1' } },
    { attributes: { stats: { packets: 1 }, conf: [1, 2, 3], names: ['a', 'b'], targets: [1, 2] } },
    { attributes: { inner: { port: 80, id: 1 }, peer: { header: { index: 3 }, attributes: { id: 1 } } } },
    { attributes: { hops: [{ header: { weight: 3 }, attributes: { id: 1 } }, {}], mac: Uint8Array.of(1, 2) } },
    { attributes: { info: { kind: 'a', data: { id: 1 }, slave: { kind: 'a', data: { port: 1 } } } } },
    { attributes: { info: { kind: 'other', name: 'x', raw: Uint8Array.of(1) } } },
    { attributes: { unknown: [{ type: 99, flags: 0x8000, raw: Uint8Array.of(1, 2, 3) }], low: 1 } },
  ];

  it.each(good.map((value) => ({ value })))('writes what the interpreter writes: $value', ({ value }) => {
    const expected = written((writer) => encodeValue(message, writer, value, 'm'));
    expect(written((writer) => encoder(writer, value))).toEqual(expected);
  });

  it.each(good.map((value) => ({ value })))(
    'writes it alike before and after sets inside are compiled: $value',
    ({ value }) => {
      const patient = compileEncoder(message, 2) as CompiledEncoder;
      const expected = written((writer) => encodeValue(message, writer, value, 'm'));
      for (let time = 0; time < 5; time++) expect(written((writer) => patient(writer, value))).toEqual(expected);
    },
  );

  const bad: readonly unknown[] = [
    null,
    7,
    { header: { family: 256 } },
    { header: { index: -1 } },
    { header: { index: 1.5 } },
    { header: { index: Number.NaN } },
    { header: { index: '1' } },
    { header: { nothing: undefined } },
    { header: { rest: Uint8Array.of(1) } },
    { heading: undefined },
    { attributes: 7 },
    { attributes: { nothing: 1 } },
    { attributes: { name: 'a\0' } },
    { attributes: { name: 'x'.repeat(65_536) } },
    { attributes: { address: '1.2.3' } },
    { attributes: { low: 0x8000 } },
    { attributes: { yes: 1 } },
    { attributes: { big: 1 } },
    { attributes: { big: 2n ** 64n } },
    { attributes: { on: 1 } },
    { attributes: { mac: Uint8Array.of(1) } },
    { attributes: { name: 'first', inner: { id: 1, port: 65_536 } } },
    { attributes: { inner: null } },
    { attributes: { info: null } },
    { attributes: { info: { kind: 'none' } } },
    { attributes: { peer: { header: { index: 3 }, attributes: { id: -1 } } } },
    { attributes: { hops: [{}, { attributes: { id: 'x' } }] } },
    { attributes: { targets: [1, -1] } },
    { attributes: { mode: 'private' } },
    { attributes: { conf: 1 } },
  ];
  const declaration = declare({ name: 'm', kernelName: 'M', protocol: 0, types: {}, header, attributes });
  for (let i = 0; i < 300; i++) declaration.encode({}); // from here on by compiled code

  it.each(bad.map((value) => ({ value })))(
    'leaves it to the interpreter to say what is wrong with $value',
    ({ value }) => {
      const reason = (write: (writer: Writer) => void) => {
        try {
          written(write);
        } catch (error) {
          return error;
        }
        return undefined;
      };
      const expected = reason((writer) => encodeValue(message, writer, value, 'm'));
      expect(expected).toBeInstanceOf(Error);
      expect(reason((writer) => encoder(writer, value))).toBeDefined();
      expect(reason((writer) => declaration.write(writer, value as never))).toEqual(expected);
    },
  );

  it('leaves rare fields to the interpreter, which writes behind what was there', () => {
    const value = { header: { index: 1 }, attributes: { low: 3, stats: { packets: 1, bytes: 2n } } };
    expect(() => written((writer) => encoder(writer, value))).toThrow();
    const before = Uint8Array.of(1, 2, 3, 4);
    const expected = written((writer) => encodeValue(message, writer, value, 'm'), before);
    expect(written((writer) => declaration.write(writer, value), before)).toEqual(expected);
  });

  it('is not made where code must not be generated', () => {
    vi.stubGlobal('Function', function forbidden() {
      throw new EvalError('Code generation from strings disallowed for this context');
    });
    expect(compileEncoder(message)).toBeUndefined();
  });

  it('throws a symbol of its own', () => {
    let thrown: unknown;
    try {
      encoder(new Writer(), { header: { index: -1 } });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBe(REFUSED);
  });
});
