import { describe, expect, it } from 'vitest';
import { ClosedError, DecodeError, KernelError, NetlinkError } from '../errors.ts';
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

const operation = 'list links';
const named = (request: ScriptedRequest, ifname: string, flags = NLM_F_MULTI) =>
  answer(request, link, 'new', { header: { index: 1 }, attributes: { ifname } }, flags);

function scripted(script: (request: ScriptedRequest, index: number) => Iterable<ScriptedStep>) {
  const kernel = new ScriptedKernel(script);
  return { kernel, connection: new NetlinkConnection({ transport: kernel }) };
}

/** Both ways of asking; every script must come to the same end with either. */
const ways = [
  ['by the event loop', (connection: NetlinkConnection) => connection.dump(link, {}, { operation })],
  ['blocking', async (connection: NetlinkConnection) => connection.dumpSync(link, {}, { operation })],
] as const;

const namesOf = ({ messages }: Awaited<ReturnType<(typeof ways)[0][1]>>) =>
  messages.map(({ attributes }) => attributes.ifname);

describe.each(ways)('a dump, %s', (_, dump) => {
  it('is put together from datagrams of any size, and may have to wait between them', async () => {
    const { connection } = scripted((request) => [
      named(request, 'a'),
      'wait',
      together(named(request, 'b'), named(request, 'c')),
      'wait',
      together(named(request, 'd'), done(request)),
    ]);
    expect(namesOf(await dump(connection))).toEqual(['a', 'b', 'c', 'd']);
  });

  it('is asked for again when a change interrupted it, also when only its end says so', async () => {
    const { connection, kernel } = scripted((request, index) => [
      named(request, `attempt ${index}`, NLM_F_MULTI | (index === 0 ? NLM_F_DUMP_INTR : 0)),
      done(request, index === 1 ? NLM_F_DUMP_INTR : 0),
    ]);
    expect(await dump(connection)).toMatchObject({
      interrupted: false,
      messages: [{ attributes: { ifname: 'attempt 2' } }],
    });
    expect(kernel.sent.length).toBe(3);
  });

  it('gives up after ten attempts, and says that it may have holes', async () => {
    const { connection, kernel } = scripted((request) => [
      named(request, 'a', NLM_F_MULTI | NLM_F_DUMP_INTR),
      done(request),
    ]);
    const result = await dump(connection);
    expect(result.interrupted).toBe(true);
    expect(namesOf(result)).toEqual(['a']);
    expect(kernel.sent.length).toBe(10);
  });

  it('passes over messages that say nothing (NLMSG_NOOP)', async () => {
    const nothing = (request: ScriptedRequest) => {
      const message = named(request, 'a');
      new DataView(message.buffer).setUint16(4, 1, true);
      return message;
    };
    const { connection } = scripted((request) => [nothing(request), together(named(request, 'b'), done(request))]);
    expect(namesOf(await dump(connection))).toEqual(['b']);
  });

  it('passes over answers to other requests', async () => {
    const { connection } = scripted((request) => [
      named({ ...request, sequence: 77 }, 'stranger'),
      done({ ...request, sequence: 77 }),
      named(request, 'ours'),
      done(request),
    ]);
    expect(namesOf(await dump(connection))).toEqual(['ours']);
  });

  it('fails with ENOBUFS when the kernel dropped answers, and the next one works', async () => {
    const { connection } = scripted((request, index) =>
      index === 0
        ? [named(request, 'a'), { errno: 105 }, named(request, 'late'), done(request)]
        : [named(request, 'b'), done(request)],
    );
    await expect(dump(connection)).rejects.toMatchObject({ code: 'ENOBUFS', constructor: KernelError });
    expect(namesOf(await dump(connection))).toEqual(['b']);
  });

  it('fails with DecodeError when a datagram was cut short, and the next one works', async () => {
    const { connection } = scripted((request, index) =>
      index === 0
        ? [named(request, 'abcdef').subarray(0, 30), named(request, 'late'), done(request)]
        : [named(request, 'b'), done(request)],
    );
    await expect(dump(connection)).rejects.toThrow(DecodeError);
    expect(namesOf(await dump(connection))).toEqual(['b']);
  });

  it('leaves nothing behind of an answer that could not be understood, also where more of it was dropped', async () => {
    const { connection, kernel } = scripted((request) => [
      named(request, 'abcdef').subarray(0, 30),
      named(request, 'b'),
      { errno: 105 },
      named(request, 'c'),
      done(request),
    ]);
    await expect(dump(connection)).rejects.toThrow(DecodeError);
    expect(kernel.receive()).toEqual([]);
  });

  it("fails with the kernel's error, its words and the name of the request", async () => {
    const { connection } = scripted((request) => [acknowledge(request, 22, 'Invalid target network namespace id')]);
    await expect(dump(connection)).rejects.toThrow(
      new NetlinkError(
        { errno: 22, syscall: 'RTM_GETLINK', operation },
        { message: 'Invalid target network namespace id' },
      ),
    );
  });
});

it('gives what came of a table that the kernel refused to go on with, and why', () => {
  const { connection } = scripted((request, index) =>
    index === 0
      ? [named(request, 'a'), named(request, 'b'), acknowledge(request, 90)]
      : [named(request, 'c'), done(request)],
  );
  const { messages, refusal } = connection.dumpAsFarAsSync(link, {}, { operation });
  expect(messages.map(({ attributes }) => attributes.ifname)).toEqual(['a', 'b']);
  expect(refusal).toMatchObject({ code: 'EMSGSIZE', constructor: NetlinkError });
  expect(connection.dumpAsFarAsSync(link, {}, { operation })).toMatchObject({
    messages: [{ attributes: { ifname: 'c' } }],
    refusal: undefined,
  });
});

describe('a connection', () => {
  it('does one thing at a time, in the order of the calls', async () => {
    const { connection, kernel } = scripted((request, index) => [
      'wait',
      named(request, `link ${index}`),
      done(request),
    ]);
    const all = await Promise.all([1, 2, 3].map(() => connection.dump(link, {}, { operation })));
    expect(all.map(namesOf)).toEqual([['link 0'], ['link 1'], ['link 2']]);
    expect(kernel.sent.length).toBe(3);
  });

  it('goes on with the next request when one was refused', async () => {
    const { connection } = scripted((request, index) =>
      index === 0 ? ['wait', acknowledge(request, 1)] : [named(request, 'a'), done(request)],
    );
    const refused = connection.request(link, 'del', { header: { index: 1 } }, { operation: 'delete link 1' });
    const after = connection.dump(link, {}, { operation });
    await expect(refused).rejects.toMatchObject({ code: 'EPERM', request: 'RTM_DELLINK' });
    expect(namesOf(await after)).toEqual(['a']);
  });

  it('that is closed while a request waits rejects it, and those behind it', async () => {
    const { connection, kernel } = scripted(() => []);
    const waiting = connection.dump(link, {}, { operation });
    const behind = connection.dump(link, {}, { operation });
    setImmediate(() => connection.close());
    await expect(waiting).rejects.toThrow(ClosedError);
    await expect(behind).rejects.toThrow(ClosedError);
    expect(kernel.closed).toBe(true);
    connection.close();
    await expect(connection.dump(link, {}, { operation })).rejects.toThrow(ClosedError);
  });

  it('refuses to block while an asynchronous request is under way', async () => {
    const { connection, kernel } = scripted(() => []);
    const waiting = connection.dump(link, {}, { operation });
    expect(() => connection.dumpSync(link, {}, { operation })).toThrow(/an asynchronous request is under way/);
    kernel.push(done({ sequence: 1, type: 0, flags: 0, port: 0 }));
    expect((await waiting).messages).toEqual([]);
  });

  it('ends a blocking request that is never answered', () => {
    const { connection } = scripted(() => []);
    expect(() => connection.dumpSync(link, {}, { operation })).toThrow(
      /cannot list links: Connection timed out \(ETIMEDOUT/,
    );
  });

  it('fails with what the kernel says to a question, by the event loop and blocking', async () => {
    const { connection } = scripted((request) => [acknowledge(request, 19)]);
    const refused = { code: 'ENODEV', request: 'RTM_GETLINK', constructor: NetlinkError };
    await expect(connection.request(link, 'get', {}, { operation })).rejects.toMatchObject(refused);
    expect(() => connection.requestSync(link, 'get', {}, { operation })).toThrow(expect.objectContaining(refused));
  });

  it('takes all parts of the answer to a question that comes in several', async () => {
    const { connection } = scripted((request) => [named(request, 'a'), named(request, 'b'), done(request)]);
    const answers = await connection.request(link, 'get', {}, { operation });
    expect(answers.map(({ attributes }) => attributes.ifname)).toEqual(['a', 'b']);
  });

  it('does not look at what else the kernel says to a change before it acknowledges it', async () => {
    const { connection } = scripted((request) => {
      const broken = named(request, 'a');
      broken[32] = 1; // an attribute of one byte
      return [broken, acknowledge(request)];
    });
    await expect(connection.change(link, 'new', { header: { index: 1 } }, { operation })).resolves.toBeUndefined();
  });

  it('takes the answer to a question as its end, without an acknowledgement', async () => {
    const { connection, kernel } = scripted((request) => [named(request, 'lo', 0)]);
    const [answered] = await connection.request(link, 'get', { header: { index: 1 } }, { operation: 'find link 1' });
    expect(answered?.attributes.ifname).toBe('lo');
    expect(new DataView(kernel.sent[0]?.buffer ?? new ArrayBuffer(8)).getUint16(6, true)).toBe(1); // NLM_F_REQUEST alone
  });
});
