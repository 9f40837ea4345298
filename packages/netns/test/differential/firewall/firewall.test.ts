import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { NetworkNamespace } from '../../../src/api/network-namespace.ts';
import { protocols } from '../../../src/network/firewall/json/protocols.ts';
import { describeCorpus } from './corpus.ts';
import { loadWithNft, nft } from './nft.ts';

/** Rules that nft has no words for: extensions of iptables, which only iptables knows. */
const extensions = [
  ['-A', 'INPUT', '-p', 'tcp', '-m', 'statistic', '--mode', 'nth', '--every', '3', '--packet', '0', '-j', 'DROP'],
  ['-A', 'INPUT', '-m', 'recent', '--set', '-j', 'ACCEPT'],
  ['-A', 'INPUT', '-j', 'NFQUEUE', '--queue-num', '5'],
];

describeCorpus(readFileSync(new URL('./corpus.nft', import.meta.url), 'utf8'), (listed, refused) => {
  expect(refused.length).toBeLessThan(60);
  expect(listed.length).toBeGreaterThan(400);
});

describe('sets that were declared with typeof', () => {
  const ofHeaders = Object.values(protocols).flatMap(({ name, fields }) =>
    fields.map((field) => `${name} ${field.name}`),
  );
  const others = [
    ...[
      'meta mark',
      'meta length',
      'iifname',
      'ct mark',
      'ct zone',
      'ct original ip saddr',
      'ct reply bytes',
      'fib saddr type',
    ],
    ...[
      'frag id',
      'tcp option maxseg size',
      'rt classid',
      'ip saddr . tcp dport',
      'vlan id . meta length . ct zone',
      'osf name',
    ],
  ];
  const maps = [
    'ip saddr : vlan id',
    'vlan id : verdict',
    'ip saddr . tcp dport : ip daddr . tcp dport',
    'tcp dport : counter',
  ];
  const declared = [...ofHeaders, ...others].map((what, at) => `add set inet t s${at} { typeof ${what}; }`);
  const text = [
    'add table inet t',
    ...declared,
    ...maps.map((what, at) => `add map inet t m${at} { typeof ${what}; }`),
  ];

  it('are listed by nft as it made them after we loaded what we listed, and as we were told', async () => {
    using from = NetworkNamespace.create();
    using to = NetworkNamespace.create();
    const refused = await loadWithNft(from, text.join('\n'));
    expect(refused.length).toBeLessThan(4);
    const listed = await nft(from, ['list', 'ruleset']);
    expect(listed.match(/typeof/g)?.length).toBeGreaterThan(90);
    const document = await from.network.firewall.document();
    await to.network.firewall.load(document);
    expect(await nft(to, ['list', 'ruleset'])).toBe(listed);
    expect((await to.network.firewall.document()).nftables).toEqual(document.nftables);

    using own = NetworkNamespace.create();
    const payload = (protocol: string, field: string) => ({ payload: { protocol, field } });
    const key = { concat: [payload('vlan', 'id'), { meta: { key: 'length' } }, { ct: { key: 'zone' } }] };
    const place = { family: 'inet', table: 't' } as const;
    await own.network.firewall.load({
      nftables: [
        { add: { table: { family: 'inet', name: 't' } } },
        { add: { set: { ...place, name: 's', type: { typeof: payload('udp', 'length') }, elem: [5, 7] } } },
        { add: { set: { ...place, name: 'c', type: { typeof: key } } } },
      ],
    });
    const told = await nft(own, ['list', 'ruleset']);
    expect(told).toContain('typeof udp length\n\t\telements = { 5, 7 }');
    expect(told).toContain('typeof vlan id . meta length . ct zone');
  });
});

describe('rules that iptables made', () => {
  it('are kept where there are no words for them, and made again unchanged', async ({ skip }) => {
    using from = NetworkNamespace.create();
    using to = NetworkNamespace.create();
    let made = 0;
    for (const words of extensions) {
      const { exitCode } = await from.exec('iptables-nft', words);
      if (exitCode === 0) made += 1;
    }
    if (made === 0) skip('this kernel has no extensions of iptables in nftables');
    const document = await from.network.firewall.document();
    const kept = document.nftables.filter((object) => 'rule' in object && 'unknown' in (object.rule.expr?.[0] ?? {}));
    expect(kept.length).toBe(made);
    await to.network.firewall.load(document);
    const saved = async (ns: NetworkNamespace) => (await ns.exec('iptables-nft', ['-S'])).stdout;
    expect(await saved(to)).toBe(await saved(from));
    expect(await saved(to)).toContain('-A INPUT');
  });
});
