import { expect, it } from 'vitest';
import { formatServer, parseServer } from './server-address.ts';

it.each([
  ['192.0.2.1', '192.0.2.1', 53],
  ['192.0.2.1:5353', '192.0.2.1', 5353],
  ['2001:db8::1', '2001:db8::1', 53],
  ['[2001:db8::1]:5353', '2001:db8::1', 5353],
])('reads and writes %s', (text, address, port) => {
  expect(parseServer(text)).toEqual({ address, port });
  expect(formatServer(parseServer(text))).toBe(text);
});

it.each(['', 'name', '[192.0.2.1]:53', '192.0.2.1:', '::1]:53'])('refuses %j', (text) => {
  expect(() => parseServer(text)).toThrow('it is no IP address');
});
