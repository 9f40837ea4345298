import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DocumentError } from '../../errors.ts';
import { type Fact, type NetworkObject, networkObjects } from './facts.ts';
import { SnapshotBuilder } from './snapshot.ts';
import { FactReader, formatFact } from './text.ts';

const header: Fact = {
  fact: 'snapshot',
  value: {
    format: 'netns snapshot',
    version: 1,
    time: '2026-01-01T00:00:00.000Z',
    host: 'h',
    kernel: '6.12',
    boot: 'b',
    device: 4,
    pid: 7,
  },
};
const visibility: Fact = {
  fact: 'visibility',
  value: {
    completeness: { kernel: 1, shown: 1, newer: 0, dying: 0, exhaustive: ['net'], unseen: [] },
    ends: true,
    ownersPartial: false,
  },
};
const network: Fact = {
  fact: 'network',
  value: { key: 'net:[5]', inode: 5, drawn: true, closed: false, inside: 'read' },
};

function withEnd(facts: readonly Fact[]): Fact[] {
  return [...facts, { fact: 'end', value: { facts: facts.length + 1 } }];
}

function read(lines: readonly string[]): Fact[] {
  const reader = new FactReader('file');
  const facts = lines.map((line) => reader.read(line));
  reader.end();
  return facts;
}

/** What is the matter with these lines. */
function refusal(lines: readonly string[]): string {
  try {
    read(lines);
  } catch (error) {
    expect(error).toBeInstanceOf(DocumentError);
    return (error as Error).message;
  }
  return '';
}

/** Values that JSON can hold, with nothing undefined. */
const values: Readonly<Record<NetworkObject, fc.Arbitrary<object>>> = (() => {
  const number = fc.nat();
  const text = fc.string();
  // What JSON itself gives back: it has no -0.
  const more = fc.jsonValue().map((value) => ({ more: JSON.parse(JSON.stringify(value)) as unknown }));
  const both = (fields: Record<string, fc.Arbitrary<unknown>>) =>
    fc.tuple(more, fc.record(fields)).map(([a, b]) => ({ ...a, ...b }));
  return {
    link: both({ index: number, name: text, up: fc.boolean(), operstate: text, flags: fc.array(text) }),
    address: both({ address: text, prefixLength: number, link: number, scope: text }),
    nexthop: both({ id: number }),
    route: both({ destination: text, table: number }),
    rule: both({ priority: number, family: text }),
    neighbour: both({ address: text, link: number }),
    socket: both({ kind: text, inode: number, cookie: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) }),
    publication: both({ protocol: text, port: number, to: fc.record({ port: number }), conditional: fc.boolean() }),
    nft: more,
  };
})();

const objectFact = fc
  .constantFrom(...networkObjects)
  .chain((fact) => values[fact].map((value) => ({ fact, in: 'net:[5]', value }) as unknown as Fact));

const namespaceFact: fc.Arbitrary<Fact> = fc
  .record({
    type: fc.constantFrom('net' as const, 'mnt' as const),
    inode: fc.nat(),
    id: fc.option(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { nil: undefined }),
    names: fc.array(fc.string()),
    paths: fc.array(fc.string()),
    keepers: fc.array(fc.record({ kind: fc.constant('process' as const), pid: fc.nat() })),
    initial: fc.boolean(),
    current: fc.boolean(),
  })
  .map((namespace) => ({ fact: 'namespace', value: { namespace } }) as unknown as Fact);

describe('the lines of a snapshot', () => {
  it('say what was told', () => {
    fc.assert(
      fc.property(fc.array(namespaceFact), fc.array(objectFact), (namespaces, objects) => {
        const facts = withEnd([header, ...namespaces, network, ...objects, visibility]);
        expect(read(facts.map(formatFact))).toEqual(facts);
      }),
    );
  });

  it('are put together again', () => {
    const route: Fact = { fact: 'route', in: 'net:[5]', value: { destination: '10.0.0.0/8', table: 254 } };
    const builder = new SnapshotBuilder();
    expect(builder.finish()).toBeUndefined();
    for (const fact of withEnd([header, { fact: 'name', value: { name: 'a' } }, network, route, visibility]))
      builder.add(fact);
    expect(builder.finish()).toMatchObject({ header: { host: 'h' }, names: [{ name: 'a' }] });
    expect(builder.finish()?.networks.get('net:[5]')?.objects.route).toEqual([route.value]);
  });

  it('are refused with their number when they cannot be right', () => {
    const good = withEnd([header, network, visibility]).map(formatFact);
    const at = (line: number, text: string) => good.map((each, index) => (index === line - 1 ? text : each));
    expect(refusal(good)).toBe('');
    expect(refusal([])).toBe('file:1: the file is empty');
    expect(refusal(['hello'])).toBe('file:1: this is no snapshot of netns');
    expect(refusal(['[]'])).toBe('file:1: this is no snapshot of netns');
    expect(refusal(at(1, formatFact(network)))).toBe('file:1: this is no snapshot of netns');
    expect(refusal(at(1, (good[0] ?? '').replace('"version":1', '"version":2')))).toBe(
      'file:1: a snapshot of version 2; this program reads version 1',
    );
    expect(refusal(at(2, '{"fact":'))).toBe('file:2: this is no JSON');
    expect(refusal(at(2, '{"fact":"toString","value":{}}'))).toBe('file:2: this is no fact of a snapshot');
    expect(refusal(at(2, '{"fact":"network"}'))).toBe('file:2: network: an object is needed');
    expect(refusal(at(2, '{"fact":"network","value":{"key":5}}'))).toBe("file:2: network: 'key' has to be a text");
    expect(refusal(at(2, '{"fact":"namespace","value":{"namespace":{"type":"net"}}}'))).toBe(
      "file:2: namespace: 'inode' has to be a whole number",
    );
    expect(refusal(at(3, '{"fact":"nft","in":"net:[6]","value":{}}'))).toBe(
      'file:3: nft: it is in no network that came before',
    );
    expect(refusal(good.slice(0, -1))).toBe('file:3: the snapshot is cut off: its end is missing');
    expect(refusal([...good.slice(0, 2), ...good.slice(3)])).toBe(
      'file:3: the snapshot has had 4 lines, and here are 3',
    );
    expect(refusal([...good, ...good])).toBe('file:5: there is more behind the end');
    expect(refusal([...good.slice(0, 2), ...good])).toBe('file:3: a snapshot begins in the middle of another');
  });

  it('are refused for what is wrong deep inside, too', () => {
    const whole = { type: 'net', inode: 5, names: [], paths: [], keepers: [], initial: false, current: false };
    const namespace = (parts: object) => [
      formatFact(header),
      JSON.stringify({ fact: 'namespace', value: { namespace: { ...whole, ...parts } } }),
    ];
    const kept = (...keepers: readonly unknown[]) => namespace({ keepers });
    expect(refusal(namespace({ names: [null] }))).toBe("file:2: namespace: 'names' has to be a list of texts");
    expect(refusal(namespace({ type: 'alien' }))).toBe("file:2: namespace: there is no type 'alien'");
    for (const keeper of [null, {}, { kind: 'future' }, { kind: 'toString' }])
      expect(refusal(kept(keeper))).toBe('file:2: namespace: a keeper is of no kind that this program knows');
    expect(refusal(kept({ kind: 'process' }))).toBe("file:2: namespace: keeper: 'pid' has to be a whole number");
    expect(refusal(kept({ kind: 'socket', socket: 1, holders: [{ pid: 1 }] }))).toBe(
      "file:2: namespace: 'fd' has to be a whole number",
    );
    const seen = (parts: object) => [
      formatFact(header),
      JSON.stringify({ fact: 'visibility', value: { ...visibility.value, ...parts } }),
    ];
    expect(refusal(seen({ completeness: {} }))).toBe("file:2: visibility: 'shown' has to be a whole number");
    expect(refusal(seen({ rings: 'x' }))).toBe('file:2: visibility: a list is needed');
    expect(refusal(seen({ rings: [null] }))).toBe('file:2: visibility: an object is needed');
  });
});
