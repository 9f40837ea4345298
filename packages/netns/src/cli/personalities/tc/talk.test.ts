import { expect, it } from 'vitest';
import { NetlinkConnection } from '../../../connection/connection.ts';
import { qdisc } from '../../../netlink/families/route/qdisc.ts';
import { NLM_F_MULTI } from '../../../netlink/header.ts';
import { acknowledge, answer, ScriptedKernel } from '../../../testing/scripted-kernel.ts';
import type { TcSession } from './session.ts';
import { list } from './talk.ts';

it('shows what came, and then says why there is no more', () => {
  const one = { header: { ifindex: 1, handle: 0x1_0000 }, attributes: { kind: 'other', name: 'red' } } as never;
  const kernel = new ScriptedKernel((request) => [
    answer(request, qdisc, 'new', one, NLM_F_MULTI),
    acknowledge(request, 90),
  ]);
  const session = { connection: new NetlinkConnection({ transport: kernel }) } as unknown as TcSession;
  const shown: unknown[] = [];
  expect(() =>
    list(session, qdisc, {} as never, 'list qdiscs', 1, (messages, whole) => shown.push(messages.length, whole)),
  ).toThrow(expect.objectContaining({ code: 1, message: 'Error: Buffer too small for object.\nDump terminated\n' }));
  expect(shown).toEqual([1, false]);
});
