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

describe('members of multicast groups', () => {
  const wanted: NetworkDocument = {
    version: 1,
    namespaces: {
      blue: {
        links: {
          lo: {},
          br0: { kind: 'bridge' },
          p0: { kind: 'veth', peer: { link: 'q0' }, master: 'br0' },
          p1: { kind: 'veth', peer: { link: 'q1' }, master: 'br0' },
        },
        mdb: [
          { bridge: 'br0', port: 'p0', group: '239.1.1.1' },
          { bridge: 'br0', port: 'p0', group: '239.1.1.2', source: '192.0.2.1' },
          { bridge: 'br0', port: 'p0', group: 'ff05::7', vlan: 5 },
          { bridge: 'br0', port: 'p1', group: '01:00:5e:00:00:05' },
          { bridge: 'br0', port: 'p1', group: '239.1.1.1' },
        ],
      },
    },
  };
  const ofSources = {
    bridge: 'br0',
    port: 'p0',
    group: '239.1.1.9',
    mode: 'include',
    sources: ['192.0.2.1', '192.0.2.2'],
    protocol: 'zebra',
  } as const;

  /** Linux 6.3; of these, what a bridge tells of depends on the version of IGMP that it speaks. */
  async function knowsSources(): Promise<boolean> {
    using scratch = NetworkNamespace.create();
    const { links, mdb } = scratch.network;
    await links.add({ kind: 'bridge', name: 'br0', up: true, data: { mcastIgmpVersion: 3 } });
    await links.add({ kind: 'veth', name: 'p0', peer: { name: 'q0' }, up: true, master: 'br0' });
    await mdb.add({ ...ofSources, permanent: true }).catch(() => {});
    return (await mdb.list()).some(({ sources }) => sources?.length === 2);
  }

  it('are made, described, and made again of what is described, by commands as well; gone with less, back when a step fails', async () => {
    await apply(wanted);
    expect(await apply(wanted)).toEqual([]);
    const described = await describeNetworks(['blue']);
    expect(described.namespaces.blue?.mdb).toEqual(wanted.namespaces.blue?.mdb);
    const shown = () =>
      (JSON.parse(execFileSync('bridge', ['-j', '-n', 'blue', 'mdb'], { encoding: 'utf8' })) as { mdb: object[] }[])
        .flatMap(({ mdb }) => mdb as { grp: string; state: string; port: string }[])
        .filter(({ state }) => state === 'permanent')
        .map(({ grp, port }) => `${port} ${grp}`)
        .sort();
    expect(shown()).toHaveLength(5);
    removeNames(['blue']);
    await apply(await parseDocument(await formatDocument(described)));
    expect(await describeNetworks(['blue'])).toEqual(described);
    removeNames(['blue']);
    execFileSync('sh', ['-ec', commandsOf(await apply(described, { dryRun: true })).join('\n')], { stdio: 'pipe' });
    expect(await describeNetworks(['blue'])).toEqual(described);
    const less: NetworkDocument = {
      version: 1,
      namespaces: { blue: { mdb: described.namespaces.blue?.mdb?.slice(2), sysctls: { 'net.ipv4.ip_forward': 1 } } },
    };
    const failing = apply(less, {
      onStep: (_, index, steps) => {
        if (index === steps.length - 1) throw new Error('not this one');
      },
    });
    await expect(failing).rejects.toThrow('not this one; everything is again as it was');
    expect(await describeNetworks(['blue'])).toEqual(described);
    await apply(less);
    expect(await describeNetworks(['blue'], { sections: ['mdb'] })).toEqual({
      version: 1,
      namespaces: { blue: { mdb: less.namespaces.blue?.mdb } },
    });
  });

  it('are left alone while a bridge is down, and are as the document says as soon as it is up', async () => {
    await apply(wanted);
    const { links = {} } = wanted.namespaces.blue ?? {};
    const down = { ...links, br0: { kind: 'bridge', up: false } };
    await apply({ version: 1, namespaces: { blue: { links: down } } } as NetworkDocument);
    expect((await describeNetworks(['blue'])).namespaces.blue?.mdb).toEqual([]);
    const some = wanted.namespaces.blue?.mdb?.slice(1, 3);
    await apply({ version: 1, namespaces: { blue: { links, mdb: some } } } as NetworkDocument);
    expect((await describeNetworks(['blue'])).namespaces.blue?.mdb).toEqual(some);
  });

  it('say from which sources, and who made them, where the kernel does', async (test) => {
    if (!(await knowsSources())) test.skip('bridges of this kernel tell of no sources of groups');
    const document: NetworkDocument = {
      version: 1,
      namespaces: {
        blue: {
          links: { ...wanted.namespaces.blue?.links, br0: { kind: 'bridge', data: { mcastIgmpVersion: 3 } } },
          mdb: [ofSources],
        },
      },
    };
    await apply(document);
    expect(await apply(document)).toEqual([]);
    const described = await describeNetworks(['blue']);
    expect(described.namespaces.blue?.mdb).toEqual([ofSources]);
    removeNames(['blue']);
    await apply(described);
    expect(await describeNetworks(['blue'])).toEqual(described);
    await apply({ version: 1, namespaces: { blue: { mdb: [] } } });
    expect((await describeNetworks(['blue'])).namespaces.blue?.mdb).toEqual([]);
  });

  it('are behind the tunnels of a vxlan, too', async (test) => {
    const tunnel = { bridge: 'vx0', port: 'vx0' };
    const mdb = [
      { ...tunnel, group: '0.0.0.0', destination: '198.51.100.3', destinationPort: 5000, vni: 9 },
      { ...tunnel, group: '239.1.1.1', destination: '198.51.100.1' },
      { ...tunnel, group: '239.1.1.1', destination: '198.51.100.2' },
      { ...tunnel, group: '239.1.1.2', source: '192.0.2.1', destination: '198.51.100.3' },
      { ...tunnel, group: 'ff05::1', mode: 'include', sources: ['2001:db8::1'], destination: '198.51.100.3' },
    ];
    const links = { lo: {}, vx0: { kind: 'vxlan', data: { id: 7, port: 4789 } } };
    const document = { version: 1, namespaces: { blue: { links, mdb } } } as NetworkDocument;
    try {
      await apply(document);
    } catch (error) {
      // Before Linux 6.4 a vxlan takes none.
      if (!/EOPNOTSUPP/.test(String(error))) throw error;
      test.skip('a vxlan of this kernel knows no groups');
    }
    expect(await apply(document)).toEqual([]);
    const described = await describeNetworks(['blue']);
    expect(described.namespaces.blue?.mdb).toEqual(mdb);
    await apply({ version: 1, namespaces: { blue: { mdb: mdb.slice(1) } } } as NetworkDocument);
    expect((await describeNetworks(['blue'])).namespaces.blue?.mdb).toEqual(mdb.slice(1));
  });

  it('are told to be wrong before anything is done', async () => {
    const mdb = [{ bridge: 'br0', port: 'p9', group: '10.0.0.1' }];
    await expect(apply({ version: 1, namespaces: { blue: { mdb } } })).rejects.toThrow(
      'it must be a multicast address',
    );
    const dangling = { version: 1, namespaces: { blue: { links: {}, mdb: [{ ...mdb[0], group: '239.1.1.1' }] } } };
    await expect(apply(dangling as NetworkDocument)).rejects.toThrow(/br0|p9/);
    expect(namesLeft()).toEqual([]);
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
