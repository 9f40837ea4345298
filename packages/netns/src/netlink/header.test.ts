import { describe, expect, it } from 'vitest';
import { DecodeError } from '../errors.ts';
import { sliceOf } from '../wire/slice.ts';
import { Writer } from '../wire/writer.ts';
import { nsid } from './families/route/nsid.ts';
import {
  addFlags,
  encodeMessage,
  messageAt,
  NLM_F_ACK,
  NLM_F_REQUEST,
  nextMessage,
  setSequence,
  splitDatagram,
  writeMessage,
} from './header.ts';

const request = encodeMessage(
  { type: nsid.types.new, flags: NLM_F_REQUEST | NLM_F_ACK, sequence: 0xfffffffe, port: 7 },
  nsid,
  { attributes: { nsid: 5 } },
);

describe('encodeMessage', () => {
  it('puts the header before the payload', () => {
    expect(Buffer.from(request).toString('hex')).toBe(
      '1c00000058000500feffffff07000000' + '00000000' + '0800010005000000',
    );
  });

  it('takes zero for what is left out', () => {
    const bytes = encodeMessage({ type: 90 }, nsid, {});
    expect(Buffer.from(bytes).toString('hex')).toBe('140000005a0000000000000000000000' + '00000000');
  });
});

describe('writeMessage', () => {
  it('appends one message to the other, and their headers can be completed later', () => {
    const writer = new Writer(20);
    for (const number of [1, 2]) writeMessage(writer, { type: 88 }, nsid, { attributes: { nsid: number } });
    addFlags(writer.view, 28, NLM_F_REQUEST);
    addFlags(writer.view, 28, NLM_F_ACK);
    setSequence(writer.view, 28, 0xfffffffe);
    const [first, second] = splitDatagram(writer.finish());
    expect(first).toMatchObject({ type: 88, flags: 0, sequence: 0, start: 16, end: 28 });
    expect(second).toMatchObject({ type: 88, flags: 5, sequence: 0xfffffffe, start: 44, end: 56 });
    expect(nsid.decode(second ?? new Uint8Array()).attributes).toEqual({ nsid: 2 });
  });
});

describe('messageAt', () => {
  it('reads one message in the middle, and says where the next one is', () => {
    const datagram = sliceOf(Buffer.concat([request, request]));
    const message = messageAt(datagram, 28);
    expect(message).toMatchObject({ type: 88, start: 44, end: 56, origin: 28 });
    expect(nextMessage(message)).toBe(56);
  });
});

describe('splitDatagram', () => {
  it('finds all messages, which share the memory of the datagram', () => {
    const datagram = Buffer.concat([request, request]);
    const messages = splitDatagram(datagram);
    expect(messages).toMatchObject([
      { type: 88, flags: 5, sequence: 0xfffffffe, port: 7, start: 16, end: 28, origin: 0 },
      { type: 88, flags: 5, sequence: 0xfffffffe, port: 7, start: 44, end: 56, origin: 28 },
    ]);
    expect(messages.map((message) => nsid.decode(message).attributes)).toEqual([{ nsid: 5 }, { nsid: 5 }]);
    expect(messages[0]?.bytes.buffer).toBe(datagram.buffer);
  });

  it('aligns where one message ends and the next begins', () => {
    const odd = Buffer.concat([request.subarray(0, 17), Buffer.alloc(3), request]);
    odd.writeUInt32LE(17);
    expect(splitDatagram(odd)).toMatchObject([{ end: 17 }, { origin: 20 }]);
    expect(splitDatagram(odd.subarray(0, 17))).toMatchObject([{ end: 17 }]);
  });

  it('gives nothing for nothing', () => {
    expect(splitDatagram(new Uint8Array())).toEqual([]);
  });

  it.each([
    [request.subarray(0, 15), 'cannot decode nlmsghdr at byte 0: 15 bytes remain, too few for a header'],
    [request.subarray(0, 27), 'cannot decode nlmsghdr at byte 0: message says 28 bytes, 27 remain'],
    [new Uint8Array(16), 'cannot decode nlmsghdr at byte 0: message says 0 bytes, less than its own header'],
    [Buffer.concat([request, request.subarray(0, 3)]), 'cannot decode nlmsghdr at byte 28: 3 bytes remain'],
    [Uint8Array.from(request, (byte, at) => (at === 3 ? 0xff : byte)), 'message says 4278190108 bytes, 28 remain'],
  ])('refuses a length that cannot be right', (bytes, message) => {
    expect(() => splitDatagram(bytes)).toThrow(message);
    expect(() => splitDatagram(bytes)).toThrow(DecodeError);
  });

  it('counts the offsets of decode errors from the start of the message, as the kernel does', () => {
    const second = request.slice();
    second[20] = 9;
    const messages = splitDatagram(Buffer.concat([request, second]));
    expect(() => messages.map((message) => nsid.decode(message))).toThrow(
      'cannot decode nsid at byte 20: attribute 1 says 9 bytes, 8 remain',
    );
  });
});
