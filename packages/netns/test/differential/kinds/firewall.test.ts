import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { NetworkNamespace } from '../../../src/api/network-namespace.ts';
import { NetlinkError } from '../../../src/errors.ts';
import { describeCorpus } from '../firewall/corpus.ts';
import { nft } from '../firewall/nft.ts';

// What the firewall of a fuller kernel has: flowtables, queues, synproxy, tproxy and more, with the installed nft and with ours.

describeCorpus(readFileSync(new URL('./fuller.nft', import.meta.url), 'utf8'), (listed, refused, skip) => {
  if (refused.length > 0) skip(`this kernel refuses ${refused.length} lines: ${refused.slice(0, 3).join('; ')}`);
  expect(listed.length).toBeGreaterThan(40);
});

describe('flowtables', () => {
  it('are made, listed and deleted by the library, and shown by nft', async ({ skip }) => {
    using ns = NetworkNamespace.create();
    const { firewall, links } = ns.network;
    await links.add({ name: 'v0', kind: 'veth', peer: { name: 'v1' } });
    await firewall.tables.add({ family: 'inet', name: 't' });
    const name = { family: 'inet', table: 't', name: 'ft' } as const;
    try {
      await firewall.flowtables.add({ ...name, priority: 5, devices: ['v0', 'v1'] });
    } catch (error) {
      if (!(error instanceof NetlinkError) || !['EOPNOTSUPP', 'ENOENT'].includes(error.code)) throw error;
      skip('this kernel has no flowtables');
    }
    expect(await firewall.flowtables.list()).toMatchObject([{ ...name, priority: 5, devices: ['v0', 'v1'] }]);
    expect(await firewall.flowtables.get(name)).toMatchObject({ ...name, devices: ['v0', 'v1'] });
    expect(await nft(ns, ['list', 'flowtables'])).toMatch(
      /flowtable ft \{\s+hook ingress priority (filter \+ )?5\s+devices = \{ v0, v1 \}/,
    );
    await firewall.flowtables.delete(name);
    expect(await firewall.flowtables.list()).toEqual([]);
  });
});
