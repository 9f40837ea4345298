import { describe, expect, it } from 'vitest';
import { btfPlaces, memberOffsets } from './btf.ts';

const INT = 1;
const STRUCT = 4;
const UNION = 5;
const FUNC_PROTO = 13;

/** Writes type information as the kernel has it. */
class Btf {
  readonly #types: number[] = [];
  #strings = '\0';

  name(text: string): number {
    const at = this.#strings.indexOf(`\0${text}\0`);
    if (at >= 0) return at + 1;
    const end = this.#strings.length;
    this.#strings += `${text}\0`;
    return end;
  }

  record(kind: number, name: string, ...rest: number[]): this {
    const each = kind === FUNC_PROTO ? 2 : 3;
    const count = kind === INT ? 0 : rest.length / each;
    this.#types.push(name === '' ? 0 : this.name(name), (kind << 24) | count, 8, ...rest);
    return this;
  }

  struct(kind: number, name: string, members: readonly (readonly [string, type: number, bytes: number])[]): this {
    return this.record(
      kind,
      name,
      ...members.flatMap(([member, type, at]) => [member === '' ? 0 : this.name(member), type, 8 * at]),
    );
  }

  get types(): Uint8Array {
    return new Uint8Array(Uint32Array.from(this.#types).buffer);
  }

  get strings(): string {
    return this.#strings;
  }
}

const btf = new Btf()
  .record(INT, 'int', 0) // 1
  .record(FUNC_PROTO, '', 0, 1, 0, 1) // 2
  .struct(UNION, '', [
    ['inner', 1, 0],
    ['other', 1, 4],
  ]) // 3
  .struct(STRUCT, 'net', [
    ['list', 1, 24],
    ['', 3, 40],
    ['listing', 1, 64],
  ]) // 4
  .struct(STRUCT, 'network', [['list', 1, 8]]); // 5

describe('memberOffsets', () => {
  it('finds members, those of structures without a name too', () => {
    expect(
      memberOffsets(btf.types, btf.strings, { net: ['list', 'inner', 'other', 'absent'], network: ['list'] }),
    ).toEqual({
      net: { list: 24, inner: 40, other: 44 },
      network: { list: 8 },
    });
  });

  it('finds nothing of what is not there', () => {
    expect(memberOffsets(btf.types, btf.strings, { task_struct: ['nsproxy'] })).toEqual({ task_struct: {} });
    expect(memberOffsets(new Uint8Array(), '', { net: ['list'] })).toEqual({ net: {} });
  });

  it('takes what it can from a beginning, wherever that is cut', () => {
    const wanted = { net: ['list', 'inner'] } as const;
    const whole = memberOffsets(btf.types, btf.strings, wanted).net;
    for (let length = 0; length <= btf.types.length; length++) {
      const { net } = memberOffsets(btf.types.subarray(0, length), btf.strings, wanted);
      expect([{}, whole]).toContainEqual(net);
    }
  });

  it('stops at records that it does not know, and reads no nonsense', () => {
    for (let byte = 0; byte < btf.types.length; byte++) {
      const types = btf.types.slice();
      types[byte] = 0xff;
      const { net } = memberOffsets(types, btf.strings, { net: ['list', 'inner'] });
      for (const offset of Object.values(net)) expect(typeof offset).toBe('number');
    }
  });
});

describe('btfPlaces', () => {
  it('reads the head, whatever its length', () => {
    const head = new Uint8Array(32);
    const view = new DataView(head.buffer);
    view.setUint16(0, 0xeb9f, true);
    for (const [at, value] of [
      [4, 32],
      [8, 0],
      [12, 100],
      [16, 100],
      [20, 50],
    ] as const)
      view.setUint32(at, value, true);
    expect(btfPlaces(head)).toEqual({ types: { at: 32, length: 100 }, strings: { at: 132, length: 50 } });
    expect(btfPlaces(head.subarray(0, 23))).toBeUndefined();
    expect(btfPlaces(new Uint8Array(24))).toBeUndefined();
  });
});
