import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { NetworkNamespace } from '../../src/api/network-namespace.ts';
import type { DefinedVerb } from '../../src/cli/define-verb.ts';
import { fakeIo } from '../../src/cli/fake-io.ts';
import { verb as diffVerb } from '../../src/cli/verbs/diff.ts';
import { verb as graph } from '../../src/cli/verbs/graph.ts';
import { verb as leaks } from '../../src/cli/verbs/leaks.ts';
import { verb as listen } from '../../src/cli/verbs/listen.ts';
import { verb as ls } from '../../src/cli/verbs/ls.ts';
import { verb as peer } from '../../src/cli/verbs/peer.ts';
import { verb as why } from '../../src/cli/verbs/why.ts';
import { census } from '../../src/inspect/census.ts';
import { keepers } from '../../src/inspect/keepers.ts';
import { listeners } from '../../src/inspect/listeners.ts';
import { readSnapshot } from '../../src/inspect/snapshot/read.ts';
import { snapshot } from '../../src/inspect/snapshot/take.ts';
import { writeSnapshot } from '../../src/inspect/snapshot/write.ts';
import { topology } from '../../src/inspect/topology.ts';
import { answer, namesLeft, netns } from './support/cli.ts';
import { temporaryDirectory } from './support/run.ts';
import { emptyRunDirectory } from './support/run-directories.ts';

afterEach(() => {
  if (namesLeft().length > 0) emptyRunDirectory();
});

/** Others may run the same test at this moment, and a look at the machine finds theirs. */
const tag = randomInt(1_000_000);
const [webName, routerName, webEnd, routerEnd] = [`web-${tag}`, `router-${tag}`, `w-${tag}`, `r-${tag}`];

/** Two hosts at one cable, one with a firewall and a route, the other with a server. */
async function withHosts(use: () => Promise<void>): Promise<void> {
  using router = NetworkNamespace.createNamed(routerName);
  using web = NetworkNamespace.createNamed(webName);
  await router.network.links.add({ kind: 'veth', name: routerEnd, up: true, peer: { name: webEnd, netns: web } });
  await web.network.links.set(webEnd, { up: true });
  await web.network.addresses.add({ link: webEnd, address: '10.9.0.2/24' });
  await web.network.routes.add({ destination: '10.10.0.0/16', gateway: '10.9.0.1' });
  await router.network.firewall.load({ nftables: [{ add: { table: { family: 'ip', name: 'shop' } } }] });
  const server = web.net.createServer().listen(8000, '10.9.0.2');
  try {
    await once(server, 'listening');
    await use();
  } finally {
    server.close();
    emptyRunDirectory();
  }
}

// Other tests look at this machine, too, and then hold each namespace for a moment.
describe('snapshot', { retry: 3 }, () => {
  it('has what is in each network, and answers as the machine would', async () => {
    await withHosts(async () => {
      const file = `${temporaryDirectory('snapshot')}/machine.jsonl`;
      await writeSnapshot(file);
      const from = await readSnapshot(file);
      const find = (name: string) => {
        const inode = from.names.find((each) => each.name === name)?.inode;
        return from.networks.get(`net:[${inode}]`);
      };
      const web = find(webName);
      expect(web?.objects.link.map(({ name }) => name)).toEqual(['lo', webEnd]);
      expect(web?.objects.address).toContainEqual(expect.objectContaining({ address: '10.9.0.2', prefixLength: 24 }));
      expect(web?.objects.route).toContainEqual(
        expect.objectContaining({ destination: '10.10.0.0/16', gateway: '10.9.0.1', table: 254 }),
      );
      expect(web?.objects.rule.length).toBeGreaterThan(1);
      expect(web?.objects.socket).toMatchObject([{ kind: 'tcp', local: { address: '10.9.0.2', port: 8000 } }]);
      expect(find(routerName)?.objects.nft).toContainEqual({
        table: expect.objectContaining({ family: 'ip', name: 'shop' }),
      });

      const named = <T extends { readonly names: readonly string[] }>(all: readonly T[]) =>
        all.filter(({ names }) => names.includes(webName) || names.includes(routerName));
      expect(named((await census({ from })).namespaces)).toEqual(named((await census()).namespaces));
      expect(named((await topology({ from })).namespaces)).toEqual(named((await topology()).namespaces));
      expect((await keepers(webName, { from })).keepers).toEqual((await keepers(webName)).keepers);
      const there = await listeners({ from });
      const here = await listeners();
      const inWeb = ({ listeners: all }: typeof here) =>
        all
          .filter(({ namespace }) => namespace.names.includes(webName))
          .map(({ socket: { message, ...rest }, ...more }) => ({ ...more, rest }));
      expect(inWeb(there)).toEqual(inWeb(here));
      expect(inWeb(there)).toMatchObject([{ processes: [{ pid: process.pid }] }]);
      await expect(keepers('green', { from })).rejects.toThrow('cannot find net namespace "green" in the snapshot');
    });
  });

  it('keeps nothing alive', async () => {
    using namespace = NetworkNamespace.create();
    const { ino } = namespace.id;
    const taken = await snapshot();
    expect(taken.namespaces.get(ino)?.namespace.keepers).toMatchObject([{ kind: 'descriptor', pid: process.pid }]);
    namespace.close();
    // Whoever else looks at the whole machine may have it open for a moment.
    const isThere = async () => (await census({ types: ['net'] })).namespaces.some(({ inode }) => inode === ino);
    await expect.poll(isThere, { timeout: 10_000 }).toBe(false);
  });
});

const verbs: Readonly<Record<string, DefinedVerb>> = { ls, why, leaks, peer, graph, listen };

/** The lines of an answer about the namespaces of this test, as words: elsewhere things go on, and make columns wider. */
async function told(name: string, ...words: string[]): Promise<string[]> {
  const { io, text } = fakeIo();
  expect(await verbs[name]?.main(words, io), text.stderr).toBe(0);
  return text.stdout
    .split('\n')
    .filter((line) => line.includes(`-${tag}`))
    .map((line) => line.replace(/[├└│]─? */g, '').replace(/ +/g, ' '));
}

describe('--from', () => {
  it('gives each command the answer that it gave then', async () => {
    await withHosts(async () => {
      const file = `${temporaryDirectory('from')}/machine.jsonl`;
      const questions = [
        ['ls', '--columns', 'name,inode,id,nsid,devices,references,keepers'],
        ['ls', '--all-types', '--tree'],
        ['why', webName],
        ['graph'],
        ['peer', `${webName}:${webEnd}`],
        ['listen'],
      ] as const;
      // Whoever else looks at this machine holds each namespace open for a moment: then both are asked once more.
      for (let attempt = 1; ; attempt++) {
        expect(await answer('snapshot', '-w', file)).toBe('');
        try {
          for (const [verb, ...words] of questions) {
            const now = await told(verb, ...words);
            expect(now.length).toBeGreaterThan(0);
            expect(await told(verb, ...words, '--from', file), verb).toEqual(now);
          }
          break;
        } catch (error) {
          if (attempt === 5) throw error;
        }
      }
      await told('leaks', '--from', file);
      const text = readFileSync(file, 'utf8');
      writeFileSync(file, text.slice(0, text.length / 2));
      const { exitCode, stderr } = await netns('ls', '--from', file);
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(
        /^netns: .*machine\.jsonl:\d+: (this is no JSON|the snapshot is cut off: its end is missing)\n$/,
      );
      expect(await netns('leaks', '--release', '--from', file)).toMatchObject({ exitCode: 2 });
    });
  });

  it('leaves no file when it cannot be written or is not finished', async () => {
    const directory = temporaryDirectory('unfinished');
    await expect(writeSnapshot(`${directory}/a`, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    );
    expect(readdirSync(directory)).toEqual([]);
    expect((await netns('snapshot', '-w', `${directory}/nowhere/a`)).exitCode).toBe(1);
    expect(await answer('snapshot', '-w', '/dev/null')).toBe('');
  });
});

describe('diff', () => {
  it('tells what has changed since a snapshot, with the exit status of diff', async () => {
    await withHosts(async () => {
      const file = `${temporaryDirectory('diff')}/before.jsonl`;
      await writeSnapshot(file);
      using web = NetworkNamespace.open(webName);
      await web.network.addresses.add({ link: webEnd, address: '10.9.0.77/24' });
      await web.network.routes.delete({ destination: '10.10.0.0/16', gateway: '10.9.0.1' });
      await web.network.links.set(webEnd, { mtu: 1400 });
      using born = NetworkNamespace.createNamed(`new-${tag}`);
      const { io, text } = fakeIo();
      expect(await diffVerb.main([file], io)).toBe(1);
      const lines = text.stdout.split('\n');
      const of = lines.slice(lines.findIndex((line) => line.startsWith(`${webName}  net:[`)) + 1);
      const mineOnly = of.slice(
        0,
        of.findIndex((line) => !line.startsWith('  ')),
      );
      expect(mineOnly).toContain(`  + address 10.9.0.77/24 on ${webEnd}`);
      expect(mineOnly).toContain(`  - route 10.10.0.0/16 via 10.9.0.1 on ${webEnd}`);
      expect(mineOnly.some((line) => line.startsWith(`  ~ link ${webEnd} `) && line.includes('mtu 1500 → 1400'))).toBe(
        true,
      );
      expect(lines).toContain(`+ namespace net:[${born.id.ino}]  new-${tag}`);
      expect(await netns('diff', file, file)).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
      expect(await netns('diff', '/proc/version')).toMatchObject({ exitCode: 2, stdout: '' });
    });
  });
});
