import { describe, expect, it } from 'vitest';
import { KernelError, NetlinkError, TransactionError } from '../errors.ts';
import { netfilterBatch } from '../netlink/families/netfilter/batch.ts';
import { nftTable } from '../netlink/families/netfilter/nft-table.ts';
import { NLM_F_ACK, NLM_F_ECHO, splitDatagram } from '../netlink/header.ts';
import {
  acknowledge,
  answer,
  ScriptedKernel,
  type ScriptedRequest,
  type ScriptedStep,
} from '../testing/scripted-kernel.ts';
import { NetlinkConnection } from './connection.ts';
import type { Frame, Statement } from './transaction.ts';

const frame: Frame = {
  declaration: netfilterBatch,
  value: { header: { resId: 10 } },
  operation: 'change the firewall',
};
const statement = (name: string, change: number, flags = 0): Statement => ({
  declaration: nftTable,
  verb: 'new',
  value: { attributes: { name } },
  flags,
  operation: `add table ${name}`,
  change,
});
const [begin, end] = [netfilterBatch.types.begin, netfilterBatch.types.end];

/** A kernel that answers a transaction as the real one does: when it has seen the last message, refusals and wanted acknowledgements in order. */
function kernelRefusing(refused: Readonly<Record<number, number>>, opening?: ScriptedStep) {
  let seen: ScriptedStep[] = [];
  let index = 0;
  return new ScriptedKernel((request) => {
    if (request.type === begin) {
      seen = [];
      index = 0;
      return opening === undefined ? [] : [acknowledge(request, Number(Object.values(refused)[0] ?? 1))];
    }
    if (request.type === end) return opening === undefined ? seen : [];
    const errno = refused[index];
    index += 1;
    if (errno !== undefined || request.flags & NLM_F_ACK) seen.push(acknowledge(request, errno));
    return [];
  });
}

const ways = [
  [
    'by the event loop',
    (connection: NetlinkConnection, statements: readonly Statement[]) => connection.transaction(frame, statements),
  ],
  [
    'blocking',
    async (connection: NetlinkConnection, statements: readonly Statement[]) =>
      connection.transactionSync(frame, statements),
  ],
] as const;

describe.each(ways)('a transaction, %s', (_, transact) => {
  const ofErrors = (promise: Promise<unknown>) => promise.catch((error: unknown) => error);

  it('is one datagram, of which the last change is acknowledged', async () => {
    const kernel = kernelRefusing({});
    await transact(new NetlinkConnection({ transport: kernel }), [statement('a', 0), statement('b', 1)]);
    expect(kernel.sent.length).toBe(1);
    const messages = splitDatagram(kernel.sent[0] as Uint8Array);
    expect(messages.map(({ type, flags }) => [type, flags & NLM_F_ACK])).toEqual([
      [begin, 0],
      [nftTable.types.new, 0],
      [nftTable.types.new, NLM_F_ACK],
      [end, 0],
    ]);
  });

  it('says nothing when there is nothing to change', async () => {
    const kernel = kernelRefusing({});
    expect(await transact(new NetlinkConnection({ transport: kernel }), [])).toEqual([]);
    expect(kernel.sent).toEqual([]);
  });

  it('fails with every refusal, and the connection goes on', async () => {
    const kernel = kernelRefusing({ 0: 17, 2: 2 });
    const connection = new NetlinkConnection({ transport: kernel });
    const error = await ofErrors(transact(connection, [statement('a', 0), statement('b', 1), statement('c', 1)]));
    expect(error).toBeInstanceOf(TransactionError);
    expect(error).toBeInstanceOf(NetlinkError);
    expect((error as Error).message).toBe(
      'cannot add table a: File exists (EEXIST, NFT_MSG_NEWTABLE); nothing was changed, and 1 other of the changes was refused',
    );
    expect((error as TransactionError).refusals.map((each) => [each.change, each.error.message])).toEqual([
      [0, 'cannot add table a: File exists (EEXIST, NFT_MSG_NEWTABLE)'],
      [1, 'cannot add table c: No such file or directory (ENOENT, NFT_MSG_NEWTABLE)'],
    ]);
    await expect(transact(connection, [statement('d', 0), statement('e', 1), statement('f', 2)])).rejects.toThrow(
      'cannot add table d',
    );
  });

  it('fails as a whole when its beginning is refused, whatever else is said of it', async () => {
    const connection = new NetlinkConnection({ transport: kernelRefusing({ 9: 85 }, 'wait') });
    const error = await ofErrors(transact(connection, [statement('a', 0)]));
    expect(error).not.toBeInstanceOf(TransactionError);
    expect((error as Error).message).toBe(
      'cannot change the firewall: Interrupted system call should be restarted (ERESTART, NFNL_MSG_BATCH_BEGIN)',
    );
  });

  it('gives back what was asked for, and not what else is told', async () => {
    let last: ScriptedRequest | undefined;
    const kernel = new ScriptedKernel((request) => {
      if (request.type === nftTable.types.new) last = request;
      if (request.type !== end || last === undefined) return [];
      return [
        answer(last, nftTable, 'new', { attributes: { name: 'a', handle: 5n } }),
        answer(last, netfilterBatch, 'begin', {}),
        acknowledge(last),
      ];
    });
    const [told] = await transact(new NetlinkConnection({ transport: kernel }), [statement('a', 0, NLM_F_ECHO)]);
    expect(told).toMatchObject([{ attributes: { name: 'a', handle: 5n } }]);
  });

  it('fails with ENOBUFS when the kernel dropped answers, and the next one works', async () => {
    let dropping = true;
    let last: ScriptedRequest | undefined;
    const kernel = new ScriptedKernel((request) => {
      if (request.type !== end) {
        last = request;
        return [];
      }
      const answered = last === undefined ? [] : [acknowledge(last)];
      return dropping ? [{ errno: 105 }, ...answered] : answered;
    });
    const connection = new NetlinkConnection({ transport: kernel });
    const error = await ofErrors(transact(connection, [statement('a', 0)]));
    expect(error).toBeInstanceOf(KernelError);
    expect(error).toMatchObject({ code: 'ENOBUFS' });
    dropping = false;
    await transact(connection, [statement('a', 0)]);
  });

  it('sends nothing when a value cannot be right', async () => {
    const kernel = kernelRefusing({});
    const connection = new NetlinkConnection({ transport: kernel });
    const wrong = { ...statement('b', 1), value: { attributes: { name: 5 } } };
    await expect(ofErrors(transact(connection, [statement('a', 0), wrong]))).resolves.toMatchObject({
      argument: 'nftTable.name',
    });
    expect(kernel.sent).toEqual([]);
    await transact(connection, [statement('a', 0)]);
    expect(splitDatagram(kernel.sent[0] as Uint8Array).length).toBe(3);
  });
});
