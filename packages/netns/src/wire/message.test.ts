import { describe, expect, it } from 'vitest';
import { attrs } from './attributes.ts';
import { u8, u32 } from './integers.ts';
import { message } from './message.ts';
import { struct } from './struct.ts';
import { str } from './text.ts';
import { Writer } from './writer.ts';

const thing = () =>
  message({
    name: 'thing',
    kernelName: 'THING',
    protocol: 0,
    types: { new: 16 },
    header: struct({ family: u8 }),
    attributes: attrs({ name: [1, str], size: [2, u32] }),
  });

describe('a message declaration', () => {
  it('encodes what it decodes', () => {
    const { encode, decode } = thing();
    const bytes = encode({ header: { family: 2 }, attributes: { name: 'a', size: 0 } });
    expect(Buffer.from(bytes).toString('hex')).toBe('02000000060001006100000008000200' + '00000000');
    expect(decode(bytes)).toEqual({ header: { family: 2 }, attributes: { name: 'a', size: 0 } });
  });

  it('takes zeros for a header that is left out', () => {
    expect([...thing().encode({})]).toEqual([0, 0, 0, 0]);
  });

  it('appends to a writer', () => {
    const writer = new Writer();
    writer.append(Uint8Array.of(9, 9, 9, 9));
    thing().write(writer, { header: { family: 2 } });
    expect([...writer.finish()]).toEqual([9, 9, 9, 9, 2, 0, 0, 0]);
  });

  it('names what cannot be written, each time from the start', () => {
    const writer = new Writer();
    const { write } = thing();
    for (let time = 0; time < 2; time++) {
      expect(() => write(writer, { attributes: { size: -1 } })).toThrow('invalid thing.size -1');
      expect(() => write(writer, { header: { family: 256 } })).toThrow('invalid thing.header.family 256');
    }
  });

  it('gives the same values and the same errors before and after it compiles itself', () => {
    const { encode, decode } = thing();
    const good = encode({ attributes: { name: 'a', size: 5 } });
    const bad = good.slice(0, -2);
    const first = decode(good);
    const complaint = 'cannot decode thing at byte 12: attribute 2 says 8 bytes, 6 remain';
    expect(() => decode(bad)).toThrow(complaint);
    for (let count = 0; count < 300; count++) expect(decode(good)).toStrictEqual(first);
    expect(() => decode(bad)).toThrow(complaint);
  });

  it('offers a lazy view', () => {
    const { encode, view } = thing();
    const lazy = view(encode({ header: { family: 2 }, attributes: { size: 5 } }));
    expect([lazy.header.family, lazy.attributes.size, lazy.attributes.name]).toEqual([2, 5, undefined]);
  });
});
