import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NetworkNamespace } from '../../../src/api/network-namespace.ts';
import type { RulesetObject } from '../../../src/network/firewall/json/schema.ts';
import { asNftShows } from '../../nft/ruleset-fixture.ts';
import { listWithNft, loadWithNft, withoutHandles } from './nft.ts';

/** Rules that nft has no words for: extensions of iptables, which only iptables knows. */
const extensions = [
  ['-A', 'INPUT', '-p', 'tcp', '-m', 'statistic', '--mode', 'nth', '--every', '3', '-j', 'DROP'],
  ['-A', 'INPUT', '-m', 'recent', '--set', '-j', 'ACCEPT'],
  ['-A', 'INPUT', '-j', 'NFQUEUE', '--queue-num', '5'],
];

/** A large ruleset that nft makes: read by us, loaded by us into another namespace, and there read by nft. */
const corpus = readFileSync(new URL('./corpus.nft', import.meta.url), 'utf8');

let theirs: NetworkNamespace;
let ours: NetworkNamespace;
let listed: RulesetObject[];
let refused: string[];

async function makeNamespace(): Promise<NetworkNamespace> {
  const ns = NetworkNamespace.create();
  await ns.network.links.add({ name: 'v0', kind: 'veth', peer: { name: 'v1' } });
  await ns.network.links.set('lo', { up: true });
  return ns;
}

beforeAll(async () => {
  theirs = await makeNamespace();
  ours = await makeNamespace();
  // Opens its socket, which stays.
  await ours.network.firewall.generation();
  await theirs.network.firewall.generation();
  refused = await loadWithNft(theirs, corpus);
  listed = await listWithNft(theirs);
});

afterAll(() => {
  theirs?.close();
  ours?.close();
});

const json = (objects: readonly RulesetObject[]) =>
  objects.map((object) => JSON.stringify(withoutHandles(asNftShows(object) as RulesetObject)));

describe('rules that nft made', () => {
  it('are many', () => {
    expect(refused.length).toBeLessThan(60);
    expect(listed.length).toBeGreaterThan(400);
  });

  it('are listed by us as by nft', async () => {
    const { nftables } = await theirs.network.firewall.document();
    const [metainfo, ...objects] = nftables as RulesetObject[];
    expect(metainfo).toMatchObject({ metainfo: { json_schema_version: 1 } });
    expect(json(objects)).toEqual(json(listed));
  });

  it('are the same for nft after we loaded what it listed', async () => {
    // It does not say the devices of chains, without which there are none of these.
    const whole = listed.filter((object) => !JSON.stringify(object).includes('"family":"netdev"'));
    await ours.network.firewall.load({ nftables: [{ metainfo: { json_schema_version: 1 } }, ...whole] });
    expect(json(await listWithNft(ours))).toEqual(json(whole));
  });

  it('are the same for nft after we loaded what we listed', async () => {
    const document = await theirs.network.firewall.document();
    await ours.network.firewall.load({ nftables: [{ flush: { ruleset: null } }, ...document.nftables] });
    expect(json(await listWithNft(ours))).toEqual(json(listed));
    const again = await ours.network.firewall.document();
    expect(again.nftables.map((each) => withoutHandles(each as RulesetObject))).toEqual(
      document.nftables.map((each) => withoutHandles(each as RulesetObject)),
    );
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
