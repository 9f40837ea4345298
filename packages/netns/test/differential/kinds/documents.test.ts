import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import {
  apply,
  describe as describeNetworks,
  listNames,
  type NetworkDocument,
  removeNames,
  UnsupportedError,
} from '../../../dist/index.js';
import { possibleOf, shapes, wordless } from '../../kernel/support/shapes.ts';

// Documents with everything that this kernel has: made, described, made again of what is described.

afterEach(() => removeNames(listNames().map(({ name }) => name)));

const bridged = {
  version: 1,
  namespaces: {
    blue: {
      links: {
        lo: {},
        br0: { kind: 'bridge', data: { vlanFiltering: true } },
        p0: { kind: 'veth', peer: { link: 'q0' }, master: 'br0' },
        p1: { kind: 'veth', peer: { link: 'q1' }, master: 'br0', port: { kind: 'bridge', data: { isolated: true } } },
        d0: { kind: 'dummy', alias: 'a dummy' },
        v0: { kind: 'vlan', link: 'd0', data: { id: 7 } },
        vrf0: { kind: 'vrf', data: { table: 100 } },
        m0: { kind: 'macvlan', link: 'd0', master: 'vrf0', data: { mode: 'bridge' } },
        wg0: { kind: 'wireguard' },
      },
      addresses: [{ link: 'd0', address: '192.0.2.1/24' }],
      routes: [{ destination: '198.51.100.0/24', gateway: '192.0.2.9' }],
      vlans: {
        br0: [{ vlan: 1, pvid: true, untagged: true }, { vlan: 10 }],
        p0: [
          { vlan: 10, pvid: true, untagged: true },
          { vlan: 20, to: 29 },
        ],
      },
      fdb: [
        { link: 'p0', linkAddress: '02:00:00:00:00:aa', vlan: 10 },
        { link: 'p1', linkAddress: '02:00:00:00:00:cc', vlan: 1, sticky: true },
      ],
    },
  },
} as NetworkDocument;

async function isRepeated(document: NetworkDocument): Promise<NetworkDocument> {
  await apply(document);
  expect(await apply(document)).toEqual([]);
  const described = await describeNetworks(['blue']);
  removeNames(['blue']);
  await apply(described);
  expect(await describeNetworks(['blue'])).toEqual(described);
  return described;
}

/** Whether it has what other tests of documents cannot try. */
const isFuller = await apply(bridged, { dryRun: true }).then(
  () => true,
  (error: unknown) => {
    if (error instanceof UnsupportedError) return false;
    throw error;
  },
);

describe.skipIf(!isFuller)('a document on a fuller kernel', { timeout: 300_000 }, () => {
  it('of VLANs, forwarding entries and devices of many kinds is repeated, by commands as well', async () => {
    const described = await isRepeated(bridged);
    removeNames(['blue']);
    const commands = (await apply(described, { dryRun: true })).flatMap((step) => step.commands);
    execFileSync('sh', ['-ec', commands.join('\n')], { stdio: 'pipe' });
    expect(await describeNetworks(['blue'])).toEqual(described);
  });

  it('of shaping in ways that other kernels have not is repeated', async () => {
    const rare = ['netem', 'fqCodel', 'cake', 'hfsc', 'skbedit'];
    const all = { ...shapes, ...wordless };
    await isRepeated(await possibleOf(Object.fromEntries(rare.map((name) => [name, all[name] as object]))));
  });
});
