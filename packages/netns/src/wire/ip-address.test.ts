import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatIpAddress, ipAddress, ipv4Address, ipv6Address, parseIpAddress } from './ip-address.ts';
import { Writer } from './writer.ts';

describe('formatIpAddress', () => {
  it.each([
    '0.0.0.0',
    '255.255.255.255',
    '192.0.2.1',
    '::',
    '::1',
    '1::',
    'fe80::1',
    '2001:db8::1:0:0:1',
    '2001:db8:0:1:1:1:1:1',
    '1:0:0:2::3',
    '0:2:3:4:5:6:7:8',
    '::ffff:192.0.2.1',
    '::192.0.2.1',
    '::ffff:0:1:2',
  ])('%s is in its canonical form', (text) => {
    expect(formatIpAddress(parseIpAddress(text) as Uint8Array)).toBe(text);
  });

  it('shortens and lowers', () => {
    const canonical = (text: string) => formatIpAddress(parseIpAddress(text) as Uint8Array);
    expect(canonical('2001:0DB8:0000:0000:0001:0000:0000:0001')).toBe('2001:db8::1:0:0:1');
    expect(canonical('0:0:0:0:0:0:0:0')).toBe('::');
    expect(canonical('1:2:3:4:5:6:192.0.2.1')).toBe('1:2:3:4:5:6:c000:201');
    expect(canonical('1::2:0:0:0:3')).toBe('1:0:0:2::3');
  });

  it('keeps apart more addresses than it remembers, however alike they are', () => {
    const all = Array.from({ length: 8192 }, (_, n) => `2001:db8:${(n & 1) + 1}::${(n + 1).toString(16)}`);
    const bytes = all.map((text) => parseIpAddress(text) as Uint8Array);
    for (let turn = 0; turn < 2; turn++) expect(bytes.map((each) => formatIpAddress(each))).toEqual(all);
  });

  it('gives what the parser and Node take for an address, for all bytes', () => {
    const address = fc.constantFrom(4, 16).chain((size) => fc.uint8Array({ minLength: size, maxLength: size }));
    const sparse = address.chain((bytes) =>
      fc.nat({ max: 0xffff }).map((mask) => bytes.map((byte, at) => ((mask >> at) & 1 ? byte : 0))),
    );
    fc.assert(
      fc.property(fc.oneof(address, sparse), (bytes) => {
        const text = formatIpAddress(bytes);
        expect(isIP(text)).toBe(bytes.length === 4 ? 4 : 6);
        expect(parseIpAddress(text)).toEqual(bytes);
      }),
    );
  });
});

describe('parseIpAddress', () => {
  it.each([
    '',
    '1',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '01.2.3.4',
    '1.2.3.4 ',
    'a.b.c.d',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8',
    '12345::',
    'g::',
    '::1.2.3',
    '1.2.3.4::',
    '::1.2.3.4:5',
    'fe80::1%eth0',
    ':1:2:3:4:5:6:7',
  ])('refuses %j, as Node does', (text) => {
    expect(parseIpAddress(text)).toBeUndefined();
    // Node takes zones, and an empty group that stands for exactly one word.
    if (!/%|::8$/.test(text)) expect(isIP(text)).toBe(0);
  });

  it('agrees with Node on texts that look like addresses', () => {
    const text = fc
      .array(fc.constantFrom('1', 'a', 'ffff', '0', ':', '::', '.', '255', '10.0.0.1'), { maxLength: 16 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (candidate) => {
        const parsed = parseIpAddress(candidate);
        if (parsed !== undefined) expect(isIP(candidate)).toBe(parsed.length === 4 ? 4 : 6);
      }),
      { numRuns: 2000 },
    );
  });
});

it('takes only the family that the leaf is for', () => {
  const write = (leaf: typeof ipAddress, value: unknown) => leaf.write(new Writer(), value);
  expect(write(ipAddress, '::1')).toBeUndefined();
  expect(write(ipAddress, '127.0.0.1')).toBeUndefined();
  expect(write(ipv4Address, '::1')).toBe('must be an IPv4 address');
  expect(write(ipv6Address, '127.0.0.1')).toBe('must be an IPv6 address');
  expect(write(ipAddress, 1)).toBe('must be an IPv4 or IPv6 address');
});
