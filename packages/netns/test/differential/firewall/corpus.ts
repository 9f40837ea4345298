import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NetworkNamespace } from '../../../src/api/network-namespace.ts';
import type { RulesetObject } from '../../../src/network/firewall/json/schema.ts';
import { isRefusedByItself } from '../../nft/later-versions.ts';
import { asNftShows } from '../../nft/ruleset-fixture.ts';
import { listWithNft, loadWithNft, nftVersion, withoutHandles } from './nft.ts';

/** A ruleset that nft makes: read by us, loaded by us into another namespace, and there read by nft. `check` looks at what this kernel took of it. */
export function describeCorpus(
  corpus: string,
  check: (listed: readonly RulesetObject[], refused: readonly string[], skip: (reason: string) => void) => void,
): void {
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
  }, 300_000);

  afterAll(() => {
    theirs?.close();
    ours?.close();
  });

  const json = (objects: readonly RulesetObject[]) =>
    asNftShows(objects, nftVersion()).map((object) => JSON.stringify(withoutHandles(object as RulesetObject)));

  describe('rules that nft made', () => {
    it('are there', ({ skip }) => check(listed, refused, skip));

    it('are listed by us as by nft', async () => {
      const { nftables } = await theirs.network.firewall.document();
      const [metainfo, ...objects] = nftables as RulesetObject[];
      expect(metainfo).toMatchObject({ metainfo: { json_schema_version: 1 } });
      expect(json(objects)).toEqual(json(listed));
    });

    it('are the same for nft after we loaded what it listed', async () => {
      // 1.0 does not say the devices of chains, without which there are none of these.
      const whole = listed.filter(
        (object) => !JSON.stringify(object).includes('"family":"netdev"') && !isRefusedByItself(object),
      );
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
}
