import { execFileSync } from 'node:child_process';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { NetworkNamespace } from '../../src/api/network-namespace.ts';
import { isLeaked, leaks, releaseMounts } from '../../src/inspect/leaks.ts';
import { type Topology, topology } from '../../src/inspect/topology.ts';
import { bindNamespace } from '../../src/namespaces/bind.ts';
import { createNamespace } from '../../src/namespaces/namespace.ts';
import { MNT_DETACH, MS_BIND } from '../../src/native/constants.ts';
import { perform, syscall } from '../../src/native/syscall.ts';
import { socketIn } from '../../src/process/sockets/raw-socket.ts';
import { expectNoLeakedNamespaces } from '../../src/testing/leaked-namespaces.ts';
import { hasList } from './support/census.ts';
import { answer, answerJson, namesLeft, netns } from './support/cli.ts';
import { UserSession } from './support/ordinary-user.ts';
import { temporaryDirectory } from './support/run.ts';
import { emptyRunDirectory } from './support/run-directories.ts';

afterEach(() => {
  if (namesLeft().length > 0) emptyRunDirectory();
});

/** A namespace that nothing but a mount keeps; its inode number. */
function boundTo(file: string): number {
  using namespace = createNamespace('net');
  bindNamespace(file, namespace);
  return namespace.id.ino;
}

/** Whatever is mounted on a file, over one another. */
function unmountAll(file: string): void {
  while (syscall('umount2', file, MNT_DETACH) === 0);
}

/** Two hosts at a bridge, and a cable to a namespace that only a socket keeps; closes all afterwards. */
async function withHosts(use: (hiddenInode: number) => Promise<void>): Promise<void> {
  using router = NetworkNamespace.createNamed('router');
  using web = NetworkNamespace.createNamed('web');
  const hidden = createNamespace('net');
  const socket = socketIn(hidden, 'inet', 'stream');
  try {
    const { links } = router.network;
    await links.add({ kind: 'bridge', name: 'br0' });
    await links.add({ kind: 'veth', name: 'p-web', master: 'br0', peer: { name: 'eth0', netns: web } });
    await links.add({ kind: 'veth', name: 'p-dark', peer: { name: 'eth0', netns: hidden } });
    await web.network.addresses.add({ link: 'eth0', address: '10.0.0.1/24' });
    await web.network.links.add({ kind: 'macvlan', name: 'mv0', link: 'eth0' });
    const { ino } = hidden.id;
    hidden.close();
    await use(ino);
  } finally {
    hidden.close();
    socket.close();
    emptyRunDirectory();
  }
}

describe('topology', () => {
  it('finds the other end of each cable, the bridge, and what a device stands on', async () => {
    await withHosts(async (dark) => {
      const { namespaces } = await topology();
      const find = (name: string) => namespaces.find(({ names }) => names.includes(name));
      const [router, web] = [find('router'), find('web')];
      // Where nobody may tell what the socket keeps, the cable still leads there.
      const hidden = namespaces.find(({ inode, key }) => inode === dark || key.startsWith('hidden:'));
      const link = (of: typeof router, name: string) => of?.links.find((each) => each.name === name);
      const end = (of: typeof router, name: string) => ({ namespace: of?.key, index: link(of, name)?.index });
      expect(link(router, 'p-web')?.peer).toEqual(end(web, 'eth0'));
      expect(link(web, 'eth0')?.peer).toEqual(end(router, 'p-web'));
      expect(link(web, 'eth0')?.addresses).toEqual(['10.0.0.1/24']);
      expect(link(router, 'p-web')?.master).toBe(link(router, 'br0')?.index);
      expect(link(web, 'mv0')?.below).toEqual(end(web, 'eth0'));
      expect(link(router, 'p-dark')?.peer).toEqual(end(hidden, 'eth0'));
    });
  });

  it('shows ordinary users what is theirs and where they are, and names what they may not look into', async () => {
    const user = await UserSession.open();
    try {
      const before = await user.answerJson<Topology>('graph');
      expect(before.namespaces.map(({ current, links }) => [current, links.some(({ name }) => name === 'lo')])).toEqual(
        [[true, true]],
      );
      await user.answer('add', 'web', 'db');
      await user.answer(
        'ip',
        '-n',
        'web',
        'link',
        'add',
        'name',
        'v0',
        'type',
        'veth',
        'peer',
        'name',
        'v1',
        'netns',
        'db',
      );
      const { namespaces } = await user.answerJson<Topology>('graph');
      const [web, db] = ['web', 'db'].map((name) => namespaces.find(({ names }) => names.includes(name)));
      const index = db?.links.find(({ name }) => name === 'v1')?.index;
      expect(web?.links.find(({ name }) => name === 'v0')?.peer).toEqual({ namespace: db?.key, index });
      expect(namespaces.find(({ current }) => current)?.links).toEqual(before.namespaces[0]?.links);
      expect(await user.answer('peer', 'web:v0')).toMatch(/^peer {2}v1 {2}of db /);
      expect(await user.answer('graph')).toContain('v0  veth down  ─ v1 of db\n');
    } finally {
      await user.end();
      emptyRunDirectory();
    }
  });

  it('is told by the command', async () => {
    await withHosts(async () => {
      expect(await answer('peer', 'web:eth0')).toMatch(/^peer {2}p-web {2}of router {2}net:\[\d+\] {2}veth/);
      expect(await answerJson('peer', 'router:p-web')).toMatchObject([
        { relation: 'peer', title: 'web', device: 'eth0' },
        { relation: 'in', title: 'router', device: 'br0' },
      ]);
      // One that stands on nothing, made in one namespace and moved to another.
      using web = NetworkNamespace.open('web');
      using router = NetworkNamespace.open('router');
      const data = { id: 42, group: '10.9.9.10', port: 4789 };
      await router.network.links.add({ kind: 'vxlan', name: 'vx0', data });
      await router.network.links.set('vx0', { netns: web });
      expect(await answer('peer', 'web:vx0')).toMatch(/^through {2}router {2}net:\[\d+\]\n$/);
      expect(await netns('peer', 'web:eth9')).toMatchObject({
        exitCode: 1,
        stderr: 'netns: there is no device eth9 in web\n',
      });
      const text = await answer('graph');
      expect(text).toMatch(
        /(?:^|\n)web {2}net:\[\d+\]\n├─ eth0 {2}veth 10\.0\.0\.1\/24( down)? {2}─ p-web of router\n/,
      );
      expect(await answer('graph', '--format', 'svg')).toMatch(/^<svg [\s\S]*>p-dark<[\s\S]*<\/svg>\n$/);
      expect(await netns('graph', '--format', 'jpeg')).toMatchObject({ exitCode: 2 });
    });
  });
});

describe('leaks', () => {
  it('finds what nothing useful holds, and unmounts it when told to', async () => {
    const file = `${temporaryDirectory('leak')}/forgotten`;
    const ino = boundTo(file);
    try {
      const found = async () => (await leaks()).find((each) => each.namespace.inode === ino);
      const leak = await found();
      expect(leak).toMatchObject({ kinds: ['mount'] });
      expect(Math.abs(Number(leak?.since) - Date.now())).toBeLessThan(60_000);
      expect(leak?.release[0]).toBe(`umount ${file}`);
      const text = await answer('leaks');
      expect(text).toContain(`mounted on ${file}`);
      expect(/\nnot exhaustive: .*\n$/.test(text)).toBe(!hasList); // who cannot see all is told so
      expect(await answer('leaks', '--release')).toContain(`would unmount ${file}`);
      expect(await answer('leaks', '--release', '--dry-run')).toContain(`would unmount ${file}`);
      expect(await netns('leaks', '--release', '--dry-run', '--really')).toMatchObject({ exitCode: 2 });
      expect(await netns('leaks', '--really')).toMatchObject({ exitCode: 2 });
      expect(await found()).toBeDefined();
      expect(leak && (await releaseMounts(leak))).toContainEqual({
        inode: ino,
        path: file,
        mountNamespace: expect.any(Number),
      });
      expect(await found()).toBeUndefined();
    } finally {
      rmSync(file);
    }
  });

  it('unmounts where the path is no UTF-8, too, and advises what bash understands', async () => {
    const directory = temporaryDirectory('odd');
    const bytes = Buffer.from(`${directory}/\xff'\xc3\n a\0`, 'latin1');
    const file = bytes.subarray(0, -1);
    const bound = () => {
      using namespace = createNamespace('net');
      writeFileSync(file, '');
      perform('mount', 'mount', `/proc/self/fd/${namespace.fd.raw}`, bytes, 'none', MS_BIND, null);
      return namespace.id.ino;
    };
    const leakOf = async (inode: number) => (await leaks()).find((each) => each.namespace.inode === inode);
    try {
      const [command = ''] = (await leakOf(bound()))?.release ?? [];
      expect(command).toBe(`umount $'${directory}/\\xff\\'\\xc3\\x0a a'`);
      execFileSync('bash', ['-c', command]);
      const leak = await leakOf(bound());
      expect(leak && (await releaseMounts(leak))).toHaveLength(1);
      rmSync(file); // nothing is mounted there
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });

  it('leaves a mount alone that has taken the place of the one that was found', async () => {
    const file = `${temporaryDirectory('leak')}/forgotten`;
    const inode = boundTo(file);
    const leak = (await leaks()).find((each) => each.namespace.inode === inode);
    const bind = (path: string) => perform('mount', 'mount', path, file, 'none', MS_BIND, null);
    try {
      bind('/proc/self/ns/uts'); // over it
      expect(leak && (await releaseMounts([leak, leak]))).toEqual([]);
      expect(statSync(file).ino).toBe(statSync('/proc/self/ns/uts').ino);
      unmountAll(file);
      expect(leak && (await releaseMounts(leak))).toEqual([]);
      using other = createNamespace('net'); // perhaps of the same number
      bind(`/proc/self/fd/${other.fd.raw}`);
      expect(leak && (await releaseMounts(leak))).toEqual([]);
      expect(statSync(file).ino).toBe(other.id.ino);
      unmountAll(file);
      rmSync(file);
      expect(leak && (await releaseMounts(leak))).toEqual([]);
    } finally {
      unmountAll(file);
      rmSync(file, { force: true });
    }
  });

  it('leaves alone what has a use', () => {
    type Facts = Parameters<typeof isLeaked>[0];
    const namespace: Facts = { type: 'net', names: [], keepers: [], current: false, initial: false };
    const leaked = (more: Partial<Facts>, lived = true) => isLeaked({ ...namespace, ...more }, () => lived);
    expect(leaked({})).toBe(true);
    expect(leaked({ names: ['a'] })).toBe(false);
    expect(leaked({ current: true })).toBe(false);
    expect(leaked({ initial: true })).toBe(false);
    expect(leaked({ type: 'mnt' })).toBe(false);
    expect(leaked({ keepers: [{ kind: 'process', pid: 1 }] })).toBe(false);
    const mount = (path: string): Partial<Facts> => ({ keepers: [{ kind: 'mount', path, mountNamespace: 1 }] });
    expect(leaked(mount('/tmp/file'))).toBe(true);
    expect(leaked(mount('/run/docker/netns/a'))).toBe(false); // somebody else's name
    expect(leaked(mount('/run/netns/a'), false)).toBe(true); // where nobody is any more
  });
});

describe('expectNoLeakedNamespaces', () => {
  it('passes what a test has closed, and names what it has not', async () => {
    expect(
      await expectNoLeakedNamespaces(() => {
        using _ = NetworkNamespace.create();
        return 7;
      }),
    ).toBe(7);
    let left: NetworkNamespace | undefined;
    const test = () => {
      left = NetworkNamespace.create();
    };
    await expect(expectNoLeakedNamespaces(test, { patienceMs: 0 })).rejects.toThrow(
      /^net:\[\d+\] is left, kept by \{"kind":"descriptor"/,
    );
    left?.close();
  });
});
