import { afterEach, describe, expect, it, vi } from 'vitest';
import { attrs, byKind, list, pair, partial, prefixed, repeated } from './attributes.ts';
import { bytes, fixed } from './bytes.ts';
import { compile, MALFORMED } from './compile.ts';
import { flag, u8, u16, u32, u64, uint } from './integers.ts';
import { cursorOf, readPrefixed } from './interpret.ts';
import { ipAddress } from './ip-address.ts';
import { sliceOf } from './slice.ts';
import { array, pad, struct } from './struct.ts';
import { str } from './text.ts';

const stats = struct({ packets: u32, pad: pad(4) }, { bytes: u64, later: u16 });
const message = prefixed(
  struct({ family: u8, pad: pad(3), index: u32 }),
  attrs({
    name: [1, str],
    address: [2, ipAddress],
    stats: [3, stats],
    conf: [4, array(u16)],
    names: [5, repeated(str)],
    targets: [6, list(u16)],
    info: [7, byKind(1, 2, { a: attrs({ id: [1, u32] }), b: stats }, { slave: pair(4, 5, { a: attrs({}) }) })],
    spec: [8, u8],
    bridge: [8, u16, { family: 7 }],
    on: [9, flag],
    horizon: [10, uint],
    mac: [11, fixed(bytes, 2)],
    map: [12, array(struct({ from: u8, to: u8 }))],
  }),
);

const bodies = [
  '',
  '06000100 61000000 08000200 7f000001 04000900',
  '0c000300 01000000 00000000',
  '14000300 01000000 00000000 02000000 00000000',
  '16000300 01000000 00000000 02000000 00000000 09000000',
  '1c000300 01000000 00000000 02000000 00000000 09000102 03040506',
  '10000300 01000000 00000000 02000000',
  '08000400 01000200 06000500 61000000 06000500 62000000',
  '14000600 06000000 01000000 06000100 02000000',
  '18000700 06000100 61000000 0c000200 08000100 07000000',
  '10000700 0c000200 08000100 07000000',
  '1c000700 06000100 62000000 10000200 01000000 00000000 02000000',
  '14000700 06000100 63000000 05000200 01000000',
  '0c000700 06000400 61000000',
  '05000800 01000000 0600ff81 01020000 08000a00 05000000 06000b00 01020000 06000c00 01020000',
].map((hex) => hex.replaceAll(' ', ''));

const headers = ['00000000 05000000', '07000000 05000000'].map((hex) => hex.replaceAll(' ', ''));
const decode = compile(message);

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('the compiled decoder', () => {
  it.each(headers.flatMap((header) => bodies.map((body) => header + body)))(
    'agrees with the interpreter on %s',
    (hex) => {
      const slice = sliceOf(Buffer.from(hex, 'hex'));
      const expected = attempt(() => readPrefixed(message, cursorOf(slice, 'it'), slice.start, slice.end));
      expect(attempt(() => decode?.(slice))).toStrictEqual(expected);
    },
  );

  it('agrees with the interpreter on every cut of every message', () => {
    for (const hex of bodies) {
      const bytes = Buffer.from(headers[0] + hex, 'hex');
      for (let length = 0; length < bytes.length; length++) {
        const slice = sliceOf(bytes.subarray(0, length));
        const expected = attempt(() => readPrefixed(message, cursorOf(slice, 'it'), slice.start, slice.end));
        expect(attempt(() => decode?.(slice))).toStrictEqual(expected);
      }
    }
  });

  it('agrees with it on what a partial set passes over', () => {
    const inner = partial(byKind(1, 2, { a: attrs({ id: [1, u32] }) }, { slave: pair(4, 5, { a: attrs({}) }) }));
    const part = prefixed(
      message.header,
      partial(attrs({ name: [1, str], bridge: [8, u16, { family: 7 }], info: [7, inner] })),
    );
    const decodePart = compile(part);
    for (const hex of headers.flatMap((header) => bodies.map((body) => header + body))) {
      const slice = sliceOf(Buffer.from(hex, 'hex'));
      const expected = attempt(() => readPrefixed(part, cursorOf(slice, 'it'), slice.start, slice.end));
      expect(attempt(() => decodePart?.(slice))).toStrictEqual(expected);
      expect(JSON.stringify(expected)).not.toMatch(/unknown|raw/);
    }
  });

  it('throws its own sign for malformed bytes, not an error', () => {
    let thrown: unknown;
    try {
      decode?.(sliceOf(Uint8Array.of(1, 2)));
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBe(MALFORMED);
  });

  it('gives plain objects', () => {
    const value = decode?.(sliceOf(Buffer.from(headers[0] + (bodies[1] ?? ''), 'hex'))) as { attributes: object };
    expect(Object.getPrototypeOf(value.attributes)).toBe(Object.prototype);
    expect(Object.keys(value.attributes)).toEqual(['name', 'address', 'on']);
  });

  it('is not there where code generation is forbidden', () => {
    vi.stubGlobal('Function', function forbidden() {
      throw new EvalError('Code generation from strings disallowed for this context');
    });
    expect(compile(message)).toBeUndefined();
  });
});

function attempt(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    return 'malformed';
  }
}
