import { describe, expect, it } from 'vitest';
import { route } from '../../../../netlink/families/route/route.ts';
import { encodeMessage } from '../../../../netlink/header.ts';
import { splitSaved } from './read.ts';
import type { Saved } from './saved.ts';

const saved: Saved = { noun: 'route', magic: 0x45311224, declaration: route, wrongFile: 1, wrongMessage: 2 };
const magic = [0x24, 0x12, 0x31, 0x45];
const message = (type: number) => encodeMessage({ type }, route, { header: { family: 2 } });
const file = (...parts: (readonly number[] | Uint8Array)[]) => Uint8Array.from(parts.flatMap((part) => [...part]));

describe('splitSaved', () => {
  it('gives the payloads of the messages of its kind', () => {
    const bytes = file(magic, message(24), message(32), message(24));
    expect(splitSaved(bytes, saved)).toEqual([message(24).subarray(16), message(24).subarray(16)]);
  });

  it.each([
    ['nothing', file(), 'Magic mismatch (0 elems, 0 magic)', 1],
    ['less than a number', file([0x61, 0x62, 0x63]), 'Magic mismatch (0 elems, 636261 magic)', 1],
    ['another number', file([1, 2, 3, 4]), 'Magic mismatch (1 elems, 4030201 magic)', 1],
    ['half a header', file(magic, [1, 2]), 'rtnl-from_file: truncated message', 2],
    ['half a message', file(magic, message(24).subarray(0, 20)), 'rtnl-from_file: truncated message', 2],
    ['a length below a header', file(magic, new Uint8Array(16)), '!!!malformed message: len=0 @20', 2],
  ])('refuses %s', (_what, bytes, text, code) => {
    expect(() => splitSaved(bytes, saved)).toThrow(expect.objectContaining({ message: `${text}\n`, code }));
  });
});
