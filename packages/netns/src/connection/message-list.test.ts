import { describe, expect, it } from 'vitest';
import { DecodeError } from '../errors.ts';
import { link } from '../netlink/families/route/link.ts';
import { NLM_F_DUMP_INTR, NLM_F_MULTI } from '../netlink/header.ts';
import {
  acknowledge,
  answer,
  done,
  ScriptedKernel,
  type ScriptedRequest,
  type ScriptedStep,
  together,
} from '../testing/scripted-kernel.ts';
import { NetlinkConnection } from './connection.ts';

type Attributes = Parameters<typeof link.encode>[0]['attributes'];
const linkAt = (request: ScriptedRequest, index: number, attributes: Attributes, flags = NLM_F_MULTI) =>
  answer(request, link, 'new', { header: { index }, attributes }, flags);

function asked(script: (request: ScriptedRequest, index: number) => Iterable<ScriptedStep>) {
  const kernel = new ScriptedKernel(script);
  const connection = new NetlinkConnection({ transport: kernel });
  return { kernel, connection, listed: connection.dumpView(link, {}, { operation: 'list links' }) };
}

const three = (request: ScriptedRequest) => [
  together(linkAt(request, 1, { ifname: 'lo', mtu: 65536 }), linkAt(request, 2, { mtu: 1500, ifname: 'a' })),
  'wait' as const,
  together(linkAt(request, 3, { ifname: 'b', propList: { altIfname: ['c', 'd'] } }), done(request)),
];

describe('a list of messages', () => {
  it('says how many there are, and shows each and all when they are asked for', async () => {
    const { messages, interrupted } = await asked(three).listed;
    expect([messages.length, interrupted]).toEqual([3, false]);
    expect(messages.at(1)?.header.index).toBe(2);
    expect(messages.at(2)?.attributes.propList).toEqual({ altIfname: ['c', 'd'] });
    expect(messages.at(3)).toBeUndefined();
    expect([...messages].map(({ attributes }) => attributes.ifname)).toEqual(['lo', 'a', 'b']);
    expect(messages.at(0)?.toValue()).toMatchObject({ attributes: { ifname: 'lo', mtu: 65536 } });
  });

  it('has columns, of simple attributes and of others', async () => {
    const { messages } = await asked(three).listed;
    expect(messages.column('ifname')).toEqual(['lo', 'a', 'b']);
    expect(messages.column('mtu')).toEqual([65536, 1500, undefined]);
    expect(messages.column('propList')).toEqual([undefined, undefined, { altIfname: ['c', 'd'] }]);
    expect(messages.column('master')).toEqual([undefined, undefined, undefined]);
  });

  it('keeps its bytes when the connection goes on', async () => {
    const { messages } = await asked(three).listed;
    const other = await asked((request) => [linkAt(request, 9, { ifname: 'other' }), done(request)]).listed;
    expect(other.messages.column('ifname')).toEqual(['other']);
    expect(messages.column('ifname')).toEqual(['lo', 'a', 'b']);
  });

  it('does not count a message that is cut short, or goes round for ever on one without a length', async () => {
    const cut = asked((request) => [linkAt(request, 1, { ifname: 'abcdef' }).subarray(0, 30), done(request)]);
    await expect(cut.listed).rejects.toThrow(DecodeError);
    const short = asked((request) => {
      const message = linkAt(request, 1, { ifname: 'abcdef' });
      new DataView(message.buffer).setUint32(0, 0, true);
      return [message, done(request)];
    });
    await expect(short.listed).rejects.toThrow(DecodeError);
  });

  it('gives its memory back when it is disposed of, and not that of others', async () => {
    const { messages } = await asked(three).listed;
    const { messages: kept } = await asked(three).listed;
    messages[Symbol.dispose]();
    messages[Symbol.dispose]();
    expect([messages.length, [...messages], messages.at(0), messages.column('ifname')]).toEqual([0, [], undefined, []]);
    const script = (request: ScriptedRequest) => [linkAt(request, 9, { ifname: 'other' }), done(request)];
    const others = [(await asked(script).listed).messages, (await asked(script).listed).messages];
    expect(others.map((other) => other.column('ifname'))).toEqual([['other'], ['other']]);
    expect(kept.column('ifname')).toEqual(['lo', 'a', 'b']);
  });

  it('is asked for again when a change interrupted it, and passes over strangers', async () => {
    const { kernel, listed } = asked((request, index) => [
      linkAt({ ...request, sequence: 77 }, 7, { ifname: 'stranger' }),
      linkAt(request, index, { ifname: `attempt ${index}` }, NLM_F_MULTI | (index < 2 ? NLM_F_DUMP_INTR : 0)),
      done(request),
    ]);
    const { messages, interrupted } = await listed;
    expect([messages.column('ifname'), interrupted, kernel.sent.length]).toEqual([['attempt 2'], false, 3]);
  });

  it("fails with the kernel's refusal, and the connection goes on", async () => {
    const { connection, listed } = asked((request, index) =>
      index === 0 ? [acknowledge(request, 22, 'no')] : three(request),
    );
    await expect(listed).rejects.toMatchObject({ code: 'EINVAL' });
    const { messages } = await connection.dump(link, {}, { operation: 'list links' });
    expect(messages.length).toBe(3);
  });

  it('says what is wrong with a message when it is looked at', async () => {
    const { messages } = await asked((request) => {
      const bad = linkAt(request, 1, { mtu: 1500 });
      bad[32] = 7; // the length of the attribute
      return [together(bad, linkAt(request, 2, { mtu: 1400 })), done(request)];
    }).listed;
    expect(messages.at(1)?.attributes.mtu).toBe(1400);
    expect(() => messages.column('mtu')).toThrow(DecodeError);
  });
});
