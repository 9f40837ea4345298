import { describe, expect, it } from 'vitest';
import { checksum, decodeEchoReply, encodeEchoRequest } from './icmp-echo.ts';

const data = Uint8Array.of(1, 2, 3);
const message = { identifier: 0x1234, sequence: 7, data };

describe('checksum', () => {
  it('is that of RFC 1071', () => {
    expect(checksum(Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7))).toBe(~0xddf2 & 0xffff);
    expect(checksum(new Uint8Array(0))).toBe(0xffff);
  });

  it('makes a message that sums up to nothing', () => {
    for (const odd of [data, new Uint8Array(65_000).fill(0xff)])
      expect(checksum(encodeEchoRequest(4, { ...message, data: odd }))).toBe(0);
  });
});

describe('echo', () => {
  it('asks', () => {
    expect([...encodeEchoRequest(4, message)].slice(4)).toEqual([0x12, 0x34, 0, 7, 1, 2, 3]);
    expect([...encodeEchoRequest(6, message)]).toEqual([128, 0, 0, 0, 0x12, 0x34, 0, 7, 1, 2, 3]);
  });

  it('finds the answer behind an IP header of any length', () => {
    const answer = [0, 0, 0, 0, 0x12, 0x34, 0, 7, 1, 2, 3];
    for (const words of [5, 15]) {
      const header = new Uint8Array(words * 4).fill(0, 1);
      header[0] = 0x40 | words;
      expect(decodeEchoReply(4, Uint8Array.of(...header, ...answer))).toEqual(message);
    }
    expect(decodeEchoReply(6, Uint8Array.of(129, ...answer.slice(1)))).toEqual(message);
  });

  it('is not taken in by anything else', () => {
    expect(decodeEchoReply(6, encodeEchoRequest(6, message))).toBeUndefined();
    expect(
      decodeEchoReply(4, Uint8Array.of(0x45, ...new Uint8Array(19), ...encodeEchoRequest(4, message))),
    ).toBeUndefined();
    expect(decodeEchoReply(4, Uint8Array.of(0x4f, 0, 0))).toBeUndefined();
    expect(decodeEchoReply(4, new Uint8Array(0))).toBeUndefined();
    expect(decodeEchoReply(6, Uint8Array.of(129, 0, 0))).toBeUndefined();
  });
});
