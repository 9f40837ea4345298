import { describe, expect, it } from 'vitest';
import { NetworkNamespace } from '../../src/api/network-namespace.ts';
import { InvalidArgumentError, NetlinkError, UnsupportedError } from '../../src/errors.ts';
import type { QdiscSpec } from '../../src/network/shaping/qdiscs.ts';
import { runIn, shown } from './support/twin-networks.ts';

/** A namespace with a cable whose ends are `v0` and `v1`. */
async function cabled(): Promise<NetworkNamespace> {
  const ns = NetworkNamespace.create();
  await ns.network.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1' } });
  return ns;
}

describe('queueing disciplines', () => {
  it('of every kind that this kernel has are made, shown by tc, and read back', async () => {
    using ns = await cabled();
    const { qdiscs } = ns.network;
    const specs: readonly (QdiscSpec & { readonly shown: object; readonly reads?: object })[] = [
      { link: 'v0', kind: 'pfifo', options: { limit: 10 }, shown: { limit: 10 } },
      { link: 'v0', kind: 'bfifo', options: { limit: 5000 }, shown: { limit: 5000 } },
      {
        link: 'v0',
        kind: 'tbf',
        options: { rate: 10e6, burst: 15_000, latency: 50 },
        shown: { rate: 1_250_000, burst: 15_000, lat: 50_000 },
      },
      {
        link: 'v0',
        kind: 'tbf',
        options: { rate: 50e9, burst: 1e6, limit: 3e6, peakRate: 60e9, peakBurst: 9000 },
        shown: { rate: 6_250_000_000 },
        reads: { rate: 50e9, limit: 3e6, peakRate: 60e9 }, // so fast, a burst is as exact as the kernel's clock
      },
      {
        link: 'v0',
        kind: 'htb',
        options: { defaultClass: '20', rateToQuantum: 5 },
        shown: { default: '0x20', r2q: 5 },
      },
      { link: 'v0', kind: 'prio', options: { bands: 4 }, shown: { bands: 4 } },
      {
        link: 'v0',
        kind: 'netem',
        options: { delay: 50, jitter: 5, distribution: 'normal', loss: 0.01 },
        shown: { 'loss-random': { loss: 0.01, correlation: 0 } },
      },
      { link: 'v0', kind: 'fq_codel', options: { limit: 1000, target: 10 }, shown: { limit: 1000, target: 9999 } },
      { link: 'v0', kind: 'fq', options: { limit: 500, maximumRate: 1e6 }, shown: { limit: 500, maxrate: 125_000 } },
      { link: 'v0', kind: 'cake', options: { bandwidth: 20e6, nat: true }, shown: { bandwidth: 2_500_000, nat: true } },
      { link: 'v0', kind: 'sfq', options: { limit: 100, perturb: 10 }, shown: { limit: 100, perturb: 10 } },
    ];
    let made = 0;
    for (const { shown: expected, reads, ...spec } of specs) {
      try {
        await qdiscs.replace({ ...spec, handle: '1:' });
      } catch (error) {
        if (!(error instanceof UnsupportedError)) throw error;
        expect(error.message).toMatch(/the qdisc \w+.*CONFIG_NET_SCH_/);
        continue;
      }
      made++;
      const [theirs] = (await shown(ns, 'tc -j qdisc show dev v0')) as { options: object }[];
      expect(theirs).toMatchObject({ kind: spec.kind, handle: '1:', root: true, options: expected });
      const [own] = await qdiscs.list({ link: 'v0' });
      expect(own).toMatchObject({ kind: spec.kind, handle: '1:', parent: 'root' });
      expect(own?.statistics).toMatchObject({ bytes: 0n, packets: 0n, drops: 0n });
      const options = reads ?? (spec as { readonly options?: object }).options;
      if (spec.kind !== 'netem') expect(own).toMatchObject({ options });
      await qdiscs.delete(own ?? spec);
      await qdiscs.add(own ?? spec); // what was listed can be made as it is
      await qdiscs.delete(spec);
    }
    expect(made).toBeGreaterThan(4);
  });

  it('are changed, found and refused', async () => {
    using ns = await cabled();
    const { qdiscs } = ns.network;
    await qdiscs.add({ link: 'v0', handle: '1:', kind: 'pfifo', options: { limit: 10 } });
    await qdiscs.set({ link: 'v0', handle: '1:', kind: 'pfifo', options: { limit: 20 } });
    expect((await qdiscs.list({ link: 'v0', kind: 'pfifo' }))[0]).toMatchObject({ options: { limit: 20 } });
    expect(await qdiscs.list({ link: 'v1', defaults: false })).toEqual([]);
    await expect(qdiscs.add({ link: 'v0', handle: '1:', kind: 'pfifo' })).rejects.toThrow(
      /add qdisc pfifo on v0: .*EEXIST/,
    );
    await expect(qdiscs.set({ link: 'v1', parent: '9:', kind: 'pfifo' })).rejects.toThrow(NetlinkError);
    await expect(qdiscs.add({ link: 'v0', parent: 'nonsense', kind: 'pfifo' })).rejects.toThrow(InvalidArgumentError);
    await expect(qdiscs.add({ link: 'nobody', kind: 'pfifo' })).rejects.toThrow('ENODEV');
    const slow = { link: 'v1', kind: 'tbf' as const };
    for (const options of [
      { rate: -1, burst: 1000, limit: 1000 },
      { rate: Number.NaN, burst: 1000, limit: 1000 },
      { rate: 1e6, burst: 0, limit: 1000 },
      { rate: 1e6, burst: 1000 },
      { rate: 1e6, burst: 1000, limit: 1000, peakRate: 1e6 },
    ])
      await expect(qdiscs.add({ ...slow, options })).rejects.toThrow(InvalidArgumentError);
    await expect(qdiscs.add({ link: 'v1', kind: 'netem', options: { loss: 1.5 } })).rejects.toThrow('options.loss');
    const unknown = { link: 'v1', kind: 'other', name: 'nonsense' } as const;
    await expect(qdiscs.add(unknown)).rejects.toThrow(UnsupportedError);
    for (const many of [qdiscs.addAll([unknown]), qdiscs.replaceAll([unknown])])
      await expect(many).rejects.toMatchObject({ errors: [expect.any(UnsupportedError)] });
    expect(await qdiscs.flush({ link: 'v0', defaults: false })).toBe(1);
  });

  it('hold packets back, and count them', async () => {
    using ns = await cabled();
    const { qdiscs, links, addresses, neighbours } = ns.network;
    await links.set('v1', { up: true });
    await links.set('v0', { up: true });
    await addresses.add({ link: 'v0', address: '192.0.2.1/24' });
    await neighbours.add({ link: 'v0', address: '192.0.2.2', linkAddress: '02:00:00:00:00:02' });
    await qdiscs.add({ link: 'v0', kind: 'tbf', options: { rate: 8000, burst: 2000, limit: 1000 } });
    const socket = ns.dgram.createSocket('udp4');
    const send = () => new Promise<void>((resolve) => socket.send(Buffer.alloc(900), 9, '192.0.2.2', () => resolve()));
    for (let n = 0; n < 10; n++) await send();
    socket.close();
    const [own] = await qdiscs.list({ link: 'v0' });
    const { packets = 0n, drops = 0n, queued = 0n } = own?.statistics ?? {};
    expect(packets).toBeGreaterThan(0n);
    expect(drops).toBeGreaterThan(0n);
    expect(queued).toBeGreaterThan(0n);
  });
});

describe('classes', () => {
  it('are made below a qdisc and each other', async () => {
    using ns = await cabled();
    const { qdiscs, classes } = ns.network;
    await qdiscs.add({ link: 'v0', handle: '1:', kind: 'htb', options: { defaultClass: '1:20' } });
    await classes.add({ link: 'v0', handle: '1:1', kind: 'htb', options: { rate: 100e6 } });
    await classes.add({
      link: 'v0',
      parent: '1:1',
      handle: '1:10',
      kind: 'htb',
      options: { rate: 20e6, ceiling: 50e6, burst: 15_000, ceilingBurst: 20_000, priority: 3, quantum: 20_000 },
    });
    await classes.add({ link: 'v0', parent: '1:1', handle: '1:20', kind: 'htb', options: { rate: 50e9 } });
    await qdiscs.add({ link: 'v0', parent: '1:10', handle: '100:', kind: 'pfifo', options: { limit: 5 } });
    const listed = await classes.list({ link: 'v0' });
    expect(listed.map(({ handle, parent, leaf }) => [handle, parent, leaf]).sort()).toEqual([
      ['1:1', '1:', undefined],
      ['1:10', '1:1', '100:'],
      ['1:20', '1:1', undefined],
    ]);
    const ten = listed.find(({ handle }) => handle === '1:10');
    expect(ten).toMatchObject({
      kind: 'htb',
      options: { rate: 20e6, ceiling: 50e6, burst: 15_000, ceilingBurst: 20_000, priority: 3, quantum: 20_000 },
      details: { lends: 0, borrows: 0 },
    });
    const theirs = await runIn(ns, 'tc -d class show dev v0');
    expect(theirs).toMatch(
      /class htb 1:10 .* prio 3 quantum 20000 rate 20Mbit ceil 50Mbit .* burst 15000b.* cburst 20000b/,
    );
    expect(theirs).toMatch(/class htb 1:20 .* rate 50Gbit/);
    await classes.set({ link: 'v0', parent: '1:1', handle: '1:20', kind: 'htb', options: { rate: 8e6 } });
    expect((await classes.list({ link: 'v0', parent: '1:1' })).map(({ handle }) => handle).sort()).toEqual([
      '1:10',
      '1:20',
    ]);
    await classes.delete({ link: 'v0', handle: '1:20', kind: 'htb' });
    await expect(classes.delete({ link: 'v0', handle: '1:20', kind: 'htb' })).rejects.toThrow('ENOENT');
    await expect(classes.list({} as never)).rejects.toThrow('link');
  });
});

describe('one thing alone', () => {
  it('is asked for by its place and number', async () => {
    using ns = await cabled();
    const { qdiscs, classes, filters } = ns.network;
    await qdiscs.add({ link: 'v0', handle: '1:', kind: 'htb', options: {} });
    await classes.add({ link: 'v0', handle: '1:10', kind: 'htb', options: { rate: 20e6 } });
    await qdiscs.add({ link: 'v0', parent: '1:10', handle: '10:', kind: 'pfifo', options: { limit: 7 } });
    expect(await qdiscs.get({ link: 'v0' })).toMatchObject({ kind: 'htb', handle: '1:', parent: 'root' });
    for (const place of [{ handle: '10:' }, { parent: '1:10' }, { parent: '1:10', handle: '10:' }])
      expect(await qdiscs.get({ link: 'v0', ...place })).toMatchObject({ kind: 'pfifo', options: { limit: 7 } });
    await expect(qdiscs.get({ link: 'v0', handle: '77:' })).rejects.toThrow(/find qdisc 77: on v0: .*ENOENT/);
    await expect(qdiscs.get({ link: 'v1' })).rejects.toThrow(/find qdisc root on v1: .*(ENOENT|EINVAL)/);
    await expect(qdiscs.get({ link: 'v0', handle: 'nonsense' })).rejects.toThrow(InvalidArgumentError);

    expect(await classes.get('v0', '1:10')).toMatchObject({ kind: 'htb', leaf: '10:', options: { rate: 20e6 } });
    await expect(classes.get('v0', '1:77')).rejects.toThrow(/find class 1:77 on v0: .*ENOENT/);

    const place = { link: 'v0', parent: '1:', protocol: 'ip', priority: 5, kind: 'u32' } as const;
    await filters.add({ ...place, classId: '1:10', options: { matches: [{ value: 1, mask: 1, at: 16 }] } });
    const listed = (await filters.list({ link: 'v0', parent: '1:' })).find(({ classId }) => classId !== undefined);
    const { handle = 0, options } = listed as { handle?: number; options?: object };
    expect(await filters.get({ ...place, handle })).toMatchObject({ handle, classId: '1:10', protocol: 'ip', options });
    await expect(filters.get({ ...place, handle: handle + 1 })).rejects.toThrow(/find filter u32 on v0 1:.*ENOENT/);
    await expect(filters.get({ ...place, priority: 6, handle })).rejects.toThrow(NetlinkError);
  });

  it('says whether it is a chain of filters, which may have a template', async () => {
    using ns = await cabled();
    const { qdiscs, chains, filters } = ns.network;
    await qdiscs.add({ link: 'v0', kind: 'clsact', ingressBlock: 7 });
    await qdiscs.add({ link: 'v1', kind: 'clsact' });
    const place = { link: 'v1', parent: 'ingress' };
    await chains.add({ ...place, chain: 5 });
    await chains.add({ block: 7, chain: 6 });
    expect(await shown(ns, 'tc -j chain show dev v1 ingress')).toMatchObject([{ chain: 5 }]);
    expect(await chains.list({ block: 7 })).toMatchObject([{ block: 7, chain: 6, template: undefined }]);
    expect((await chains.list(place)).map(({ parent, chain }) => [parent, chain])).toEqual([['ingress', 5]]);
    expect(await chains.list({ ...place, chain: 4 })).toEqual([]);
    expect(await chains.get({ ...place, chain: 5 })).toMatchObject({ parent: 'ingress', chain: 5 });
    await expect(chains.get({ ...place, chain: 4 })).rejects.toThrow(/find chain 4 on v1 ingress/);
    await expect(chains.add({ ...place, chain: 5 })).rejects.toThrow('EEXIST');
    await expect(chains.add({ chain: 5 })).rejects.toThrow(InvalidArgumentError);
    await filters.add({ ...place, chain: 9, protocol: 'ip', priority: 1, kind: 'u32' });
    expect((await chains.list(place)).map(({ chain }) => chain).sort()).toEqual([5, 9]);
    await chains.delete({ ...place, chain: 5 });
    const template = { kind: 'flower', protocol: 'ip', options: { to: '0.0.0.0/8', ipProtocol: 6 } } as const;
    try {
      await chains.add({ ...place, chain: 8, template });
    } catch (error) {
      expect(error).toBeInstanceOf(UnsupportedError);
      return;
    }
    const made = await chains.get({ ...place, chain: 8 });
    expect(made).toMatchObject({ template: { kind: 'flower', protocol: 'ip', options: { to: '0.0.0.0/8' } } });
    await chains.delete(made);
    await chains.add(made); // what was found can be made as it is
    const seven = { ...place, chain: 8, protocol: 'ip', priority: 1, kind: 'flower' } as const;
    await expect(filters.add({ ...seven, options: { from: '10.0.0.0/8' } })).rejects.toThrow(NetlinkError);
    await filters.add({ ...seven, options: { to: '10.0.0.0/8', ipProtocol: 6 } });
  });
});

describe('filters and actions', () => {
  it('send packets elsewhere', async () => {
    using ns = await cabled();
    const { qdiscs, filters } = ns.network;
    await qdiscs.add({ link: 'v0', kind: 'clsact' });
    const spec = {
      link: 'v0',
      parent: 'ingress',
      protocol: 'ip',
      priority: 5,
      kind: 'u32',
      options: { matches: [{ value: 0x0a000001, mask: 0xffffffff, at: 16 }] },
      actions: [{ kind: 'mirred', mode: 'mirror', link: 'v1' }],
    } as const;
    await filters.add(spec);
    const [own] = (await filters.list({ link: 'v0', parent: 'ingress' })).filter(({ actions }) => actions);
    const v1 = (await ns.network.links.get('v1')).index;
    expect(own).toMatchObject({
      ...spec,
      link: expect.any(Number),
      actions: [{ kind: 'mirred', mode: 'mirror', link: v1 }],
    });
    const theirs = JSON.stringify(await shown(ns, 'tc -j filter show dev v0 ingress'));
    expect(theirs).toContain('"value":"a000001","mask":"ffffffff"');
    expect(theirs).toContain('"mirred_action":"mirror"');
    await filters.delete(own ?? spec);
    expect((await filters.list({ link: 'v0', parent: 'ingress' })).filter(({ actions }) => actions)).toEqual([]);
  });

  it('say what this kernel lacks, and what is wrong', async () => {
    using ns = await cabled();
    const { qdiscs, filters } = ns.network;
    await qdiscs.add({ link: 'v0', kind: 'clsact' });
    const place = { link: 'v0', parent: 'egress' } as const;
    const works = async (work: Promise<void>) =>
      work.catch((error: unknown) => expect(error).toBeInstanceOf(UnsupportedError));
    await works(
      filters.add({
        ...place,
        protocol: 'ip',
        kind: 'flower',
        options: { to: '10.0.0.0/8', ipProtocol: 6, destinationPort: 80 },
      }),
    );
    await works(filters.add({ ...place, kind: 'matchall', actions: [{ kind: 'gact', verdict: 'pass' }] }));
    await expect(filters.add({ ...place, kind: 'other', name: 'nonsense' })).rejects.toThrow(UnsupportedError);
    const many = filters.addAll([{ ...place, kind: 'other', name: 'nonsense' }]);
    await expect(many).rejects.toMatchObject({ errors: [expect.any(UnsupportedError)] });
    await expect(filters.add({ ...place, kind: 'flower', options: { to: 'nonsense' } })).rejects.toThrow('options.to');
    await expect(
      filters.add({ ...place, kind: 'u32', options: { matches: [{ value: 0, mask: 1, at: 3 }] } }),
    ).rejects.toThrow('at');
    await expect(filters.list({} as never)).rejects.toThrow('link');
  });

  it('stand for themselves, where the machine lets them', async ({ skip }) => {
    using ns = await cabled();
    const { actions } = ns.network;
    const spec = { kind: 'mirred', mode: 'redirect', link: 'v1', index: 3 } as const;
    try {
      await actions.add(spec);
    } catch (error) {
      // The kernel asks for a right over the machine, which nobody has in a user namespace of their own.
      expect(error).toMatchObject({ code: 'EPERM' });
      skip('changing actions needs CAP_NET_ADMIN over the machine');
    }
    await actions
      .add({ kind: 'police', rate: 1e6, burst: 10_000, index: 7 })
      .catch((error: unknown) => expect(error).toBeInstanceOf(UnsupportedError));
    expect(await actions.list('mirred')).toMatchObject([{ ...spec, link: expect.any(Number), direction: 'egress' }]);
    expect(await actions.get('mirred', 3)).toMatchObject({ ...spec, link: expect.any(Number) });
    await actions.delete('mirred', 3);
    await expect(actions.get('mirred', 3)).rejects.toThrow(/find mirred action 3: .*ENOENT/);
    await actions.flush('mirred');
    expect(await actions.list('mirred')).toEqual([]);
  });
});
