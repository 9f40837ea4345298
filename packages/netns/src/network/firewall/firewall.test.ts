import { describe, expect, it } from 'vitest';
import { InvalidArgumentError } from '../../errors.ts';
import { netfilterBatch } from '../../netlink/families/netfilter/batch.ts';
import { nftElements } from '../../netlink/families/netfilter/nft-elements.ts';
import { nftGeneration } from '../../netlink/families/netfilter/nft-generation.ts';
import { nftSet } from '../../netlink/families/netfilter/nft-set.ts';
import { nftTable } from '../../netlink/families/netfilter/nft-table.ts';
import { NLM_F_ACK, NLM_F_DUMP_INTR, NLM_F_MULTI, splitDatagram } from '../../netlink/header.ts';
import {
  acknowledge,
  answer,
  done,
  ScriptedKernel,
  type ScriptedRequest,
  type ScriptedStep,
} from '../../testing/scripted-kernel.ts';
import { Firewall } from './firewall.ts';

interface Script {
  /** The number of the generation, each time that it is asked for. */
  readonly generations: readonly number[];
  /** What else is answered; undefined: an empty table. */
  answer?(request: ScriptedRequest, asked: number): ScriptedStep[] | undefined;
  /** How a transaction for a generation ends. */
  commit?(generation: number | undefined): number;
}

/** A firewall over a kernel that does as the real one does, but at other times. */
function scripted({ generations, answer: otherwise, commit }: Script) {
  let asked = 0;
  let generation: number | undefined;
  let last: ScriptedRequest | undefined;
  const counts = new Map<number, number>();
  const kernel = new ScriptedKernel((request) => {
    if (request.type === nftGeneration.types.get) {
      const id = generations[Math.min(asked++, generations.length - 1)];
      return [answer(request, nftGeneration, 'new', { attributes: { id } })];
    }
    if (request.type === netfilterBatch.types.begin) {
      generation = netfilterBatch.decode(request).attributes.genid;
      const errno = commit?.(generation) ?? 0;
      return errno === 0 ? [] : [acknowledge(request, errno)];
    }
    if (request.flags & NLM_F_ACK && !(request.flags & 0x300)) last = request;
    if (request.type === netfilterBatch.types.end) return last === undefined ? [] : [acknowledge(last)];
    const before = counts.get(request.type) ?? 0;
    counts.set(request.type, before + 1);
    return (
      otherwise?.(request, before) ?? (request.flags & NLM_F_MULTI || request.flags & 0x300 ? [done(request)] : [])
    );
  });
  return { firewall: new Firewall({ transport: kernel }), kernel, countOf: (type: number) => counts.get(type) ?? 0 };
}

const table = (request: ScriptedRequest, name: string, flags = NLM_F_MULTI) =>
  answer(request, nftTable, 'new', { header: { family: 1 }, attributes: { name } }, flags);

describe('reading a ruleset', () => {
  it('begins anew when somebody changed it meanwhile', async () => {
    const { firewall, countOf } = scripted({
      generations: [5, 6, 6, 6],
      answer: (request, asked) =>
        request.type === nftTable.types.get ? [table(request, `attempt ${asked + 1}`), done(request)] : undefined,
    });
    const ruleset = await firewall.list();
    expect(ruleset).toMatchObject({ generation: 6, interrupted: false, tables: [{ name: 'attempt 2' }] });
    expect(countOf(nftTable.types.get)).toBe(2);
  });

  it('gives up after ten attempts, and says that the parts may not fit', async () => {
    let number = 0;
    const { firewall, countOf } = scripted({ generations: Array.from({ length: 20 }, () => ++number) });
    expect(await firewall.list()).toMatchObject({ interrupted: true });
    expect(countOf(nftTable.types.get)).toBe(10);
  });

  it('takes a table that was split, one that was interrupted, and one that says EINTR', async () => {
    const { firewall } = scripted({
      generations: [5],
      answer(request, asked) {
        if (request.type !== nftTable.types.get) return undefined;
        if (asked === 0) return [table(request, 'a', NLM_F_MULTI | NLM_F_DUMP_INTR), done(request)];
        if (asked === 1) return [acknowledge(request, 4)];
        return [table(request, 'a'), 'wait', table(request, 'b'), 'wait', done(request)];
      },
    });
    expect((await firewall.list()).tables.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('begins anew when a set has gone before it was looked into', async () => {
    const { firewall } = scripted({
      generations: [5],
      answer(request, asked) {
        if (request.type === nftSet.types.get && asked === 0)
          return [
            answer(request, nftSet, 'new', { attributes: { table: 't', name: 's' } }, NLM_F_MULTI),
            done(request),
          ];
        if (request.type === nftElements.types.get) return [acknowledge(request, 2)];
        return undefined;
      },
    });
    expect(await firewall.list()).toMatchObject({ sets: [], interrupted: false });
  });

  it('lists a set anew while the kernel moves what is in it', async () => {
    const at = (...last: number[]) => last.map((byte) => ({ key: { value: Uint8Array.of(10, 0, 0, byte) } }));
    const part = (request: ScriptedRequest, ...last: number[]) =>
      answer(request, nftElements, 'new', { attributes: { table: 't', set: 's', elements: at(...last) } }, NLM_F_MULTI);
    const set = { family: 'inet', table: 't', name: 's' } as const;
    const { firewall, countOf } = scripted({
      generations: [5],
      answer: (request, asked) =>
        // 3 has moved behind what was listed, in its place comes 2 again
        asked === 0
          ? [part(request, 1, 2), part(request, 2, 4), done(request)]
          : [part(request, 1, 2), part(request, 3, 4), done(request)],
    });
    const elements = await firewall.elements.list(set);
    expect(elements.map(({ key }) => key?.[3])).toEqual([1, 2, 3, 4]);
    expect(elements.interrupted).toBe(false);
    expect(countOf(nftElements.types.get)).toBe(2);

    const restless = scripted({ generations: [5], answer: (request) => [part(request, 1, 2, 2), done(request)] });
    expect((await restless.firewall.elements.list(set)).interrupted).toBe(true);
    expect(restless.countOf(nftElements.types.get)).toBe(10);
  });

  it('fails when the kernel drops answers, and when it refuses', async () => {
    const { firewall } = scripted({
      generations: [5],
      answer(request, asked) {
        if (request.type !== nftTable.types.get) return undefined;
        return asked === 0 ? [{ errno: 105 }] : [acknowledge(request, 1)];
      },
    });
    await expect(firewall.list()).rejects.toMatchObject({ code: 'ENOBUFS' });
    await expect(firewall.tables.list()).rejects.toThrow(
      'cannot list tables: Operation not permitted (EPERM, NFT_MSG_GETTABLE)',
    );
  });
});

describe('changes for what is there', () => {
  const ERESTART = 85;

  it('are worked out again until nobody is quicker', async () => {
    const { firewall } = scripted({
      generations: [1, 1, 2, 2, 3, 3],
      commit: (generation) => (generation === 3 ? 0 : ERESTART),
    });
    const seen: number[] = [];
    await firewall.update(({ generation }, { tables }) => {
      seen.push(generation);
      tables.add({ family: 'inet', name: 't' });
    });
    expect(seen).toEqual([1, 2, 3]);
  });

  it('fail after ten attempts', async () => {
    const { firewall } = scripted({ generations: [1], commit: () => ERESTART });
    let calls = 0;
    const failed = firewall.update((_, { tables }) => {
      calls += 1;
      tables.add({ family: 'inet', name: 't' });
    });
    await expect(failed).rejects.toMatchObject({ code: 'ERESTART' });
    expect(calls).toBe(10);
  });

  it('fail at once for another reason', async () => {
    const { firewall } = scripted({ generations: [1], commit: () => 1 });
    const failed = firewall.update((_, { tables }) => tables.add({ family: 'inet', name: 't' }));
    await expect(failed).rejects.toThrow(
      'cannot change the firewall: Operation not permitted (EPERM, NFNL_MSG_BATCH_BEGIN)',
    );
  });
});

describe('elements', () => {
  const set = { family: 'inet', table: 't', name: 's' } as const;

  it('go into as many messages as they need, all in one datagram', async () => {
    const { firewall, kernel } = scripted({ generations: [1] });
    const elements = Array.from({ length: 10_000 }, (_, index) => ({
      key: Uint8Array.of(1, 2, index >> 8, index),
      comment: '\u20ac'.repeat(index % 40),
      timeout: 5n,
      expressions: [{ kind: 'counter', data: {} } as const],
    }));
    await firewall.elements.add(set, elements);
    expect(kernel.sent.length).toBe(1);
    const messages = splitDatagram(kernel.sent[0] as Uint8Array).filter(({ type }) => type === nftElements.types.new);
    const keys = messages.flatMap((message) => nftElements.decode(message).attributes.elements ?? []);
    expect(keys.map(({ key }) => key?.value)).toEqual(elements.map(({ key }) => key));
    // Never too much for one, and never so careful that there are twice as many messages as it takes.
    const bytes = messages.reduce((sum, { start, end }) => sum + end - start, 0);
    expect(messages.length).toBeLessThan(2 * Math.ceil(bytes / 65_000));
  });

  it.each([
    ['key', { key: 'x' }],
    ['flags', { key: Uint8Array.of(1), flags: ['what'] }],
  ])('are refused before anything is sent: %s', async (_, element) => {
    const { firewall, kernel } = scripted({ generations: [1] });
    await expect(firewall.elements.add(set, [element as never])).rejects.toBeInstanceOf(InvalidArgumentError);
    expect(kernel.sent).toEqual([]);
  });
});
