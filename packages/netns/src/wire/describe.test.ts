import { expect, it } from 'vitest';
import { attrs, byKind, pair, prefixed, repeated } from './attributes.ts';
import { bytes } from './bytes.ts';
import { describeValue } from './describe.ts';
import { u8, u32, u64 } from './integers.ts';
import { named } from './names.ts';
import { array, struct } from './struct.ts';
import { str } from './text.ts';

const state = named(u8, ['unknown', 'down']);

it('gives a line for each attribute, with its whole path', () => {
  const id = attrs({ id: [1, u32] });
  const shape = prefixed(
    struct({ family: state }),
    attrs({
      name: [1, str],
      state: [2, state],
      stats: [3, struct({ packets: u64, state, pad: u8 })],
      info: [4, byKind(1, 2, { vxlan: id }, { slave: pair(4, 5, { vxlan: id }) })],
      names: [5, repeated(str)],
      conf: [6, array(u8)],
      map: [7, array(struct({ from: u8, to: u8 }))],
      raw: [8, bytes],
      empty: [9, id],
    }),
  );
  const value = {
    header: { family: 1 },
    attributes: {
      name: 'a "b"',
      state: 7,
      stats: { packets: 5n, state: 1, rest: Uint8Array.of(1) },
      info: { kind: 'vxlan', data: { id: 233 }, slave: { kind: 'other', name: 'x', raw: Uint8Array.of(1) } },
      names: ['a', 'b'],
      conf: [1, 2],
      map: [{ from: 1, to: 2 }],
      raw: Uint8Array.of(0, 255),
      unknown: [
        { type: 99, flags: 0x8000, raw: Uint8Array.of(1) },
        { type: 98, flags: 0, raw: new Uint8Array() },
      ],
      empty: {},
    },
  };
  expect(describeValue(shape, value)).toEqual([
    'header family 1 (down)',
    'name "a \\"b\\""',
    'state 7',
    'stats packets 5 state 1 (down) rest 0x01',
    'info.kind "vxlan"',
    'info.data.id 233',
    'info.slave.kind "other"',
    'info.slave.name "x"',
    'info.slave.raw 0x01',
    'names.0 "a"',
    'names.1 "b"',
    'conf [1 2]',
    'map [{ from 1 to 2 }]',
    'raw 0x00ff',
    '99 0x01 (flags 0x8000) (not known)',
    '98 0x (not known)',
    'empty {}',
  ]);
});
