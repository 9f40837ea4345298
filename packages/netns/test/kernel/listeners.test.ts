import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { NetworkNamespace } from '../../src/api/network-namespace.ts';
import { census } from '../../src/inspect/census.ts';
import { type Listening, listeners } from '../../src/inspect/listeners.ts';
import { answer, answerJson, end, namesLeft, netns, startNetns } from './support/cli.ts';
import { UserSession } from './support/ordinary-user.ts';
import { emptyRunDirectory } from './support/run-directories.ts';

afterEach(() => {
  if (namesLeft().length > 0) emptyRunDirectory();
});

const programFor = (address: string) => `
  const server = require('node:net').createServer().listen(8000, '${address}', () => console.log('here'));
  process.stdin.on('end', () => process.exit(0)).resume();`;

interface Place {
  /** The first three parts of their addresses. */
  readonly net: string;
  /** Of the namespace that only a listening socket keeps, and its port. */
  readonly hidden: number;
  readonly port: number;
  /** The process that listens in `web`. */
  readonly pid: number;
}

/** `web` has a process that listens; another namespace nothing but a socket of ours; `router` publishes both. */
async function withListeners(use: (place: Place) => Promise<void>): Promise<void> {
  // An address counts if one namespace of the machine has it: not one that another test has, too.
  const net = `100.${64 + randomInt(64)}.${randomInt(256)}`;
  using router = NetworkNamespace.createNamed('router');
  using web = NetworkNamespace.createNamed('web');
  const dark = NetworkNamespace.create();
  let server: Server | undefined;
  let child: ReturnType<typeof startNetns> | undefined;
  try {
    const { links } = router.network;
    await links.add({ kind: 'veth', name: 'p-web', peer: { name: 'eth0', netns: web } });
    await links.add({ kind: 'veth', name: 'p-dark', peer: { name: 'eth0', netns: dark } });
    await web.network.addresses.add({ link: 'eth0', address: `${net}.2/24` });
    await dark.network.addresses.add({ link: 'eth0', address: `${net}.3/24` });
    await router.network.firewall.load(rulesetFor(`${net}.2`));
    server = dark.net.createServer().listen(0);
    await once(server, 'listening');
    child = startNetns(['exec', 'web', process.execPath, '-e', programFor(`${net}.2`)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => child?.stdout?.once('data', resolve));
    const { port } = server.address() as AddressInfo;
    const hidden = dark.id.ino;
    await router.network.firewall.load({ nftables: [{ add: { rule: dnat(9001, `${net}.3`, port) } }] });
    dark.close();
    await use({ net, hidden, port, pid: child.pid ?? 0 });
  } finally {
    server?.close();
    dark.close();
    if (child !== undefined) await end(child as Parameters<typeof end>[0]);
    emptyRunDirectory();
  }
}

const place = { family: 'ip', table: 'pub' } as const;

function dnat(port: number, addr: string, to: number) {
  const left = { payload: { protocol: 'tcp', field: 'dport' } };
  return { ...place, chain: 'to', expr: [{ match: { op: '==', left, right: port } }, { dnat: { addr, port: to } }] };
}

const rulesetFor = (web: string) => ({
  nftables: [
    { add: { table: { family: 'ip', name: 'pub' } } },
    { add: { chain: { ...place, name: 'pre', type: 'nat', hook: 'prerouting', prio: -100, policy: 'accept' } } },
    { add: { chain: { ...place, name: 'to' } } },
    { add: { chain: { ...place, name: 'unused' } } },
    {
      add: {
        rule: {
          ...place,
          chain: 'pre',
          expr: [
            { match: { op: '==', left: { payload: { protocol: 'ip', field: 'daddr' } }, right: '192.0.2.1' } },
            { jump: { target: 'to' } },
          ],
        },
      },
    },
    { add: { rule: dnat(9000, web, 8000) } },
    { add: { rule: { ...dnat(9999, web, 8000), chain: 'unused' } } },
  ],
});

describe('listeners', () => {
  it('finds what listens, who has it and where it is published, also where no process is', async () => {
    await withListeners(async ({ net, hidden, port, pid }) => {
      const { listeners: found } = await listeners();
      const at = (wanted: (each: Listening) => boolean) => found.filter(wanted);
      const router = { names: ['router'] };
      expect(at(({ namespace }) => namespace.names.includes('web'))).toMatchObject([
        {
          socket: { kind: 'tcp', local: { address: `${net}.2`, port: 8000 } },
          processes: [{ pid }],
          published: [{ namespace: router, address: '192.0.2.1', port: 9000, conditional: false }],
        },
      ]);
      expect(at(({ namespace }) => namespace.inode === hidden)).toMatchObject([
        {
          socket: { kind: 'tcp', local: { port } },
          processes: [{ pid: process.pid }],
          published: [{ namespace: router, address: '192.0.2.1', port: 9001, conditional: false }],
        },
      ]);
    });
  });

  it('knows where IPv6 is published, by nft and by what iptables writes into it', async () => {
    using router = NetworkNamespace.createNamed('router');
    using web = NetworkNamespace.createNamed('web');
    const net = `fd${(16 + randomInt(240)).toString(16)}:${randomInt(1, 0xffff).toString(16)}`;
    const v4 = `100.${64 + randomInt(64)}.${randomInt(256)}.2`;
    await web.network.addresses.add({ link: 'lo', address: `${net}::2/128` });
    await web.network.addresses.add({ link: 'lo', address: `${v4}/32` });
    const server = web.net.createServer().listen(80, '::');
    await once(server, 'listening');
    try {
      const base = 'type nat hook prerouting priority -100;';
      const nft = `table ip6 a { chain pre { ${base}
        tcp dport 1001 dnat to [${net}::2]:80
        ip6 daddr ${net}::1 tcp dport 1002 dnat to [${net}::2]:80
      }; }
      table inet b { chain pre { ${base}
        meta nfproto ipv6 tcp dport 1003 dnat ip6 to [${net}::2]:80
        ip6 daddr ${net}::1 tcp dport 1004 dnat ip6 to [${net}::2]:80
        tcp dport 1005 dnat ip to ${v4}:80
        fib daddr type local tcp dport 1006 dnat ip6 to [${net}::2]:80
      }; }
      table ip c {
        map m { type inet_service : ipv4_addr . inet_service; elements = { 1009 : ${v4} . 80 }; }
        set s { type inet_service; flags interval; elements = { 1010-1019 }; }
        chain v { meta l4proto tcp dnat to ${v4}:80
        }
        chain pre { ${base}
          dnat to tcp dport map @m
          tcp dport @s dnat to ${v4}:80
          tcp dport vmap { 1020 : goto v }
          ip daddr . tcp dport { 192.0.2.1 . 1021 } dnat to ${v4}:80
          tcp dport 1022-1029 dnat to ${v4}:80
      }; }\n`;
      const dnat = (port: number | string) => `-p tcp --dport ${port} -j DNAT --to-destination`;
      const script = `printf '%s' "$0" | nft -f - &&
        iptables-nft -t nat -A PREROUTING ${dnat(1007)} ${v4}:80 &&
        iptables-nft -t nat -A PREROUTING ${dnat('1030:1039')} ${v4}:75-84/1030 &&
        iptables-nft -t nat -A PREROUTING -p tcp -m multiport --dports 1040,1050:1059 -j DNAT --to-destination ${v4}:80 &&
        ip6tables-nft -t nat -N ENGINE && ip6tables-nft -t nat -A PREROUTING -d ${net}::1 -j ENGINE &&
        ip6tables-nft -t nat -A ENGINE ${dnat(1008)} [${net}::2]:80`;
      const { stderr, exitCode } = await router.exec('sh', ['-c', script, nft]);
      expect([stderr.replace(/^#.*\n/gm, ''), exitCode]).toEqual(['', 0]);
      const [found] = (await listeners()).listeners.filter(({ namespace }) => namespace.names.includes('web'));
      const ports = found?.published.map(({ address, port, lastPort, conditional }) =>
        lastPort === undefined ? [port, address, conditional] : [port, address, conditional, lastPort],
      );
      expect(ports?.sort(([a], [b]) => Number(a) - Number(b))).toEqual([
        [1001, undefined, false],
        [1002, `${net}::1`, false],
        [1003, undefined, false],
        [1004, `${net}::1`, false],
        [1005, undefined, false],
        [1006, undefined, true],
        [1007, undefined, false],
        [1008, `${net}::1`, false],
        [1009, undefined, false],
        [1010, undefined, false, 1019],
        [1020, undefined, false],
        [1021, '192.0.2.1', false],
        [1022, undefined, false, 1029],
        [1035, undefined, false],
        [1040, undefined, false],
        [1050, undefined, false, 1059],
      ]);
    } finally {
      server.close();
      await once(server, 'close');
      emptyRunDirectory();
    }
  });

  it('keeps no namespace alive', async () => {
    await withListeners(async ({ hidden }) => {
      await listeners();
      const { namespaces } = await census({ types: ['net'], relations: false });
      const keepers = namespaces.find(({ inode }) => inode === hidden)?.keepers ?? [];
      // Whoever else looks at the whole machine may have it open for a moment.
      const ours = keepers.filter((keeper) =>
        ('holders' in keeper ? keeper.holders : [keeper]).some((each) => 'pid' in each && each.pid === process.pid),
      );
      expect(ours.map(({ kind }) => kind)).toEqual(['socket']);
    });
  });

  it('is told by the command', async () => {
    await withListeners(async ({ net, pid }) => {
      expect(await answer('listen')).toMatch(
        new RegExp(`(^|\\n)web +tcp +${net}.2:8000 +192\\.0\\.2\\.1:9000 of router +\\S+ +\\S+ pid=${pid} fd=`),
      );
      const { listeners: found } = await answerJson<{ listeners: readonly Listening[] }>('listen', '--unix');
      expect(found.find(({ namespace }) => namespace.names.includes('web'))).toMatchObject({
        socket: { kind: 'tcp', local: { port: 8000 } },
        processes: [{ pid }],
        published: [{ port: 9000 }],
      });
      expect(await answer('listen', '--columns', 'inode,local')).toMatch(new RegExp(`(^|\\n) *\\d+ +${net}.2:8000\\n`));
      expect(await netns('listen', '--columns', 'locl')).toMatchObject({ exitCode: 2 });
    });
  });

  it('says to an ordinary user what could not be seen', async () => {
    const user = await UserSession.open();
    try {
      const told = await user.answerJson<{ unseen: string[]; completeness: { unseen: string[] } }>('listen');
      expect(told.completeness.unseen.join()).toContain('the kernel shows its list only to CAP_BPF');
      expect(told.unseen.join()).toMatch(/the firewall of .+ could not be read|may not be looked into/);
    } finally {
      await user.end();
    }
  });
});
