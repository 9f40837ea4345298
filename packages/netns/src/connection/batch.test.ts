import { describe, expect, it } from 'vitest';
import { ClosedError, InvalidArgumentError, KernelError, NetlinkError } from '../errors.ts';
import { link } from '../netlink/families/route/link.ts';
import { NLM_F_ACK, splitDatagram } from '../netlink/header.ts';
import {
  acknowledge,
  answer,
  ScriptedKernel,
  type ScriptedRequest,
  type ScriptedStep,
} from '../testing/scripted-kernel.ts';
import { NetlinkConnection } from './connection.ts';

/** A kernel that is asked for changes of the links 0, 1, 2, … in this order; refuses those for which `errnoOf` gives a number. */
function kernelThat(errnoOf: (index: number) => number = () => 0, ...before: ScriptedStep[]) {
  const script = function* (request: ScriptedRequest): Iterable<ScriptedStep> {
    const { index } = link.decode(request).header;
    const errno = errnoOf(index);
    if (request.type === link.types.get) yield answer(request, link, 'new', { header: { index } });
    else if (errno !== 0) yield* [...before, acknowledge(request, errno, `not link ${index}`)];
    else if (request.flags & NLM_F_ACK) yield* [...before, acknowledge(request)];
  };
  const kernel = new ScriptedKernel(script);
  const connection = new NetlinkConnection({ transport: kernel });
  /** Each datagram as the links that it is about, with a mark at those that are to be acknowledged. */
  const sent = () =>
    kernel.sent.map((datagram) =>
      splitDatagram(datagram)
        .map((message) => `${link.decode(message).header.index}${message.flags & NLM_F_ACK ? '!' : ''}`)
        .join(' '),
    );
  return { kernel, connection, sent };
}

const change = (connection: NetlinkConnection, index: number) =>
  connection.request(link, 'set', { header: { index } }, { operation: `change link ${index}` });
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('changes', () => {
  it('that are asked for at once travel together, and the last is acknowledged', async () => {
    const { connection, sent } = kernelThat();
    const results = await Promise.all(numbers(4).map((index) => change(connection, index)));
    expect(results).toEqual([[], [], [], []]);
    expect(sent()).toEqual(['0 1 2 3!']);
  });

  it('that are asked for one after the other travel alone', async () => {
    const { connection, sent } = kernelThat();
    for (const index of numbers(3)) await change(connection, index);
    expect(sent()).toEqual(['0!', '1!', '2!']);
  });

  it('have numbers of their own, so that each gets its own result', async () => {
    const { connection, kernel } = kernelThat((index) => [0, 17, 0, 1, 0, 19][index] ?? 0);
    const results = await Promise.allSettled(numbers(6).map((index) => change(connection, index)));
    const outcome = (result: PromiseSettledResult<unknown>) =>
      result.status === 'fulfilled' ? 'done' : String(result.reason.message);
    expect(results.map(outcome)).toEqual([
      'done',
      'cannot change link 1: File exists (EEXIST, RTM_SETLINK; kernel: "not link 1")',
      'done',
      'cannot change link 3: Operation not permitted (EPERM, RTM_SETLINK; kernel: "not link 3")',
      'done',
      'cannot change link 5: No such device (ENODEV, RTM_SETLINK; kernel: "not link 5")',
    ]);
    const sequences = kernel.sent.flatMap((datagram) => splitDatagram(datagram)).map(({ sequence }) => sequence);
    expect(sequences).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('of one turn of the event loop do not wait for those of the next', async () => {
    const { connection, sent } = kernelThat();
    await Promise.all([change(connection, 0), change(connection, 1)]);
    await Promise.all([change(connection, 2), change(connection, 3)]);
    expect(sent()).toEqual(['0 1!', '2 3!']);
  });

  it('are at most 64 in a datagram, and not many if they are long', async () => {
    const { connection, sent } = kernelThat();
    await Promise.all(numbers(150).map((index) => change(connection, index)));
    expect(sent().map((datagram) => datagram.split(' ').length)).toEqual([64, 64, 22]);
    const attributes = { ifalias: 'x'.repeat(10_000) };
    const long = (index: number) =>
      connection.request(link, 'set', { header: { index }, attributes }, { operation: 'name a link' });
    await Promise.all(numbers(10).map(long));
    expect(sent().slice(3)).toEqual(['0 1 2 3!', '4 5 6 7!', '8 9!']);
  });

  it('go out before whatever is asked for after them', async () => {
    const { connection, sent } = kernelThat();
    const get = { header: { index: 9 } };
    const changes = [change(connection, 0), change(connection, 1), change(connection, 2)];
    connection.requestSync(link, 'get', get, { operation: 'find link 9' });
    changes.push(change(connection, 3), change(connection, 4));
    await connection.request(link, 'get', get, { operation: 'find link 9' });
    changes.push(change(connection, 5), change(connection, 6));
    connection.close();
    await Promise.all(changes);
    expect(sent()).toEqual(['0 1 2!', '9', '3 4!', '9', '5 6!']);
  });

  it('that cannot be written fail alone', async () => {
    const { connection, sent } = kernelThat();
    const results = await Promise.allSettled([0, 1, 2 ** 31, 2, 2 ** 40].map((index) => change(connection, index)));
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
    ]);
    expect((results[2] as PromiseRejectedResult).reason).toBeInstanceOf(InvalidArgumentError);
    expect(sent()).toEqual(['0 1 2!']);
    await expect(Promise.all([change(connection, 3), change(connection, 2 ** 31)])).rejects.toThrow('header.index');
    expect(sent()).toEqual(['0 1 2!', '3!']);
    await expect(change(connection, 2 ** 31)).rejects.toThrow('header.index');
    expect(sent()).toEqual(['0 1 2!', '3!']);
  });

  it('are written when they are asked for: the value may change afterwards', async () => {
    const { connection, sent } = kernelThat();
    const value = { header: { index: 0 } };
    const all = numbers(3).map((index) => {
      value.header.index = index;
      return connection.request(link, 'set', value, { operation: 'change a link' });
    });
    await Promise.all(all);
    expect(sent()).toEqual(['0 1 2!']);
  });

  it('that have to wait for their answers are asked for in turn', async () => {
    const { connection, sent } = kernelThat((index) => (index === 2 ? 17 : 0), 'wait');
    const early = numbers(4).map((index) => change(connection, index));
    await new Promise(setImmediate);
    const late = [change(connection, 4), change(connection, 5), change(connection, 6)];
    const results = await Promise.allSettled([...early, ...late]);
    expect(results.map(({ status }) => (status === 'rejected' ? 'x' : '.')).join('')).toBe('..x....');
    expect(sent()).toEqual(['0 1 2 3!', '4 5 6!']);
  });

  it('of which nobody knows what became fail with the reason; what was refused before that is certain', async () => {
    const kernel = new ScriptedKernel(function* (request, index) {
      if (index === 1) yield* [acknowledge(request, 17), { errno: 105 }];
      else if (request.flags & NLM_F_ACK) yield acknowledge(request);
    });
    const connection = new NetlinkConnection({ transport: kernel });
    const results = await Promise.allSettled(numbers(4).map((index) => change(connection, index)));
    expect(results.map((result) => (result.status === 'rejected' ? result.reason : undefined))).toMatchObject([
      { code: 'ENOBUFS', constructor: KernelError },
      { code: 'EEXIST', constructor: NetlinkError },
      { code: 'ENOBUFS', constructor: KernelError },
      { code: 'ENOBUFS', constructor: KernelError },
    ]);
    expect(await change(connection, 5)).toEqual([]);
  });

  it('that wait when the connection is closed reject with ClosedError', async () => {
    const kernel = new ScriptedKernel(() => []);
    const connection = new NetlinkConnection({ transport: kernel });
    const changes = numbers(3).map((index) => change(connection, index));
    setImmediate(() => connection.close());
    const results = await Promise.allSettled(changes);
    expect(results.map((result) => (result as PromiseRejectedResult).reason)).toEqual(
      Array(3).fill(expect.any(ClosedError)),
    );
  });
});
