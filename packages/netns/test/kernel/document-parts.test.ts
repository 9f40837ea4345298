import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { NetworkNamespace } from '../../src/api/network-namespace.ts';
import { apply } from '../../src/document/apply.ts';
import { describe as describeNetworks } from '../../src/document/describe.ts';
import type { NetworkDocument } from '../../src/document/document.ts';
import type { Step } from '../../src/document/step.ts';
import { formatDocument, parseDocument } from '../../src/document/text.ts';
import { NetlinkError } from '../../src/errors.ts';
import { removeNames } from '../../src/namespaces/names.ts';
import { namesLeft } from './support/cli.ts';
import { emptyRunDirectory } from './support/run-directories.ts';
import { possibleOf, shapes, wordless } from './support/shapes.ts';

// Parts of documents that not every kernel has.

afterEach(() => {
  if (namesLeft().length > 0) emptyRunDirectory();
});

const commandsOf = (steps: readonly Step[]) => steps.flatMap(({ commands }) => commands);

describe('VLANs and forwarding entries', () => {
  const bridged = (filtering: boolean) => ({
    version: 1,
    namespaces: {
      blue: {
        links: {
          lo: {},
          br0: { kind: 'bridge', data: filtering ? { vlanFiltering: true } : {} },
          p0: { kind: 'veth', peer: { link: 'q0' }, master: 'br0' },
          p1: { kind: 'veth', peer: { link: 'q1' }, master: 'br0' },
          vx0: { kind: 'vxlan', data: { id: 7, port: 4789, group: '192.0.2.1' } },
        },
        vlans: filtering
          ? {
              br0: [{ vlan: 1, pvid: true, untagged: true }, { vlan: 10 }],
              p0: [
                { vlan: 10, pvid: true, untagged: true },
                { vlan: 20, to: 29 },
              ],
            }
          : {},
        fdb: [
          { link: 'p0', linkAddress: '02:00:00:00:00:AA', ...(filtering && { vlan: 10 }) },
          { link: 'p1', linkAddress: '02:00:00:00:00:bb', ...(filtering && { vlan: 1 }), kind: 'permanent' },
          { link: 'p1', linkAddress: '02:00:00:00:00:cc', ...(filtering && { vlan: 1 }), sticky: true },
          { link: 'vx0', linkAddress: '02:00:00:00:00:dd', destination: '192.0.2.7', vni: 9 },
          { link: 'vx0', linkAddress: '00:00:00:00:00:00', destination: '192.0.2.8' },
          { link: 'vx0', linkAddress: '00:00:00:00:00:00', destination: '192.0.2.9' },
        ],
      },
    },
  });

  /** Not every kernel's bridges know VLANs. */
  async function bridgesFilter(): Promise<boolean> {
    using scratch = NetworkNamespace.create();
    try {
      await scratch.network.links.add({ kind: 'bridge', name: 'br0', data: { vlanFiltering: true } });
      return true;
    } catch (error) {
      if (error instanceof NetlinkError && error.code === 'EOPNOTSUPP') return false;
      throw error;
    }
  }

  it('are made, described, made again of what is described, by commands as well, and taken away', async () => {
    const filtering = await bridgesFilter();
    const document = bridged(filtering) as NetworkDocument;
    await apply(document);
    expect(commandsOf(await apply(document))).toEqual([]);
    const described = await describeNetworks(['blue']);
    expect(described.namespaces.blue?.vlans).toEqual(document.namespaces.blue?.vlans);
    expect(described.namespaces.blue?.fdb).toHaveLength(6);
    const shown = () =>
      execFileSync('sh', ['-ec', 'bridge -n blue vlan; bridge -n blue fdb'], { encoding: 'utf8' })
        .split('\n')
        // Not the addresses of the devices themselves, and of groups.
        .filter((line) => !/^[0-9a-f:]{17} /.test(line) || /^0[02]:00:00:00:00/.test(line))
        .sort();
    const before = shown();
    removeNames(['blue']);
    await apply(described);
    expect(await describeNetworks(['blue'])).toEqual(described);
    expect(shown()).toEqual(before);
    removeNames(['blue']);
    execFileSync('sh', ['-ec', commandsOf(await apply(described, { dryRun: true })).join('\n')], { stdio: 'pipe' });
    expect(await describeNetworks(['blue'])).toEqual(described);
    const less: NetworkDocument = {
      version: 1,
      namespaces: { blue: { vlans: filtering ? { p0: [] } : {}, fdb: document.namespaces.blue?.fdb?.slice(5) } },
    };
    const failing = apply(less, {
      onStep: ({ section }) => {
        if (section === 'fdb') throw new Error('not this one');
      },
    });
    await expect(failing).rejects.toThrow('not this one; everything is again as it was');
    expect(await describeNetworks(['blue'])).toEqual(described);
    await apply(less);
    expect(await describeNetworks(['blue'], { sections: ['vlans', 'fdb'] })).toEqual(less);
    await apply({ version: 1, namespaces: { blue: { vlans: {} } } });
    expect((await describeNetworks(['blue'])).namespaces.blue?.vlans).toEqual({});
  });
});

describe('shaping of every kind', () => {
  it('is made, described, and made again of what is described', async () => {
    const document = await possibleOf({ ...shapes, ...wordless });
    expect(Object.keys(document.namespaces.blue?.shaping ?? {})).toEqual(expect.arrayContaining(['tbf', 'bpf']));
    await apply(document);
    expect(await apply(document)).toEqual([]);
    const described = await describeNetworks(['blue']);
    removeNames(['blue']);
    await apply(await parseDocument(await formatDocument(described)));
    expect(await describeNetworks(['blue'])).toEqual(described);
  }, 200_000);
});
