import { describe, expect, it } from 'vitest';
import { encodeValue } from '../wire/encode.ts';
import type { In } from '../wire/shape.ts';
import type { Writer } from '../wire/writer.ts';
import { ackAttributes, isAcknowledgement, readAcknowledgement } from './extended-ack.ts';
import { link } from './families/route/link.ts';
import { nsid } from './families/route/nsid.ts';
import { encodeMessage, NLM_F_ACK_TLVS, NLM_F_CAPPED, NLMSG_DONE, NLMSG_ERROR, splitDatagram } from './header.ts';

const request = encodeMessage({ type: 16, sequence: 1 }, link, {
  attributes: { ifname: 'x0', linkinfo: { kind: 'vxlan', data: { id: 5 } } },
});

/** An acknowledgement as the kernel builds it. */
function acknowledgement(
  type: number,
  flags: number,
  errno: number,
  details: In<typeof ackAttributes>,
  copied: Uint8Array = new Uint8Array(),
) {
  const payload = {
    write(writer: Writer) {
      writer.view.setInt32(writer.reserve(4), -errno, true);
      writer.append(copied);
      writer.align();
      encodeValue(ackAttributes, writer, details, 'ack');
    },
  };
  const [message] = splitDatagram(encodeMessage({ type, flags }, payload, undefined));
  if (message === undefined) throw new Error('no message');
  return message;
}

describe('readAcknowledgement', () => {
  it('reads success and failure without more', () => {
    const header = request.subarray(0, 16);
    expect(readAcknowledgement(acknowledgement(NLMSG_ERROR, NLM_F_CAPPED, 0, {}, header))).toEqual({ errno: 0 });
    expect(readAcknowledgement(acknowledgement(NLMSG_ERROR, 0, 17, {}, request))).toEqual({ errno: 17 });
    expect(Object.is(readAcknowledgement(acknowledgement(NLMSG_ERROR, 0, 0, {}, request)).errno, 0)).toBe(true);
  });

  it('finds the details behind the copied request, or behind its header when it is capped', () => {
    const details = { message: 'no', cookie: Uint8Array.of(1) };
    const expected = { errno: 22, extack: details };
    const header = request.subarray(0, 16);
    expect(readAcknowledgement(acknowledgement(NLMSG_ERROR, NLM_F_ACK_TLVS, 22, details, request))).toEqual(expected);
    expect(
      readAcknowledgement(acknowledgement(NLMSG_ERROR, NLM_F_ACK_TLVS | NLM_F_CAPPED, 22, details, header)),
    ).toEqual(expected);
  });

  it('reads the end of a dump', () => {
    expect(readAcknowledgement(acknowledgement(NLMSG_DONE, 0, 0, {}))).toEqual({ errno: 0 });
    expect(readAcknowledgement(acknowledgement(NLMSG_DONE, NLM_F_ACK_TLVS, 22, { message: 'no' }))).toEqual({
      errno: 22,
      extack: { message: 'no' },
    });
    const [empty] = splitDatagram(encodeMessage({ type: NLMSG_DONE }, { write: () => {} }, undefined));
    expect(empty && readAcknowledgement(empty)).toEqual({ errno: 0 });
  });

  const ask = (details: In<typeof ackAttributes>) =>
    readAcknowledgement(acknowledgement(NLMSG_ERROR, NLM_F_ACK_TLVS, 22, details, request), {
      bytes: request,
      declaration: link,
    }).extack;

  it('names the attribute at an offset', () => {
    expect(ask({ offset: 32 })).toEqual({ offset: 32, attribute: 'ifname' });
    expect(ask({ offset: 60 })).toEqual({ offset: 60, attribute: 'linkinfo.data.id' });
    expect(ask({ offset: 2 })).toEqual({ offset: 2 });
  });

  it('names the attribute that is missing', () => {
    expect(ask({ missingType: 4 })).toEqual({ missingType: 4, attribute: 'mtu' });
    expect(ask({ missingType: 2, missingNest: 56 })).toEqual({ missingType: 2, attribute: 'linkinfo.data.group' });
  });

  it('gives the policy', () => {
    expect(ask({ offset: 32, policy: { type: 2, maxValueU: 1n } })).toEqual({
      offset: 32,
      attribute: 'ifname',
      policy: { type: 2, maxValueU: 1n },
    });
  });

  it('refuses what is cut off', () => {
    const message = acknowledgement(NLMSG_ERROR, NLM_F_ACK_TLVS, 22, { message: 'no' }, request);
    expect(() => readAcknowledgement({ ...message, end: message.start + 3 })).toThrow('takes at least 4 bytes, not 3');
    expect(() => readAcknowledgement({ ...message, end: message.start + 8 })).toThrow(
      'the copied request goes beyond the end',
    );
    expect(() => readAcknowledgement({ ...message, end: message.start + 40 })).toThrow(
      'the copied request goes beyond the end',
    );
    expect(() => readAcknowledgement({ ...message, end: message.end - 4 })).toThrow('cannot decode error at byte');
    const lying = acknowledgement(
      NLMSG_ERROR,
      NLM_F_ACK_TLVS,
      22,
      {},
      request.map((byte, at) => (at === 3 ? 0x80 : byte)),
    );
    expect(() => readAcknowledgement(lying)).toThrow('the copied request goes beyond the end');
  });

  it('knows what is one', () => {
    const [message] = splitDatagram(encodeMessage({ type: 88 }, nsid, {}));
    expect(message && isAcknowledgement(message)).toBe(false);
    expect(isAcknowledgement(acknowledgement(NLMSG_DONE, 0, 0, {}))).toBe(true);
  });
});
