import { describe, expect, it } from 'vitest';
import { InvalidArgumentError, KernelError, NetlinkError } from '../errors.ts';
import { link } from '../netlink/families/route/link.ts';
import { NLM_F_ACK, splitDatagram } from '../netlink/header.ts';
import { acknowledge, ScriptedKernel, type ScriptedStep } from '../testing/scripted-kernel.ts';
import { NetlinkConnection } from './connection.ts';

/** A kernel that refuses the links for which `errnoOf` gives a number, after what `before` says. */
function kernelThat(errnoOf: (index: number) => number, ...before: ScriptedStep[]) {
  const kernel = new ScriptedKernel(function* (request) {
    const { index } = link.decode(request).header;
    const errno = errnoOf(index);
    if (errno !== 0) yield* [...before, acknowledge(request, errno, `not link ${index}`)];
    else if (request.flags & NLM_F_ACK) yield* [...before, acknowledge(request)];
  });
  const connection = new NetlinkConnection({ transport: kernel });
  const changeAll = (indexes: readonly number[]) =>
    connection.changeAll(link, 'set', indexes.length, (at) => ({ header: { index: indexes[at] } }), {
      operation: (at) => `change link ${indexes[at]}`,
    });
  const sent = () =>
    kernel.sent.map((datagram) =>
      splitDatagram(datagram).map(
        (message) => `${link.decode(message).header.index}${message.flags & NLM_F_ACK ? '!' : ''}`,
      ),
    );
  return { kernel, connection, changeAll, sent };
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('many changes', () => {
  it('travel 64 in a datagram, of which the last is acknowledged', async () => {
    const { changeAll, sent } = kernelThat(() => 0);
    expect(await changeAll(numbers(150))).toEqual([]);
    expect(sent().map((datagram) => datagram.length)).toEqual([64, 64, 22]);
    const acknowledged = sent().flatMap((datagram) => datagram.filter((word) => word.endsWith('!')));
    expect(acknowledged).toEqual(['63!', '127!', '149!']);
    expect(sent().flat().map(Number.parseFloat)).toEqual(numbers(150));
  });

  it('are none, or one', async () => {
    const { changeAll, sent } = kernelThat(() => 0);
    expect(await changeAll([])).toEqual([]);
    expect(await changeAll([7])).toEqual([]);
    expect(sent()).toEqual([['7!']]);
  });

  it.each([
    ['at once', []],
    ['after a wait', ['wait' as const]],
  ])('are refused each by itself, %s', async (_, before) => {
    const bad = [0, 63, 64, 100, 149];
    const { changeAll } = kernelThat((index) => (bad.includes(index) ? 17 : 0), ...before);
    const refused = await changeAll(numbers(150));
    expect(refused.map(({ index }) => index)).toEqual(bad);
    expect(refused[3]?.error).toBeInstanceOf(NetlinkError);
    expect(refused[3]?.error.message).toBe(
      'cannot change link 100: File exists (EEXIST, RTM_SETLINK; kernel: "not link 100")',
    );
  });

  it('are all written before the first is sent', async () => {
    const { changeAll, sent } = kernelThat(() => 0);
    await expect(changeAll([...numbers(200), 2 ** 40])).rejects.toThrow(InvalidArgumentError);
    expect(sent()).toEqual([]);
    expect(await changeAll([1])).toEqual([]);
  });

  it('take their turn among others', async () => {
    const { connection, changeAll, sent } = kernelThat(() => 0, 'wait');
    const change = (index: number) =>
      connection.change(link, 'set', { header: { index } }, { operation: 'change a link' });
    const all = [change(1000), changeAll(numbers(70)), change(2000), change(2001)];
    await Promise.all(all);
    const flat = sent().flat().map(Number.parseFloat);
    expect(flat).toEqual([1000, ...numbers(70), 2000, 2001]);
  });

  it('fail as a whole when nobody knows what became of them', async () => {
    const kernel = new ScriptedKernel((request) => (request.sequence === 64 ? [{ errno: 105 }] : []));
    const connection = new NetlinkConnection({ transport: kernel });
    const operation = () => 'change a link';
    const all = connection.changeAll(link, 'set', 100, (index) => ({ header: { index } }), { operation });
    await expect(all).rejects.toMatchObject({ code: 'ENOBUFS', constructor: KernelError });
    expect(kernel.sent.length).toBe(1);
  });
});
