import { describe, expect, it } from 'vitest';
import { NetworkNamespace } from '../../../src/api/network-namespace.ts';
import type { Family } from '../../../src/network/firewall/json/headers.ts';
import type { RulesetObject, Statement } from '../../../src/network/firewall/json/schema.ts';
import { isLater } from '../../nft/later-versions.ts';
import { asNftShows } from '../../nft/ruleset-fixture.ts';
import { listWithNft, loadWithNft, nftVersion, withoutHandles } from './nft.ts';

// What a match needs to know of a packet is asked for by statements that nft writes by itself, and leaves out when it lists: every two
// matches in one rule.

/** Matches, with the protocols that they are for: two of different ones nft refuses. */
const matches: readonly (readonly [match: string, network?: 4 | 6 | undefined, transport?: string])[] = [
  ['meta nfproto ipv4', 4],
  ['meta nfproto ipv6', 6],
  ['meta protocol ip', 4],
  ['meta protocol ip6', 6],
  ['meta l4proto tcp', undefined, 'tcp'],
  ['meta l4proto udp', undefined, 'udp'],
  ['meta l4proto icmp', undefined, 'icmp'],
  ['meta l4proto ipv6-icmp', undefined, 'icmpv6'],
  ['meta l4proto { tcp, udp }'],
  ['ip protocol tcp', 4, 'tcp'],
  ['ip6 nexthdr tcp', 6, 'tcp'],
  ['ip saddr 192.0.2.1', 4],
  ['ip daddr { 192.0.2.1, 192.0.2.7 }', 4],
  ['ip ttl 7', 4],
  ['ip6 saddr 2001:db8::/32', 6],
  ['ip6 daddr { 2001:db8::1, 2001:db8::7 }', 6],
  ['tcp dport 22', undefined, 'tcp'],
  ['udp sport 53', undefined, 'udp'],
  ['th dport 80'],
  ['th sport { 1, 2 }'],
  ['icmp type echo-request', 4, 'icmp'],
  ['icmpv6 type { nd-neighbor-solicit, nd-router-advert }', 6, 'icmpv6'],
  ['icmp id 3', 4, 'icmp'],
  ['esp spi 8', undefined, 'esp'],
  ['ct protocol tcp'],
  ['ct l3proto ipv6'],
  ['ct original ip saddr 192.0.2.1'],
  ['tcp option maxseg size 1460', undefined, 'tcp'],
  ['meta mark 7'],
  ['ether type ip', 4],
  ['ether type ip6', 6],
  ['ether saddr 02:00:00:00:00:01'],
  ['vlan id 7'],
];

const differ = (a: unknown, b: unknown) => a !== undefined && b !== undefined && a !== b;

/** In a table of one family nft refuses fields of the other, but not to ask whether there are some. */
function isPossible(family: Family, [match, network]: (typeof matches)[number]): boolean {
  const own = { ip: 4, ip6: 6 }[family as string];
  return !differ(own, network) || /^(meta|ether)/.test(match);
}

const pairsOf = (family: Family) => {
  const possible = matches.filter((match) => isPossible(family, match));
  return possible.flatMap(([one, network, transport]) =>
    possible
      .filter(([other, ...more]) => other !== one && !differ(network, more[0]) && !differ(transport, more[1]))
      .map(([other]) => `${one} ${other}`),
  );
};

const hooks: Partial<Record<Family, string>> = { netdev: 'type filter hook ingress device lo priority 0' };

type Rule = Extract<RulesetObject, { rule: object }>;
const rulesOf = (objects: readonly unknown[]) => objects.filter((each): each is Rule => 'rule' in (each as object));

/** The kernel's expressions, without the names of sets that have none. */
const inTheKernel = async (ns: NetworkNamespace) =>
  (await ns.network.firewall.rules.list()).map(({ message }) =>
    JSON.stringify(message.attributes.expressions, (_, value) =>
      typeof value === 'bigint' ? `${value}n` : typeof value === 'string' && /^__/.test(value) ? '__' : value,
    ),
  );

/** What an ordinary user's socket takes at once. */
const most = 150;

function* slicesOf<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += most) yield all.slice(at, at + most);
}

describe.each<Family>(['inet', 'ip', 'ip6', 'bridge', 'netdev'])('two matches in a rule of a table %s', (family) => {
  it('are listed as nft does, but where that would not be the same rule; ours is', async () => {
    let compared = 0;
    for (const pairs of slicesOf(pairsOf(family))) compared += await compare(family, pairs);
    expect(compared).toBeGreaterThan(150);
  }, 60_000);
});

/** 1.1 says `@th,0,16` where nothing before it says which protocol; 1.0 and ours `th sport`, as it was written. */
function isRaw(statements: readonly Statement[]): boolean {
  return /{"payload":{"base":"th","offset":(0|16),"len":16}}/.test(JSON.stringify(statements));
}

/** How many of them this kernel knows. */
async function compare(family: Family, pairs: readonly string[]): Promise<number> {
  using from = NetworkNamespace.create();
  using to = NetworkNamespace.create();
  const place = `${family} t c`;
  const chain = `add table ${family} t\nadd chain ${place} { ${hooks[family] ?? 'type filter hook input priority 0'} ; }`;
  await loadWithNft(from, [chain, ...pairs.map((pair) => `add rule ${place} ${pair} accept`)].join('\n'));
  const document = await from.network.firewall.document();
  const ours = rulesOf(document.nftables);
  const theirs = rulesOf(await listWithNft(from));
  expect(theirs).toHaveLength(ours.length);

  await to.network.firewall.load(document);
  const kernel = await inTheKernel(from);
  const again = await inTheKernel(to);

  const version = nftVersion();
  const text = (rule: Rule) =>
    JSON.stringify(asNftShows([rule], version).map((each) => withoutHandles(each as RulesetObject)));
  const other = theirs.flatMap((rule, at) => (text(rule) === text(ours[at] as Rule) ? [] : [at]));
  expect(other.filter((at) => again[at] !== kernel[at]).map((at) => text(ours[at] as Rule))).toEqual([]);
  const lossless: string[] = [];
  for (const at of other) {
    await to.network.firewall.load({ nftables: [{ flush: { ruleset: null } }] });
    await loadWithNft(to, chain);
    const rule = { family, table: 't', chain: 'c', expr: theirs[at]?.rule.expr as Statement[] };
    const made = await to.network.firewall.load({ nftables: [{ add: { rule } }] }).then(
      () => inTheKernel(to),
      () => [],
    );
    if (made[0] === kernel[at] && !(isLater(version) && isRaw(theirs[at]?.rule.expr ?? [])))
      lossless.push(text(ours[at] as Rule));
  }
  expect(lossless).toEqual([]);
  return ours.length;
}
