import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { NetworkNamespace } from '../../src/api/network-namespace.ts';
import { apply } from '../../src/document/apply.ts';
import { describe as describeNetworks } from '../../src/document/describe.ts';
import type { NetworkDocument } from '../../src/document/document.ts';
import { sectionNames } from '../../src/document/section-names.ts';
import type { Step } from '../../src/document/step.ts';
import { ApplyError, type DocumentError, NetlinkError, UnsupportedError } from '../../src/errors.ts';
import { createNames } from '../../src/namespaces/named.ts';
import { removeNames } from '../../src/namespaces/names.ts';
import { openNamespace } from '../../src/namespaces/reference.ts';
import { openNetwork } from '../../src/network/network.ts';
import { answer, answerJson, command, namesLeft, netns } from './support/cli.ts';
import { emptyRunDirectory } from './support/run-directories.ts';
import { straceMissing, trace } from './support/strace.ts';

const temporary = mkdtempSync(join(tmpdir(), 'netns-document-'));
afterAll(() => rmSync(temporary, { recursive: true }));

afterEach(async () => {
  if (namesLeft().length > 0) emptyRunDirectory();
  // The kernel takes a namespace apart a while after its end, and only then is its id free.
  using network = openNetwork();
  await expect.poll(async () => (await network.nsids.list()).length, { timeout: 20_000 }).toBe(0);
});

const all: NetworkDocument = {
  version: 1,
  namespaces: {
    blue: {
      links: {
        lo: {},
        br0: { kind: 'bridge', data: { forwardDelay: 400 } },
        eth0: {
          kind: 'veth',
          peer: { namespace: 'red', link: 'eth0' },
          mtu: 1400,
          master: 'br0',
          port: { kind: 'bridge', data: { isolated: true } },
        },
        vx0: { kind: 'vxlan', data: { id: 7, port: 4789, group: '10.0.0.2' }, link: 'br0', mtu: 1350 },
        mv0: { kind: 'macvlan', link: 'br0', data: { mode: 'bridge' }, up: false },
        ifb0: { kind: 'ifb', alias: 'two words', group: 7 },
      },
      addresses: [
        { link: 'br0', address: '10.0.0.1/24' },
        { link: 'br0', address: '2001:DB8::1/64', noDad: true },
        { link: 'mv0', address: '10.7.0.1', peer: '10.7.0.2/32' },
      ],
      nexthops: [
        { id: 1, gateway: '10.0.0.2', link: 'br0' },
        { id: 2, gateway: '10.0.0.3', link: 'br0' },
        { id: 10, group: [{ id: 1 }, { id: 2, weight: 2 }] },
      ],
      routes: [
        { destination: 'default', gateway: '10.0.0.254' },
        { destination: '192.0.2.0/24', nexthop: 10 },
        {
          destination: '198.51.100.0/24',
          nexthops: [{ gateway: '10.0.0.5' }, { gateway: '10.0.0.6', weight: 3 }],
          metric: 7,
          metrics: { mtu: 1300 },
        },
        { destination: '2001:db8:1::/48', gateway: '2001:db8::2' },
        { destination: '203.0.113.0/24', type: 'blackhole', table: 100 },
      ],
      rules: [{ priority: 100, from: '10.0.0.0/24', table: 100 }],
      neighbours: [
        { link: 'br0', address: '10.0.0.77', linkAddress: '02:00:00:00:00:77' },
        { link: 'br0', address: '10.0.0.78', proxy: true },
      ],
    },
    red: { addresses: [{ link: 'eth0', address: '10.0.0.2/24' }] },
  },
};

/** From that to this nearly everything has to change, in every way that there is. */
const other: NetworkDocument = {
  version: 1,
  namespaces: {
    blue: {
      links: {
        br0: { kind: 'bridge', data: { forwardDelay: 300 } },
        eth0: { kind: 'veth', peer: { namespace: 'red', link: 'eth0' }, mtu: 1300, alias: 'changed' },
        vx0: { kind: 'vxlan', data: { id: 8, port: 4789, group: '10.0.0.2' }, link: 'br0', mtu: 1250 },
        eth1: { kind: 'veth', peer: { namespace: 'green', link: 'eth0' }, master: 'br0' },
      },
      addresses: [
        { link: 'eth0', address: '10.0.0.1/24', label: 'eth0:x' },
        { link: 'br0', address: '10.8.0.1/24' },
      ],
      nexthops: [{ id: 1, gateway: '10.0.0.9', link: 'eth0' }],
      routes: [
        { destination: 'default', gateway: '10.0.0.253', link: 'eth0' },
        { destination: '192.0.2.0/24', nexthop: 1 },
      ],
      rules: [{ priority: 100, from: '10.0.0.0/24', table: 101 }],
      neighbours: [{ link: 'eth0', address: '10.0.0.77', linkAddress: '02:00:00:00:00:78' }],
    },
    red: { links: { lo: {}, eth0: { kind: 'veth', peer: { namespace: 'blue', link: 'eth0' } } }, routes: [] },
    green: { addresses: [{ link: 'eth0', address: '10.8.0.2/24' }] },
  },
};

const commandsOf = (steps: readonly Step[]) => steps.flatMap(({ commands }) => commands);
const names = ['blue', 'red'];
/** Without sysctls, of which there are a thousand. */
const seen = { sections: sectionNames.filter((name) => name !== 'sysctls') };

describe('apply', () => {
  it('makes namespaces with all between them, does nothing the second time, and makes the same of what describe gives', async () => {
    expect(commandsOf(await apply(all)).length).toBeGreaterThan(20);
    expect(commandsOf(await apply(all))).toEqual([]);
    const described = await describeNetworks(names);
    expect(commandsOf(await apply(described))).toEqual([]);
    removeNames(names);
    await apply(described);
    expect(await describeNetworks(names)).toEqual(described);
  });

  it('leads to anything from anything, and leaves alone what the document is silent about', async () => {
    await apply(all);
    await apply(other);
    expect(commandsOf(await apply(other))).toEqual([]);
    const { namespaces } = await describeNetworks(['red']);
    expect(namespaces.red?.addresses).toEqual([{ link: 'eth0', address: '10.0.0.2/24' }]);
    await apply(all);
    expect(commandsOf(await apply(all))).toEqual([]);
    expect(Object.keys((await describeNetworks(['green'])).namespaces.green?.links ?? {})).toEqual(['lo']);
  });

  it('sees to an end of a veth that only the other end names, also where all that is written is there', async () => {
    createNames(['blue', 'red']);
    const ends = { lo: {}, eth0: { kind: 'veth', peer: { namespace: 'red', link: 'eth0' } } };
    const document: NetworkDocument = { version: 1, namespaces: { blue: { links: ends } } };
    await apply(document);
    const described = await describeNetworks(['blue'], { sections: ['links'] });
    expect(await apply(described)).toEqual([]);
    using red = openNamespace('red', 'net');
    using network = openNetwork(red);
    await network.links.set('eth0', { up: false });
    expect(commandsOf(await apply(described))).toEqual(['ip -n red link set eth0 up']);
    expect((await network.links.get('eth0')).up).toBe(true);
  });

  it('makes again what goes with a device that is made anew, also where the document is silent', async () => {
    await apply(all);
    const { br0: _, ...links } = all.namespaces.blue?.links ?? {};
    const before = await describeNetworks(['blue'], { sections: ['addresses', 'routes', 'nexthops', 'neighbours'] });
    const eth0 = { ...links.eth0, master: undefined, port: undefined };
    await apply({ version: 1, namespaces: { blue: { links: { ...links, br0: { kind: 'ifb' }, eth0 } } } });
    expect(await describeNetworks(['blue'], { sections: ['addresses', 'routes', 'nexthops', 'neighbours'] })).toEqual(
      before,
    );
  });

  it('makes everything as it was, whichever step fails', async () => {
    await apply(all);
    const before = await describeNetworks(names, seen);
    const steps = await apply(other, { dryRun: true });
    expect(steps.length).toBeGreaterThan(20);
    expect(await describeNetworks(names, seen)).toEqual(before);
    for (const failing of steps.keys()) {
      const refusal = apply(other, {
        onStep: (_, index) => {
          if (index === failing) throw new Error(`step ${index} is not to be`);
        },
      });
      await expect(refusal).rejects.toThrow(`step ${failing} is not to be; everything is again as it was`);
      expect(await describeNetworks(names, seen), commandsOf(steps)[failing]).toEqual(before);
      expect(namesLeft().sort()).toEqual(names);
    }
    await apply(other);
    expect(commandsOf(await apply(other))).toEqual([]);
  });

  it('makes everything as it was when the kernel refuses something', async () => {
    await apply(all);
    const before = await describeNetworks(names, seen);
    const routes = [{ destination: '192.0.9.0/24', gateway: '10.99.0.1' }];
    const refusal = await apply({ version: 1, namespaces: { blue: { addresses: [], routes }, green: {} } }).catch(
      (e) => e,
    );
    expect(refusal).toBeInstanceOf(ApplyError);
    expect(refusal).toMatchObject({ rolledBack: true, remaining: [] });
    expect(refusal.cause).toBeInstanceOf(NetlinkError);
    expect(refusal.message).toMatch(/^cannot apply: cannot add route 192.0.9.0\/24: Network is unreachable/);
    expect(await describeNetworks(names, seen)).toEqual(before);
    expect(namesLeft().sort()).toEqual(names);
  });

  it('finds out before it does anything what cannot be', async () => {
    const refused = (blue: object) => apply({ version: 1, namespaces: { blue } } as NetworkDocument).catch((e) => e);
    const problems = async (blue: object) =>
      ((await refused(blue)) as DocumentError).problems.map(({ message }) => message);
    expect(await problems({ addresses: [{ link: 'eth7', address: '10.0.0.1/24' }] })).toEqual([
      "there is no device 'eth7'",
    ]);
    expect(await problems({ links: { eth0: { mtu: 1400 } } })).toEqual([
      "there is no device 'eth0', and without a kind it cannot be made",
    ]);
    expect(await problems({ routes: [{ destination: 'default', nexthop: 9 }] })).toEqual(['there is no nexthop 9']);
    expect(await problems({ links: { eth0: { kind: 'veth', peer: { outside: true } } } })).toEqual([
      'a device whose other end is outside cannot be made',
    ]);
    const links = { eth0: { kind: 'bridge' } };
    expect(await problems({ links, shaping: { eth9: { qdiscs: [{ kind: 'pfifo' }] } } })).toEqual([
      "there is no device 'eth9': did you mean 'eth0'?",
    ]);
    expect(await problems({ vlans: { br0: [{ vlan: 7 }] } })).toEqual(["there is no device 'br0'"]);
    expect(namesLeft()).toEqual([]);
    const nothing = await refused({ links: { x: { kind: 'bareudp', data: { port: 1, ethertype: 2048 } } } });
    if (!Array.isArray(nothing)) expect(nothing).toBeInstanceOf(UnsupportedError);
  });

  it('does nothing when something has changed since the plan was made', async () => {
    await apply(all);
    const since = await describeNetworks(names);
    {
      using blue = openNamespace('blue');
      using network = openNetwork(blue);
      await network.routes.add({ destination: '192.0.77.0/24', type: 'blackhole' });
    }
    await expect(apply(other, { since })).rejects.toThrow('namespace blue has changed since the plan was made');
    await apply(other, { since: await describeNetworks(names) });
  });

  it('describes this very namespace as `.`, with the other ends of its veths', async () => {
    await apply({
      version: 1,
      namespaces: { blue: { links: { eth0: { kind: 'veth', peer: { namespace: '.', link: 'to-blue' } } } } },
    });
    const { namespaces } = await describeNetworks(['.'], { sections: ['links'] });
    expect(namespaces['.']?.links?.['to-blue']).toMatchObject({
      kind: 'veth',
      peer: { namespace: 'blue', link: 'eth0' },
    });
    expect((await describeNetworks(['blue'])).namespaces.blue?.links?.eth0?.peer).toEqual({
      namespace: '.',
      link: 'to-blue',
    });
    await apply({ version: 1, namespaces: { blue: { links: {} } } });
    expect(Object.keys((await describeNetworks(['.'])).namespaces['.']?.links ?? {})).not.toContain('to-blue');
  });
});

/** As people do it: every kind of entry, in many forms. */
const byHand = `
link set lo up
link add br0 address 02:00:00:00:00:20 type bridge stp_state 0 ageing_time 10000 mcast_snooping 0
link add v0 address 02:00:00:00:00:01 mtu 1400 type veth peer name v1 address 02:00:00:00:00:02
link set v0 master br0
link set v0 type bridge_slave hairpin on learning off
link set v1 alias "the other end" up
link set br0 up
link set v0 up
link add vx0 address 02:00:00:00:00:21 type vxlan id 7 dstport 4789 local 10.0.0.1 remote 10.0.0.9 nolearning ttl 9
link add mv0 link v1 address 02:00:00:00:00:22 type macvlan mode private
link add mt0 link v1 address 02:00:00:00:00:23 txqueuelen 77 type macvtap mode bridge
link add ifb0 address 02:00:00:00:00:24 type ifb
link set mv0 arp off allmulticast on promisc on
address add 10.0.0.1/24 brd + dev br0
address add 10.0.0.2/24 dev br0 label br0:two
address add 10.1.0.1 peer 10.1.0.2/30 scope link dev v1
address add 10.2.0.1/24 dev v1 noprefixroute metric 77
address add 127.0.0.9/8 dev lo
address add 2001:db8::1/64 dev br0 nodad
address add fd00::1/64 dev v1 nodad noprefixroute
route add default via 10.0.0.254 proto static metric 100
route add 192.0.2.0/24 via 10.0.0.5 dev br0 src 10.0.0.2 mtu 1300 initcwnd 20
route add 192.0.3.0/24 dev v1 scope link table 77
route add 192.0.4.0/24 nexthop via 10.0.0.5 weight 2 nexthop via 10.0.0.6 weight 5
route add unreachable 192.0.5.0/24 metric 7
route add prohibit 192.0.6.0/24 tos 0x10
route add local 192.0.7.1 dev lo table local
route add 192.0.8.0/24 via inet6 2001:db8::9 dev br0
route add 192.0.9.0/24 via 10.99.0.1 dev v1 onlink
route add default via 2001:db8::fe dev br0 metric 50 pref high
route add 2001:db8:5::/48 nexthop via 2001:db8::2 nexthop via 2001:db8::3 weight 3
route add blackhole 2001:db8:6::/48
route add 2001:db8:7::/48 dev v1
rule add priority 10 from 10.0.0.0/24 to 192.0.2.0/24 iif br0 fwmark 0x10/0xff table 77
rule add priority 20 not ipproto tcp sport 100-200 dport 80 uidrange 0-0 lookup 77
rule add priority 30 suppress_prefixlength 0 table main
rule add priority 40 nop
rule add priority 50 to 203.0.113.0/24 blackhole
rule add priority 60 from 10.6.0.0/16 table 78
# once there is a carrier
nexthop add id 1 via 10.0.0.7 dev br0
nexthop add id 2 via 10.0.0.8 dev br0
nexthop add id 3 blackhole
nexthop add id 4 via 2001:db8::7 dev br0
nexthop add id 10 group 1,3/2
route add 192.0.10.0/24 nhid 10
route add 2001:db8:8::/48 nhid 4
neigh add 10.0.0.77 lladdr 02:00:00:00:00:77 dev br0
neigh add 2001:db8::77 lladdr 02:00:00:00:00:78 dev br0 router
neigh add proxy 10.0.0.78 dev br0
`;

/** What ip shows, but for what depends on the moment. */
function seenByIp(name: string): Record<string, string[]> {
  const fleeting =
    /^\d+: |@\S+|\b(?:qlen|state|numtxqueues|numrxqueues|\w+_timer|bridge_id|designated_\w+|root_\w+) +\S+|\b(?:linkdown|tentative) /g;
  const shows = ['link', 'address', 'route show table all', 'rule', 'nexthop', 'neigh'];
  const all = [...shows, ...shows.map((show) => `-6 ${show}`)];
  return Object.fromEntries(
    all.map((show) => {
      const words = show.split(' ');
      const six = words[0] === '-6' ? [words.shift() ?? ''] : [];
      const text = execFileSync('ip', [...six, '-n', name, '-d', ...words], { encoding: 'utf8' });
      const lines = text.replace(new RegExp(fleeting, 'gm'), '').split('\n');
      // What the kernel makes by itself comes in its own time.
      return [show, lines.filter((line) => !/proto kernel|fe80|valid_lft/.test(line)).sort()];
    }),
  );
}

describe('export', () => {
  it('describes what ip has made, and apply makes the same of it, for ip as well', async () => {
    const work = mkdtempSync(join(temporary, 'd'));
    const file = join(work, 'batch');
    createNames(['hand']);
    for (const part of byHand.split('# once there is a carrier\n')) {
      writeFileSync(file, part);
      execFileSync('ip', ['-n', 'hand', '-batch', file], { encoding: 'utf8' });
      const bridge = () => execFileSync('ip', ['-n', 'hand', 'link', 'show', 'br0'], { encoding: 'utf8' });
      await expect.poll(bridge).toContain('state UP');
    }
    const before = seenByIp('hand');
    const exported = join(work, 'exported.yaml');
    const document = await answer('export', 'hand');
    writeFileSync(exported, document);
    expect(await answer('apply', exported)).toBe('');
    await answer('del', 'hand');
    expect(await answer('apply', exported)).toContain('ip -n hand link add name br0');
    expect(await answer('export', 'hand')).toBe(document);
    expect(seenByIp('hand')).toEqual(before);

    // The commands of the plan make the same, when a shell runs them.
    const described = await describeNetworks(['hand']);
    await answer('del', 'hand');
    const lines = (await answer('apply', exported, '--dry-run')).split('\n');
    execFileSync('sh', ['-ec', lines.join('\n')], { stdio: ['ignore', 'ignore', 'inherit'] });
    expect(await describeNetworks(['hand'])).toEqual(described);
  });

  it('describes a namespace that is open, named or nameless, for a copy of it', async () => {
    await apply(all);
    using blue = NetworkNamespace.open('blue');
    const { namespaces } = await describeNetworks(['blue']);
    expect(await blue.describe()).toEqual(namespaces.blue);
    expect(await blue.describe({ sections: ['rules'] })).toEqual({ rules: namespaces.blue?.rules });
    using nameless = NetworkNamespace.create();
    await nameless.network.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1', netns: 'red' } });
    await nameless.network.links.add({ kind: 'veth', name: 'w0', peer: { name: 'w1' } });
    const described = await nameless.describe({ sections: ['links'] });
    expect(described).toMatchObject({
      links: { v0: { peer: { namespace: 'red', link: 'v1' } }, w0: { peer: { link: 'w1' } } },
    });
    removeNames(['red']);
    const { v0: _, v1: __, ...links } = described.links ?? {};
    await apply({ version: 1, namespaces: { copy: { ...described, links } } });
    const copy = (await describeNetworks(['copy'], { sections: ['links'] })).namespaces.copy;
    expect(copy).toEqual({ ...described, links });
  });

  it('finds the other ends of veths in hundreds of namespaces that look alike', async () => {
    const many = Array.from({ length: 40 }, (_, index) => `n${index}`);
    createNames(many);
    const namespaces = Object.fromEntries(
      many.map((name, index) => [
        name,
        index % 2 === 0
          ? { links: { eth0: { kind: 'veth', peer: { namespace: `n${index + 1}`, link: 'eth0' } } } }
          : {},
      ]),
    );
    await apply({ version: 1, namespaces });
    const described = await describeNetworks(many, { sections: ['links'] });
    for (const [index, name] of many.entries())
      expect(described.namespaces[name]?.links?.eth0?.peer).toEqual({ namespace: `n${index ^ 1}`, link: 'eth0' });
  });
});

describe('sysctls and firewall', () => {
  const ruleset = [
    { add: { table: { family: 'inet', name: 'filter' } } },
    { add: { set: { family: 'inet', table: 'filter', name: 'ports', type: 'inet_service', elem: [22, 80] } } },
    {
      add: {
        chain: {
          family: 'inet',
          table: 'filter',
          name: 'input',
          type: 'filter',
          hook: 'input',
          prio: 0,
          policy: 'accept',
        },
      },
    },
    {
      add: {
        rule: {
          family: 'inet',
          table: 'filter',
          chain: 'input',
          expr: [
            { match: { op: '==', left: { payload: { protocol: 'tcp', field: 'dport' } }, right: '@ports' } },
            { counter: null },
            { drop: null },
          ],
        },
      },
    },
  ];
  const document = {
    version: 1,
    namespaces: {
      blue: {
        links: { lo: {}, br0: { kind: 'bridge' } },
        sysctls: {
          'net.ipv4.ip_forward': true,
          'net.ipv4.conf.br0.rp_filter': 2,
          'net.ipv4.ip_local_port_range': [20000, 30000],
        },
        firewall: { nftables: ruleset },
      },
    },
  } as const satisfies NetworkDocument;

  it('are made, described, and made again of what is described', async () => {
    await apply(document);
    expect(commandsOf(await apply(document))).toEqual([]);
    const described = await describeNetworks(['blue']);
    expect(described.namespaces.blue?.sysctls).toMatchObject({
      'net.ipv4.conf.br0.rp_filter': 2,
      'net.ipv4.ip_forward': 1,
      'net.ipv4.ip_local_port_range': [20000, 30000],
    });
    expect(described.namespaces.blue?.firewall?.nftables).toHaveLength(4);
    expect(commandsOf(await apply(described))).toEqual([]);
    const listed = execFileSync('ip', ['netns', 'exec', 'blue', 'nft', 'list', 'ruleset'], { encoding: 'utf8' });
    removeNames(['blue']);
    await apply(described);
    expect(await describeNetworks(['blue'])).toEqual(described);
    expect(execFileSync('ip', ['netns', 'exec', 'blue', 'nft', 'list', 'ruleset'], { encoding: 'utf8' })).toBe(listed);
    // The commands of the plan make the same, when a shell runs them.
    removeNames(['blue']);
    const commands = commandsOf(await apply(described, { dryRun: true }));
    execFileSync('sh', ['-ec', commands.join('\n')], { stdio: ['ignore', 'ignore', 'inherit'] });
    expect(await describeNetworks(['blue'])).toEqual(described);
  });

  it('keep what nft has stored of a declaration that has no words here', async () => {
    const place = { family: 'inet', table: 'filter' };
    const set = { ...place, name: 'headers', type: 'ipv4_addr', typeof: { unknown: { expression: 8, data: [] } } };
    const nftables = [{ add: { table: { family: 'inet', name: 'filter' } } }, { add: { set } }];
    await apply({ version: 1, namespaces: { blue: { firewall: { nftables } } } });
    const described = await describeNetworks(['blue']);
    expect(described.namespaces.blue?.firewall?.nftables).toMatchObject([{}, { set }]);
    removeNames(['blue']);
    await apply(described);
    expect(await describeNetworks(['blue'])).toEqual(described);
  });

  it('are as in a new namespace where nothing is said', async () => {
    createNames(['blue']);
    const { namespaces } = await describeNetworks(['blue']);
    expect(namespaces.blue).toMatchObject({ sysctls: {}, firewall: { nftables: [] } });
  });

  it('are again as they were when a later step fails, and refused when the kernel does not take them', async () => {
    await apply(document);
    const before = await describeNetworks(['blue']);
    const changed: NetworkDocument = {
      version: 1,
      namespaces: { blue: { sysctls: { 'net.ipv4.ip_forward': 0 }, firewall: { nftables: ruleset.slice(0, 2) } } },
    };
    for (const failing of (await apply(changed, { dryRun: true })).keys()) {
      const refusal = apply(changed, {
        onStep: (_, index) => {
          if (index === failing) throw new Error('not this one');
        },
      });
      await expect(refusal).rejects.toThrow('not this one; everything is again as it was');
      expect(await describeNetworks(['blue'])).toEqual(before);
    }
    const wrong = { nftables: [{ add: { chain: { family: 'inet', table: 'none', name: 'x' } } }] };
    await expect(apply({ version: 1, namespaces: { blue: { firewall: wrong } } })).rejects.toThrow();
    const none = { 'net.ipv4.no_such_thing': 1 };
    await expect(apply({ version: 1, namespaces: { blue: { sysctls: none } } })).rejects.toThrow(/no_such_thing/);
    expect(await describeNetworks(['blue'])).toEqual(before);
  });

  it('notices that somebody else has changed the ruleset between plan and transaction', async () => {
    await apply(document);
    using blue = openNamespace('blue');
    using network = openNetwork(blue);
    const steps: Promise<void>[] = [];
    const changed: NetworkDocument = {
      version: 1,
      namespaces: { blue: { sysctls: { 'net.ipv4.ip_forward': 0 }, firewall: { nftables: [] } } },
    };
    const refusal = apply(changed, {
      onStep: ({ section }) => {
        if (section === 'sysctls') steps.push(network.firewall.tables.add({ family: 'ip', name: 'other' }));
      },
    });
    await expect(refusal).rejects.toThrow('somebody else has changed the ruleset since it was read');
    await Promise.all(steps);
    expect((await network.firewall.tables.list()).map(({ name }) => name)).toContain('other');
  });

  it('takes a set of very many elements, does nothing the second time, and changes one of them', async () => {
    const elem = Array.from({ length: 20_000 }, (_, at) => `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`);
    const own = { family: 'inet', table: 't' };
    const filled = (elements: readonly string[]): NetworkDocument => {
      const set = { ...own, name: 's', type: 'ipv4_addr', elem: elements };
      const nftables = [{ add: { table: { family: 'inet', name: 't' } } }, { add: { set } }];
      return { version: 1, namespaces: { blue: { firewall: { nftables } } } };
    };
    await apply(filled(elem));
    expect(await apply(filled(elem))).toEqual([]);
    expect(await apply(filled([...elem.slice(1), '10.255.0.1']))).toHaveLength(1);
    const { namespaces } = await describeNetworks(['blue']);
    const nftables = namespaces.blue?.firewall?.nftables as { set?: { elem: readonly string[] } }[] | undefined;
    expect(new Set(nftables?.[1]?.set?.elem)).toEqual(new Set([...elem.slice(1), '10.255.0.1']));
  });
});

describe('shaping', () => {
  const shaped: NetworkDocument = {
    version: 1,
    namespaces: {
      blue: {
        links: { lo: {}, eth0: { kind: 'bridge' }, ifb0: { kind: 'ifb' } },
        shaping: {
          eth0: {
            qdiscs: [{ kind: 'htb', handle: '1:', options: { defaultClass: '10' } }, { kind: 'clsact' }],
            classes: [{ kind: 'htb', handle: '1:10', options: { rate: 10e6, ceiling: 20e6 } }],
            filters: [
              {
                parent: 'ingress',
                protocol: 'ip',
                priority: 1,
                kind: 'u32',
                actions: [{ kind: 'mirred', mode: 'redirect', link: 'ifb0' }],
              },
            ],
          },
          ifb0: { qdiscs: [{ kind: 'tbf', handle: '2:', options: { rate: 10e6, burst: 15_000, latency: 50 } }] },
        },
      },
    },
  };

  it('is made, described, made again of what is described, and taken away', async () => {
    await apply(shaped);
    expect(commandsOf(await apply(shaped))).toEqual([]);
    const described = await describeNetworks(['blue']);
    expect(Object.keys(described.namespaces.blue?.shaping ?? {}).sort()).toEqual(['eth0', 'ifb0']);
    removeNames(['blue']);
    await apply(described);
    expect(await describeNetworks(['blue'])).toEqual(described);
    const less: NetworkDocument = { version: 1, namespaces: { blue: { shaping: {} } } };
    expect(await apply(less)).toHaveLength(2);
    expect((await describeNetworks(['blue'])).namespaces.blue?.shaping).toEqual({});
  });
});

describe('the command', () => {
  it('says what it would do, does it, and says what is wrong with line and column', async () => {
    const file = join(mkdtempSync(join(temporary, 'd')), 'lab.yaml');
    writeFileSync(file, 'version: 1\nnamespaces:\n  blue:\n    links:\n      br0: { kind: bridge }\n');
    expect(await answer('apply', file, '--dry-run')).toBe(
      'ip netns add blue\nip -n blue link add name br0 up type bridge\n',
    );
    expect(namesLeft()).toEqual([]);
    const { done, steps } = await answerJson<{ done: boolean; steps: Step[] }>('apply', file);
    expect({ done, count: steps.length }).toEqual({ done: true, count: 2 });
    writeFileSync(
      file,
      'version: 1\nnamespaces:\n  blue:\n    adresses:\n      - { link: br0, address: 10.0.0.1/24 }\n    routes:\n      - { destination: default, link: br1 }\n',
    );
    expect(await netns('apply', file)).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: `netns: ${file}:4:5: namespaces.blue.adresses: 'adresses' is not known here: did you mean 'addresses'?\n`,
    });
    writeFileSync(file, 'version: 1\nnamespaces:\n  blue:\n    routes:\n      - { destination: default, link: br1 }\n');
    expect(await netns('apply', file)).toMatchObject({
      exitCode: 1,
      stderr: `netns: ${file}:5:39: namespaces.blue.routes.0.link: there is no device 'br1': did you mean 'br0'?\n`,
    });
  });

  it.skipIf(straceMissing())('killed half-way, leaves what a second apply makes whole', async () => {
    const work = mkdtempSync(join(temporary, 'd'));
    const file = join(work, 'lab.json');
    const log = join(work, 'log');
    writeFileSync(file, JSON.stringify(all));
    const { calls } = await trace([command, 'apply', file], log, { calls: ['sendto', 'sendmsg'] });
    const name = calls.at(-1)?.name ?? 'sendto';
    removeNames(names);
    for (const part of [0.45, 0.6, 0.75]) {
      const when = Math.floor(calls.filter((call) => call.name === name).length * part);
      const { signal } = await trace([command, 'apply', file], log, {
        calls: [name],
        inject: [`${name}:signal=SIGKILL:when=${when}`],
      });
      expect(signal ?? 'SIGKILL').toBe('SIGKILL');
      await apply(all);
      expect(commandsOf(await apply(all))).toEqual([]);
      removeNames(names);
    }
  });
});
