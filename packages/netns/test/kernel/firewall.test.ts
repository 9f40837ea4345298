import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NetworkNamespace } from '../../src/api/network-namespace.ts';
import { TransactionError } from '../../src/errors.ts';
import type { NftExpressionInput } from '../../src/netlink/families/netfilter/expressions.ts';
import { Firewall } from '../../src/network/firewall/firewall.ts';

let ns: NetworkNamespace;
let firewall: Firewall;
beforeAll(async () => {
  ns = NetworkNamespace.create();
  await ns.network.links.set('lo', { up: true });
  ({ firewall } = ns.network);
});
afterAll(() => ns.close());

const table = { family: 'inet', name: 't' } as const;
const inTable = { family: 'inet', table: 't' } as const;
const place = { ...inTable, chain: 'c' } as const;
const chain = { ...inTable, name: 'c' } as const;
const counter: NftExpressionInput = { kind: 'counter', data: {} };
const accept: NftExpressionInput = { kind: 'immediate', data: { dreg: 0, data: { verdict: { code: 1 } } } };
const drop: NftExpressionInput = { kind: 'immediate', data: { dreg: 0, data: { verdict: { code: 0 } } } };

/** The firewall as it was before, whatever a test leaves. */
async function fresh(): Promise<void> {
  await firewall.flush();
  await firewall.transaction(({ tables, chains }) => {
    tables.add(table);
    chains.add(chain);
  });
}

const commentsOf = async () => (await firewall.rules.list(place)).map(({ comment }) => comment);

describe('the firewall of a namespace', () => {
  it('makes changes together, and shows what is there', async () => {
    await firewall.flush();
    await firewall.transaction(({ tables, chains, rules, objects }) => {
      tables.add({ ...table, comment: 'a table' });
      chains.add({ ...chain, hook: 'input', priority: 'mangle', policy: 'drop', comment: 'a chain' });
      chains.add({ ...inTable, name: 'other' });
      objects.add({
        ...inTable,
        name: 'n',
        state: { kind: 'counter', data: { packets: 3n, bytes: 4n } },
        comment: 'x',
      });
      rules.add({ ...place, expressions: [counter, accept], comment: 'a rule' });
    });
    const ruleset = await firewall.list();
    expect(ruleset).toMatchObject({
      interrupted: false,
      tables: [{ ...table, comment: 'a table', flags: [], use: 3 }],
      chains: [
        {
          name: 'c',
          hook: 'input',
          type: 'filter',
          priority: -150,
          policy: 'drop',
          comment: 'a chain',
          flags: ['base'],
        },
        { name: 'other', hook: undefined, policy: undefined },
      ],
      rules: [{ ...place, comment: 'a rule', expressions: [{ kind: 'counter', data: { packets: 0n } }, accept] }],
      objects: [{ name: 'n', type: 'counter', state: { data: { packets: 3n, bytes: 4n } }, comment: 'x' }],
      sets: [],
      flowtables: [],
    });
    expect(ruleset.generation).toBe(await firewall.generation());
    expect(await firewall.list({ family: 'ip' })).toMatchObject({ tables: [], chains: [], rules: [], objects: [] });
  });

  it('changes nothing when one change is refused, and says which ones and why', async () => {
    await fresh();
    const failed = firewall.transaction(({ tables, chains, rules }) => {
      tables.add({ family: 'ip', name: 'new' });
      tables.add(table);
      rules.add({ ...inTable, chain: 'missing', expressions: [] });
      chains.add({ ...inTable, name: 'base', hook: 'input', type: 'nat', priority: -400 });
    });
    const error = (await failed.catch((reason: unknown) => reason)) as TransactionError;
    expect(error).toBeInstanceOf(TransactionError);
    expect(error.message).toMatch(
      /^cannot add table inet t: File exists \(EEXIST, NFT_MSG_NEWTABLE.*\); nothing was changed, and 2 others of the changes were refused$/,
    );
    expect(
      error.refusals.map(({ change, error: { code, operation, extack } }) => [
        change,
        code,
        operation,
        extack?.attribute,
      ]),
    ).toEqual([
      [1, 'EEXIST', 'add table inet t', 'name'],
      [2, 'ENOENT', 'add rule inet t missing', 'chain'],
      [3, 'EOPNOTSUPP', 'add chain inet t base', undefined],
    ]);
    expect((await firewall.tables.list()).map(({ name }) => name)).toEqual(['t']);
  });

  it('makes a change at once, with an error of its own when it is refused', async () => {
    await fresh();
    await expect(firewall.tables.add(table)).rejects.toMatchObject({
      message: expect.stringMatching(/^cannot add table inet t: File exists \(EEXIST, NFT_MSG_NEWTABLE/),
      extack: { attribute: 'name' },
    });
    await firewall.tables.replace({ ...table, flags: ['dormant'] });
    expect(await firewall.tables.get(table)).toMatchObject({ flags: ['dormant'] });
    await expect(firewall.tables.get({ family: 'ip', name: 't' })).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(firewall.chains.add({ ...chain, hook: 'ingres' as 'ingress' })).rejects.toMatchObject({
      message: expect.stringContaining('invalid hook "ingres"'),
    });
    await expect(firewall.chains.add({ ...chain, name: 5 as never })).rejects.toMatchObject({ argument: 'name' });
    expect(await firewall.transaction(() => {})).toBeUndefined();
  });

  it('puts rules where they belong, and gives back their handles', async () => {
    await fresh();
    const rule = (comment: string) => ({ ...place, comment, expressions: [counter] });
    const b = await firewall.rules.add(rule('b'));
    expect(b).toMatchObject({ comment: 'b', handle: expect.any(BigInt), expressions: [{ kind: 'counter' }] });
    const d = await firewall.rules.add(rule('d'));
    await firewall.rules.insert(rule('a'));
    await firewall.rules.add({ ...rule('c'), position: b.handle });
    await firewall.rules.insert({ ...rule('before d'), position: d.handle });
    expect(await commentsOf()).toEqual(['a', 'b', 'c', 'before d', 'd']);
    await firewall.rules.replace({ ...rule('B'), handle: b.handle });
    await firewall.rules.delete(d);
    expect(await commentsOf()).toEqual(['a', 'B', 'c', 'before d']);
    await expect(firewall.rules.delete(d)).rejects.toMatchObject({ code: 'ENOENT' });
    await firewall.transaction(({ rules, nextId }) => {
      const id = nextId();
      rules.add({ ...rule('y'), id });
      rules.insert({ ...rule('x'), positionId: id });
    });
    expect(await commentsOf()).toEqual(['a', 'B', 'c', 'before d', 'x', 'y']);
    const [first] = await firewall.rules.list(place);
    expect(first && (await firewall.rules.get(first))).toMatchObject({ comment: 'a' });
    await firewall.chains.flush(chain);
    expect(await commentsOf()).toEqual([]);
    const found = await firewall.chains.get(chain);
    await firewall.chains.rename(found, 'renamed');
    expect((await firewall.chains.list(inTable)).map(({ name }) => name)).toEqual(['renamed']);
  });

  it('fills sets and maps, and finds what is in them', async () => {
    await fresh();
    const set = (name: string) => ({ ...inTable, name });
    const ipv4 = { keyType: 7, keyLength: 4 };
    await firewall.transaction(({ sets, elements }) => {
      sets.add({ ...set('s'), ...ipv4, flags: ['timeout'], timeout: 3_600_000n, size: 100, comment: 'a set' });
      sets.add({ ...set('i'), ...ipv4, flags: ['interval'] });
      sets.add({ ...set('v'), ...ipv4, flags: ['map'], dataType: 0xffffff00 });
      sets.add({ ...set('n'), ...ipv4, expressions: [{ kind: 'counter', data: {} }] });
      elements.add(set('s'), [{ key: Uint8Array.of(1, 2, 3, 4), timeout: 600_000n, comment: 'an element' }]);
      elements.add(set('i'), [
        { key: Uint8Array.of(10, 0, 0, 0) },
        { key: Uint8Array.of(11, 0, 0, 0), flags: ['interval_end'] },
      ]);
      elements.add(set('v'), [
        { key: Uint8Array.of(1, 1, 1, 1), verdict: { code: 0 } },
        { key: Uint8Array.of(2, 2, 2, 2), verdict: { code: -3, chain: 'c' } },
      ]);
      elements.add(set('n'), [
        { key: Uint8Array.of(1, 1, 1, 1), expressions: [{ kind: 'counter', data: { packets: 5n, bytes: 6n } }] },
      ]);
    });
    expect(await firewall.sets.list(inTable)).toMatchObject([
      { name: 's', flags: ['timeout'], timeout: 3_600_000n, size: 100, comment: 'a set', keyLength: 4, keyType: 7 },
      { name: 'i', flags: ['interval'] },
      { name: 'v', flags: ['map'], dataType: 0xffffff00 },
      { name: 'n', expressions: [{ kind: 'counter' }] },
    ]);
    expect(await firewall.elements.list(set('s'))).toMatchObject([{ timeout: 600_000n, comment: 'an element' }]);
    const jumps = await firewall.elements.list(set('v'));
    expect(jumps.find(({ verdict }) => verdict?.code === -3)).toMatchObject({ verdict: { chain: 'c' } });
    expect(await firewall.elements.get(set('i'), { key: Uint8Array.of(10, 9, 8, 7) })).toMatchObject({
      key: Uint8Array.of(10, 0, 0, 0),
    });
    expect(await firewall.elements.list(set('n'))).toMatchObject([{ expressions: [{ data: { packets: 5n } }] }]);
    await firewall.elements.delete(set('s'), await firewall.elements.list(set('s')));
    expect(await firewall.elements.list(set('s'))).toEqual([]);
    await expect(firewall.elements.get(set('s'), { key: Uint8Array.of(1, 2, 3, 4) })).rejects.toMatchObject({
      code: 'ENOENT',
    });
    await firewall.sets.flush(set('i'));
    expect(await firewall.elements.list(set('i'))).toEqual([]);
  });

  it('takes a hundred thousand elements and a thousand rules in one piece, and none when one is refused', async () => {
    await fresh();
    const set = { ...inTable, name: 'many' };
    const elements = Array.from({ length: 100_000 }, (_, index) => ({
      key: Uint8Array.of(10, index >> 16, index >> 8, index),
      comment: `element ${index}`,
    }));
    await firewall.sets.add({ ...set, keyType: 7, keyLength: 4 });
    await firewall.transaction((t) => {
      t.elements.add(set, elements);
      for (let index = 0; index < 1000; index++) t.rules.add({ ...place, expressions: [counter], comment: `${index}` });
    });
    // The kernel still spreads what it was given over a larger table: a list that misses some says so, and `list` waits for the end of it.
    let listed = await firewall.elements.list(set);
    while (listed.interrupted) listed = await firewall.elements.list(set);
    expect(new Set(listed.map(({ comment }) => comment)).size).toBe(100_000);
    expect((await firewall.rules.list(place)).length).toBe(1000);
    await firewall.sets.flush(set);
    const twice = firewall.elements.add(set, [...elements, elements[0] as (typeof elements)[0]]);
    await expect(twice).rejects.toMatchObject({
      code: 'EEXIST',
      operation: expect.stringContaining('100001 elements'),
    });
    expect(await firewall.elements.list(set)).toEqual([]);
    // More refusals than a socket usually has room for.
    const refused = firewall.transaction((t) => {
      for (let index = 0; index < 5000; index++) t.chains.delete({ ...inTable, name: `missing${index}` });
    });
    const error = (await refused.catch((reason: unknown) => reason)) as TransactionError;
    expect(error.refusals.length).toBe(5000);
    expect(error.refusals[4999]).toMatchObject({
      change: 4999,
      error: { operation: 'delete chain inet t missing4999' },
    });
  });

  it('sets what was counted to zero', async () => {
    await fresh();
    const counted = { kind: 'counter', data: { packets: 7n, bytes: 8n } } as const;
    await firewall.objects.add({ ...inTable, name: 'n', state: counted });
    await firewall.objects.add({ ...inTable, name: 'q', state: { kind: 'quota', data: { bytes: 100n } } });
    expect((await firewall.objects.list({ type: 'quota' })).map(({ name }) => name)).toEqual(['q']);
    expect(await firewall.objects.reset({ ...inTable, type: 'counter' })).toMatchObject([{ state: counted }]);
    expect(await firewall.objects.get({ ...inTable, name: 'n', type: 'counter' })).toMatchObject({
      state: { data: { packets: 0n, bytes: 0n } },
    });
    await firewall.objects.delete({ ...inTable, name: 'n', type: 'counter' });
    expect((await firewall.objects.list()).map(({ name }) => name)).toEqual(['q']);
  });

  it('makes changes for what is there, again when somebody else was quicker', async () => {
    await fresh();
    using other = new Firewall({ namespace: ns.fd });
    let calls = 0;
    await firewall.update(async (ruleset, { chains }) => {
      calls += 1;
      if (calls <= 2) await other.chains.add({ ...inTable, name: `other${calls}` });
      chains.add({ ...inTable, name: `after ${ruleset.chains.length}` });
    });
    expect(calls).toBe(3);
    expect((await firewall.chains.list()).map(({ name }) => name)).toEqual(['c', 'other1', 'other2', 'after 3']);
    const generation = await firewall.generation();
    await other.chains.add({ ...inTable, name: 'last' });
    const late = firewall.transaction(({ chains }) => chains.add({ ...inTable, name: 'late' }), { generation });
    await expect(late).rejects.toMatchObject({ code: 'ERESTART' });
  });

  it('tells of every change and who made it, in order', async () => {
    await fresh();
    const events = firewall.events();
    await firewall.transaction(({ chains, sets, elements, objects, rules }) => {
      chains.add({ ...inTable, name: 'd' });
      sets.add({ ...inTable, name: 's', keyLength: 4 });
      elements.add({ ...inTable, name: 's' }, [{ key: Uint8Array.of(1, 2, 3, 4) }]);
      objects.add({ ...inTable, name: 'n', state: { kind: 'counter', data: {} } });
      rules.add({ ...place, expressions: [drop], comment: 'new' });
    });
    await firewall.tables.delete(table);
    const told: unknown[] = [];
    for await (const event of events) {
      told.push('object' in event ? `${event.event} ${event.object}` : event.event);
      if (event.event === 'commit') expect(event.pid).toBe(process.pid);
      if (told.filter((word) => word === 'commit').length === 2) break;
    }
    expect(told.slice(0, 6)).toEqual(['set chain', 'set set', 'set element', 'set object', 'set rule', 'commit']);
    expect(told.slice(6).sort()).toEqual(
      ['commit', 'delete chain', 'delete chain', 'delete object', 'delete rule', 'delete set', 'delete table'].sort(),
    );
  });

  it('traces a packet through the rules', async () => {
    await fresh();
    const trace = firewall.trace();
    await firewall.rules.add({ ...place, expressions: [accept] });
    await firewall.transaction(({ chains, rules }) => {
      chains.add({ ...inTable, name: 'in', hook: 'input' });
      const nftrace: NftExpressionInput[] = [
        { kind: 'immediate', data: { dreg: 1, data: { value: Uint8Array.of(1) } } },
        { kind: 'meta', data: { key: 12, sreg: 1 } },
      ];
      rules.add({ ...inTable, chain: 'in', expressions: nftrace });
      rules.add({
        ...inTable,
        chain: 'in',
        expressions: [{ kind: 'immediate', data: { dreg: 0, data: { verdict: { code: -3, chain: 'c' } } } }],
      });
    });
    const socket = ns.dgram.createSocket('udp4');
    const sent = new Promise((resolve) => socket.send('x', 9, '127.0.0.1', resolve));
    const steps: string[] = [];
    for await (const step of trace) {
      if (step.event === 'overrun') throw new Error('two steps are no overrun');
      steps.push(`${step.event} ${step.chain} ${step.verdict}${step.to ? ` ${step.to}` : ''}`);
      if (steps.length === 1) expect(step.networkHeader?.[0]).toBe(0x45);
      if (step.verdict === 'accept') break;
    }
    await sent;
    await new Promise<void>((resolve) => socket.close(resolve));
    expect(steps).toEqual(['rule in continue', 'rule in jump c', 'rule c accept']);
  });

  it('has tables that go with their owner, and that nobody else can change', async () => {
    await fresh();
    const own = { family: 'ip', name: 'own' } as const;
    {
      using owned = firewall.ownTable({ ...own, comment: 'mine' });
      await owned.chains.add({ family: 'ip', table: 'own', name: 'mine' });
      expect(await firewall.tables.get(own)).toMatchObject({ flags: ['owner'], owner: expect.any(Number), use: 1 });
      await expect(firewall.chains.delete({ family: 'ip', table: 'own', name: 'mine' })).rejects.toMatchObject({
        code: 'EPERM',
      });
      expect(() => firewall.ownTable(own)).toThrow(expect.objectContaining({ code: 'EPERM' }));
    }
    await expect(firewall.tables.get(own)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
