import { describe, expect, it } from 'vitest';
import type { NftExpression } from '../netlink/families/netfilter/expressions.ts';
import type { FirewallElement } from '../network/firewall/elements.ts';
import { publicationsOf } from './publications.ts';

const place = { family: 'ip', table: 'nat' } as const;
const base = { ...place, name: 'pre', type: 'nat', hook: 'prerouting' } as const;

/** As the kernel has them: 6 is TCP; a port lies 2 bytes into the transport header, an address 16 into that of IPv4. */
const loadProtocol: NftExpression = { kind: 'meta', data: { dreg: 1, key: 16 } };
const loadPort: NftExpression = { kind: 'payload', data: { dreg: 1, base: 2, offset: 2, len: 2 } };
const loadAddress: NftExpression = { kind: 'payload', data: { dreg: 1, base: 1, offset: 16, len: 4 } };
const loadDevice: NftExpression = { kind: 'meta', data: { dreg: 1, key: 6 } };
const is = (...value: number[]): NftExpression => compare(0, value);
const isNot = (...value: number[]): NftExpression => compare(1, value);
const set = (dreg: number, ...value: number[]): NftExpression => ({
  kind: 'immediate',
  data: { dreg, data: { value: Uint8Array.from(value) } },
});
const verdict = (code: number, chain?: string): NftExpression => ({
  kind: 'immediate',
  data: { dreg: 0, data: { verdict: { code, ...(chain !== undefined && { chain }) } } },
});

function compare(op: number, value: number[]): NftExpression {
  return { kind: 'cmp', data: { sreg: 1, op, data: { value: Uint8Array.from(value) } } };
}

const tcp = [loadProtocol, is(6)];
const port8080 = [...tcp, loadPort, is(0x1f, 0x90)];
const toWeb: NftExpression[] = [
  set(1, 10, 0, 0, 2),
  set(2, 0, 80),
  { kind: 'nat', data: { type: 1, regAddrMin: 1, regAddrMax: 1, regProtoMin: 2, regProtoMax: 2, flags: 3 } },
];
const web = { protocol: 'tcp', port: 8080, to: { address: '10.0.0.2', port: 80 }, conditional: false };

/** What is published by the rules of `pre`, and of a chain `more`. */
function published(
  rules: NftExpression[][],
  more: NftExpression[][] = [],
  sets: Readonly<Record<string, readonly FirewallElement[]>> = {},
) {
  return publicationsOf(
    [base, { ...place, name: 'more', type: undefined, hook: undefined }],
    [
      ...rules.map((expressions) => ({ ...place, chain: 'pre', expressions })),
      ...more.map((expressions) => ({ ...place, chain: 'more', expressions })),
    ],
    ({ name }) => sets[name],
  );
}

describe('publicationsOf', () => {
  it('reads dnat and redirect', () => {
    expect(published([[...port8080, ...toWeb]])).toEqual([web]);
    const redirect: NftExpression = { kind: 'redir', data: { regProtoMin: 1, regProtoMax: 1 } };
    const local = { address: undefined, port: 80 };
    expect(published([[...port8080, set(1, 0, 80), redirect]])).toEqual([{ ...web, to: local }]);
    expect(published([[loadAddress, is(192, 0, 2, 1), ...port8080, ...toWeb]])).toEqual([
      { ...web, address: '192.0.2.1' },
    ]);
  });

  it('reads DNAT and REDIRECT of iptables', () => {
    const info = new Uint8Array(48);
    info.set([3, 0, 0, 0, 10, 0, 0, 2]);
    info.set([10, 0, 0, 2], 20);
    info.set([0, 80, 0, 80], 36);
    expect(published([[...port8080, { kind: 'target', data: { name: 'DNAT', rev: 2, info } }]])).toEqual([web]);
    const narrow = Uint8Array.of(1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 80, 0, 80);
    const target: NftExpression = { kind: 'target', data: { name: 'REDIRECT', rev: 0, info: narrow } };
    expect(published([[...port8080, target]])).toMatchObject([{ to: { port: 80 } }]);
    expect(
      published([[...port8080, { kind: 'target', data: { name: 'DNAT', rev: 2, info: new Uint8Array(7) } }]]),
    ).toEqual([]);
  });

  it('follows jumps with what is known', () => {
    expect(published([[...tcp, verdict(-3, 'more')]], [[...port8080, ...toWeb]])).toEqual([web]);
    expect(published([], [[...port8080, ...toWeb]])).toEqual([]); // nothing leads there
    expect(published([[...tcp, loadPort, is(0, 22), verdict(-3, 'more')]], [[...port8080, ...toWeb]])).toEqual([]);
    expect(published([[verdict(-3, 'more')]], [[verdict(-3, 'more')], [...port8080, ...toWeb]]).length).toBeGreaterThan(
      0,
    );
  });

  it('marks what asks for more, and claims nothing that is not certain', () => {
    const conditional = [{ ...web, conditional: true }];
    expect(published([[loadDevice, isNot(100), ...port8080, ...toWeb]])).toEqual(conditional);
    expect(
      published([
        [loadDevice, is(100), verdict(-5)],
        [...port8080, ...toWeb],
      ]),
    ).toEqual(conditional);
    const letGo = (high: number, low: number) => [...tcp, loadPort, is(high, low), verdict(1)];
    expect(published([letGo(0, 22), [...port8080, ...toWeb]])).toEqual([web]);
    expect(published([letGo(0x1f, 0x90), [...port8080, ...toWeb]])).toEqual(conditional);
    expect(published([[verdict(1)], [...port8080, ...toWeb]])).toEqual([]); // all are let go before
    expect(published([[...tcp, loadPort, isNot(0x1f, 0x90), ...toWeb]])).toEqual([]);
    expect(published([[loadPort, is(0x1f, 0x90), ...toWeb]])).toEqual([]); // of which protocol?
    const range: NftExpression = { kind: 'nat', data: { type: 1, regAddrMin: 1, regAddrMax: 2 } };
    expect(published([[...port8080, set(1, 10, 0, 0, 2), set(2, 10, 0, 0, 9), range]])).toEqual([]);
    const map: NftExpression = { kind: 'lookup', data: { set: 'm', sreg: 1, dreg: 1 } };
    expect(published([[...port8080, set(1, 10, 0, 0, 2), map, ...toWeb.slice(1)]])).toEqual([]);
    const source: NftExpression = { kind: 'nat', data: { type: 0, regAddrMin: 1 } };
    expect(published([[...port8080, set(1, 10, 0, 0, 2), source]])).toEqual([]);
  });

  it('reads sets, maps and maps of verdicts', () => {
    const port = (number: number) => Uint8Array.of(number >> 8, number);
    const lookup = (set: string, dreg?: number): NftExpression => ({
      kind: 'lookup',
      data: { set, sreg: 1, ...(dreg !== undefined && { dreg }) },
    });
    const inSet = [...tcp, loadPort, lookup('s'), ...toWeb];
    const elements = [{ key: port(8080) }, { key: port(8081) }];
    expect(published([inSet], [], { s: elements })).toEqual([web, { ...web, port: 8081 }]);
    expect(published([inSet])).toEqual([]); // nobody knows what is in it
    const intervals = [
      { key: port(0), flags: ['interval_end'] },
      { key: port(8081), flags: ['interval_end'] },
      { key: port(8080) },
      { key: port(8090), flags: ['interval_end'] },
      { key: port(8081) },
    ];
    expect(published([inSet], [], { s: intervals })).toEqual([web, { ...web, port: 8081, lastPort: 8089 }]);
    // Address and port out of one map lie in registers 1 and 9.
    const dnat: NftExpression = { kind: 'nat', data: { type: 1, family: 2, regAddrMin: 1, regProtoMin: 9, flags: 3 } };
    const m = [{ key: port(8080), data: Uint8Array.of(10, 0, 0, 2, 0, 80, 0, 0) }];
    expect(published([[...tcp, loadPort, lookup('m', 1), dnat]], [], { m })).toEqual([web]);
    const v = [{ key: port(8080), verdict: { code: -3, chain: 'more' } }];
    expect(published([[...tcp, loadPort, lookup('v', 0)]], [toWeb], { v })).toEqual([web]);
    const both: NftExpression[] = [
      loadAddress,
      { kind: 'payload', data: { dreg: 9, base: 2, offset: 2, len: 2 } },
      lookup('b'),
    ];
    const b = [{ key: Uint8Array.of(192, 0, 2, 1, 0x1f, 0x90, 0, 0) }];
    expect(published([[...tcp, ...both, ...toWeb]], [], { b })).toEqual([{ ...web, address: '192.0.2.1' }]);
  });

  it('reads ranges of ports, of nft and of iptables', () => {
    const from = [...tcp, loadPort, compare(5, [0x1f, 0x90]), compare(3, [0x1f, 0x92])];
    const toAddress = set(1, 10, 0, 0, 2);
    const onlyAddress: NftExpression = { kind: 'nat', data: { type: 1, regAddrMin: 1 } };
    const same = { ...web, lastPort: 8082, to: { address: '10.0.0.2', port: 8080, lastPort: 8082 } };
    expect(published([[...from, ...toWeb]])).toEqual([{ ...web, lastPort: 8082 }]);
    expect(published([[...from, toAddress, onlyAddress]])).toEqual([same]);
    const info = new Uint8Array(48);
    info.set([0b10_0011, 0, 0, 0, 10, 0, 0, 2]);
    info.set([10, 0, 0, 2], 20);
    info.set([0, 80, 0, 82, 0x1f, 0x90], 36);
    const offset: NftExpression = { kind: 'target', data: { name: 'DNAT', rev: 2, info } };
    expect(published([[...from, offset]])).toEqual([
      { ...web, lastPort: 8082, to: { address: '10.0.0.2', port: 80, lastPort: 82 } },
    ]);
    const any = info.slice().fill(0b11, 0, 1);
    expect(published([[...from, { kind: 'target', data: { name: 'DNAT', rev: 2, info: any } }]])).toMatchObject(
      [80, 81, 82].map((port) => ({ port: 8080, lastPort: 8082, to: { port }, conditional: true })),
    );
    expect(published([[...from, ...[compare(4, [0x1f, 0x92])], ...toWeb]])).toEqual([]); // none is left
  });
});
