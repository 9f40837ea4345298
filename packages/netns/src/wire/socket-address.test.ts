import { expect, it } from 'vitest';
import { socketAddress } from './socket-address.ts';
import { Writer } from './writer.ts';

const written = (value: unknown) => {
  const writer = new Writer();
  return socketAddress.write(writer, value) ?? writer.finish();
};

it.each([
  [{ address: '192.0.2.1', port: 51_820 }, '0200ca6cc00002010000000000000000', '192.0.2.1:51820'],
  [
    { address: 'fe80::1', port: 1, flowinfo: 2, scopeId: 3 },
    '0a00000100000002fe80000000000000000000000000000103000000',
    '[fe80::1]:1',
  ],
])('%j is as in C', (value, hex, shown) => {
  const bytes = written(value) as Uint8Array;
  expect(Buffer.from(bytes).toString('hex')).toBe(hex);
  expect(socketAddress.read(bytes, new DataView(bytes.buffer, bytes.byteOffset), 0, bytes.length)).toEqual(value);
  expect(socketAddress.show?.(value)).toBe(shown);
});

it.each([
  undefined,
  {},
  { address: 'x', port: 1 },
  { address: '::1', port: -1 },
  { address: '::1', port: 65_536 },
  { address: '::1', port: 1, scopeId: 0.5 },
])('%j is refused', (value) => {
  expect(written(value)).toMatch(/^(must be \{ address, port \}|flowinfo and scopeId)/);
});
