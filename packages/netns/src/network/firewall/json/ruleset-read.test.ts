import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadRulesets } from '../../../../test/nft/ruleset-fixture.ts';
import { InvalidArgumentError } from '../../../errors.ts';
import { changesOf } from './ruleset-read.ts';
import { DYNAMIC } from './set-flags.ts';

const place = { family: 'inet', table: 't', chain: 'c' };
const rule = (...expr: unknown[]) => ({ nftables: [{ add: { rule: { ...place, expr } } }] });
const tcp = (field: string) => ({ payload: { protocol: 'tcp', field } });

const fault = (document: unknown): string => {
  try {
    changesOf(document);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidArgumentError);
    return (error as Error).message;
  }
  return 'nothing is wrong';
};

const operations = (document: unknown) => changesOf(document).map(({ operation }) => operation);

describe('a document', () => {
  it('is made in an order in which each thing may refer to those before it', () => {
    const map = { family: 'inet', table: 't', name: 'm', type: 'inet_service', map: 'verdict' };
    const document = {
      nftables: [
        { metainfo: { json_schema_version: 1 } },
        { flush: { ruleset: null } },
        { add: { table: { family: 'inet', name: 't' } } },
        { add: { map: { ...map, elem: [[22, { jump: { target: 'c' } }]] } } },
        { add: { rule: { ...place, expr: [{ vmap: { key: tcp('dport'), data: '@m' } }] } } },
        {
          add: { chain: { family: 'inet', table: 't', name: 'c', type: 'filter', hook: 'input', prio: 'filter + 5' } },
        },
      ],
    };
    expect(operations(document)).toEqual([
      'flush ruleset',
      'add table inet t',
      'add chain inet t c',
      'add map inet t m',
      'add an element of set inet t m',
      'add rule inet t c (nftables[4].add.rule)',
    ]);
  });

  it.each([
    [{}, 'invalid nftables undefined: must be a list'],
    [{ nftables: [{ ad: { table: {} } }] }, 'did you mean add?'],
    [{ nftables: [{ add: { tabel: {} } }] }, 'did you mean table?'],
    [{ nftables: [{ list: { tables: null } }] }, 'asks, and changes nothing'],
    [
      { nftables: [{ add: { table: { family: 'inett', name: 't' } } }] },
      'nftables[0].add.table.family "inett": there is no such family; did you mean inet?',
    ],
    [{ nftables: [{ add: { chain: { family: 'ip', table: 't', name: 'c', hok: 'input' } } }] }, 'did you mean hook?'],
    [{ nftables: [{ add: { chain: { family: 'ip', table: 't', name: 'c', hook: 'ingress' } } }] }, 'hook of ip'],
    [rule({ mach: {} }), 'nftables[0].add.rule.expr[0] "mach": there is no such statement; did you mean match?'],
    [
      rule({ match: { op: '==', left: tcp('dprot'), right: 1 } }),
      'nftables[0].add.rule.expr[0].match.left.payload.field "dprot": there is no such field of tcp; did you mean dport?',
    ],
    [rule({ match: { op: '==', left: tcp('dport'), right: 70_000 } }), 'must be between 0 and 65535'],
    [rule({ match: { op: '==', left: tcp('dport'), right: 'sssh' } }), 'did you mean ssh?'],
    [rule({ match: { op: '==', left: { meta: { key: 'iifnam' } }, right: 'lo' } }), 'did you mean iifname?'],
    [rule({ match: { op: '=', left: tcp('dport'), right: 1 } }), 'there is no such operator'],
    [
      rule({ match: { op: '==', left: { payload: { protocol: 'ip', field: 'saddr' } }, right: '10.0.0' } }),
      'must be an IPv4 address',
    ],
    [
      rule({
        match: {
          op: '==',
          left: { payload: { protocol: 'ip', field: 'saddr' } },
          right: { prefix: { addr: '10.0.0.0', len: 33 } },
        },
      }),
      'from 0 to 32',
    ],
    [rule({ match: { op: '==', left: tcp('dport'), right: { set: [] } } }), 'must not be empty'],
    [rule({ match: { op: '==', left: tcp('dport'), right: { range: [5, 3] } } }), 'ends before it begins'],
    [
      rule(
        { match: { op: '==', left: tcp('dport'), right: 5 } },
        { match: { op: '==', left: { payload: { protocol: 'udp', field: 'dport' } }, right: 5 } },
      ),
      'is not there in packets of tcp',
    ],
    [rule({ vmap: { key: tcp('dport'), data: { set: [[22, { acept: null }]] } } }), 'did you mean accept?'],
    [rule({ jump: {} }), 'must be a string'],
    [
      { nftables: [{ add: { set: { family: 'ip', table: 't', name: 's', type: 'ipv4_adr' } } }] },
      'did you mean ipv4_addr?',
    ],
    [
      { nftables: [{ add: { set: { family: 'ip', table: 't', name: 's', type: 'integer' } } }] },
      'has no width of its own',
    ],
    [
      {
        nftables: [
          {
            add: {
              set: {
                family: 'ip',
                table: 't',
                name: 's',
                type: 'ipv4_addr',
                flags: ['interval'],
                elem: [{ range: ['1.1.1.1', '1.1.1.9'] }, '1.1.1.5'],
              },
            },
          },
        ],
      },
      'elem[1] undefined: overlaps another element',
    ],
    [
      { nftables: [{ add: { element: { family: 'ip', table: 't', name: 'nope', elem: [1] } } }] },
      'there is no such set',
    ],
  ])('with a fault says where, and the nearest right word: %#', (document, message) => {
    expect(fault(document)).toContain(message);
  });

  it('that is nested without end is refused', () => {
    let expr: unknown = { meta: { key: 'mark' } };
    for (let depth = 0; depth < 10_000; depth++) expr = { '&': [expr, 1] };
    expect(fault(rule({ match: { op: '==', left: expr, right: 1 } }))).toContain('is nested too deeply');
  });

  it('keeps a rule that has no words', () => {
    const expressions = [
      { kind: 'other', name: 'nat64', raw: '0x0102' },
      { kind: 'counter', data: { bytes: '5n', packets: '6n' } },
    ];
    const [change] = changesOf(rule({ unknown: { reason: 'expression nat64', expressions } }));
    const [message] = [...(change?.messages ?? [])];
    expect(message?.value).toMatchObject({
      attributes: {
        expressions: [
          { kind: 'other', name: 'nat64', raw: Uint8Array.of(1, 2) },
          { kind: 'counter', data: { bytes: 5n, packets: 6n } },
        ],
      },
    });
  });

  it('may hold 100,000 elements', () => {
    const elem = Array.from(
      { length: 100_000 },
      (_, index) => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
    );
    const changes = changesOf({
      nftables: [{ add: { set: { family: 'ip', table: 't', name: 's', type: 'ipv4_addr', elem } } }],
    });
    const sent = changes.flatMap(({ messages }) => [...messages]);
    const count = sent.reduce(
      (sum, { value }) => sum + ((value as { attributes: { elements?: unknown[] } }).attributes.elements?.length ?? 0),
      0,
    );
    expect(count).toBe(100_000);
    expect(sent.length).toBeLessThan(50);
  });

  const elementsIn = (type: string, elem: readonly unknown[]) =>
    changesOf({ nftables: [{ add: { set: { family: 'ip', table: 't', name: 's', type, elem } } }] })
      .flatMap(({ messages }) => [...messages])
      .flatMap(({ value }) => (value as { attributes: { elements?: unknown[] } }).attributes.elements ?? []);

  it.each([
    ['ipv4_addr', ['192.0.2.1', '10.0.0.255'], '2001:db8::1'],
    ['ipv6_addr', ['2001:db8::1', '::'], '192.0.2.1'],
    ['ether_addr', ['02:00:00:00:00:01'], '02:00'],
    ['inet_service', [22, 'http', '0x1bb'], 'htp'],
    ['ifname', ['eth0', 'lo', 'a\\*'], 'much-too-long-a-name'],
    ['mark', [0, 4294967295], 4294967296],
    ['ct_state', ['new', 'established'], 'old'],
    ['inet_proto', ['tcp', 17, true], 'tpc'],
  ])('reads many plain %s as it reads one beside another that is more', (type, plain, wrong) => {
    const more = { elem: { val: plain[0], comment: 'more' } };
    const key = (element: unknown) => (element as { readonly key: unknown }).key;
    expect(elementsIn(type, plain).map(key)).toEqual(
      elementsIn(type, [...plain, more])
        .slice(0, -1)
        .map(key),
    );
    expect(() => elementsIn(type, [...plain, wrong])).toThrow(`set.elem[${plain.length}]`);
  });

  it('tells of sets that rules fill, also of those that come after the rule', () => {
    const set = { family: 'inet', table: 't', name: 's', type: 'ipv4_addr' };
    const fill = { set: { op: 'add', elem: { payload: { protocol: 'ip', field: 'saddr' } }, set: '@s' } };
    const flags = changesOf({
      nftables: [...rule(fill).nftables, { add: { set } }, { add: { set: { ...set, name: 'x' } } }],
    })
      .flatMap(({ messages }) => [...messages])
      .map(({ value }) => (value as { attributes: { flags?: number } }).attributes.flags);
    expect(flags).toEqual([DYNAMIC, 0, undefined]);
  });
});

/** Commands of what nft wrote, with one part exchanged for something else. */
const commands = loadRulesets().flatMap(({ ruleset }) => ruleset as readonly unknown[]);

function placesIn(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...path, key]))];
}

function replaced(value: unknown, [step, ...rest]: readonly (string | number)[], by: unknown): unknown {
  if (step === undefined) return by;
  if (Array.isArray(value))
    return value.map((each, index) => (String(index) === String(step) ? replaced(each, rest, by) : each));
  const object = value as Readonly<Record<string, unknown>>;
  return { ...object, [step]: replaced(object[step], rest, by) };
}

const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(
    '@s4',
    '@',
    '*',
    'eth*',
    '__proto__',
    'constructor',
    -1,
    2 ** 53,
    1e300,
    `0x${'f'.repeat(40)}`,
    '1:2',
    '::1',
  ),
  fc.constantFrom(...commands.slice(0, 400)),
);

describe('a hostile document', () => {
  it('is either understood or refused with the place, whatever is in it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...commands), fc.nat(), odd, (command, seed, by) => {
        const places = placesIn(command);
        const document = { nftables: [replaced(command, places[seed % places.length] as readonly string[], by)] };
        try {
          for (const { messages } of changesOf(document)) for (const _ of messages);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidArgumentError);
          expect((error as Error).message.length).toBeLessThan(1000);
        }
      }),
      { numRuns: 1500 },
    );
  });
});
