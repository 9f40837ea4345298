import { describe, expect, it } from 'vitest';
import { attrs, byKind, list, pair, prefixed } from './attributes.ts';
import { encodeValue } from './encode.ts';
import { u8, u32 } from './integers.ts';
import { pathAt, pathOfMissing } from './locate.ts';
import { sliceOf } from './slice.ts';
import { struct } from './struct.ts';
import { Writer } from './writer.ts';

const header = struct({ family: u8 });
const id = attrs({ id: [1, u32], port: [2, u32] });
const peer = prefixed(header, attrs({ fd: [28, u32] }));
const message = prefixed(
  header,
  attrs({
    size: [1, u32],
    info: [2, byKind(1, 2, { vxlan: id, veth: attrs({ peer: [1, peer] }) }, { slave: pair(4, 5, { vxlan: id }) })],
    targets: [3, list(u32)],
  }),
);

const sliced = (attributes: unknown) => {
  const writer = new Writer();
  encodeValue(message, writer, { attributes }, 'it');
  return sliceOf(writer.finish());
};

describe('pathAt', () => {
  const vxlan = sliced({
    size: 1,
    info: { kind: 'vxlan', data: { id: 7, port: 8 }, slave: { kind: 'vxlan', data: { id: 1 } } },
    targets: [1],
  });

  it.each([
    [0, undefined],
    [4, 'size'],
    [8, 'size'],
    [12, 'info'],
    [16, 'info.kind'],
    [28, 'info.data'],
    [32, 'info.data.id'],
    [40, 'info.data.port'],
    [48, 'info.slave.kind'],
    [60, 'info.slave.data'],
    [64, 'info.slave.data.id'],
    [72, 'targets'],
    [999, undefined],
  ])('at %i is %s', (offset, path) => {
    expect(pathAt(message, vxlan, offset)).toBe(path);
  });

  it('goes into a message inside an attribute', () => {
    const veth = sliced({ info: { kind: 'veth', data: { peer: { attributes: { fd: 5 } } } } });
    expect(pathAt(message, veth, 24)).toBe('info.data.peer');
    expect(pathAt(message, veth, 32)).toBe('info.data.peer.fd');
  });

  it('gives the number of what is not known', () => {
    expect(pathAt(message, sliced({ unknown: [{ type: 77, raw: new Uint8Array(4) }] }), 4)).toBe('77');
    const other = sliced({ info: { kind: 'other', name: 'abc', raw: new Uint8Array(4) } });
    expect(pathAt(message, other, 16)).toBe('info.data');
  });
});

describe('pathOfMissing', () => {
  it('names an attribute of the message, or of the nest at an offset', () => {
    const slice = sliced({ info: { kind: 'vxlan', data: { id: 7 } } });
    expect(pathOfMissing(message, slice, 1)).toBe('size');
    expect(pathOfMissing(message, slice, 99)).toBe('99');
    expect(pathOfMissing(message, slice, 2, 20)).toBe('info.data.port');
    expect(pathOfMissing(message, slice, 1, 4)).toBe('info.kind');
    expect(pathOfMissing(message, slice, 1, 500)).toBeUndefined();
  });

  it('names one of a message inside an attribute', () => {
    const slice = sliced({ info: { kind: 'veth', data: { peer: {} } } });
    expect(pathOfMissing(message, slice, 28, 24)).toBe('info.data.peer.fd');
  });
});
