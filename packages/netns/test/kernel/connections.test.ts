import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KernelError, NetworkNamespace } from '../../src/index.ts';
import type { ConnectionEvent } from '../../src/network/connections/events.ts';

const ends = { source: '10.0.0.1', destination: '10.0.0.2', sourcePort: 1000, destinationPort: 80 } as const;
const spec = { ...ends, protocol: 'tcp', state: 'ESTABLISHED', timeout: 500 } as const;

/** Whether this kernel keeps track of connections at all. */
const works = await probe();

async function probe(): Promise<boolean> {
  using ns = NetworkNamespace.create();
  try {
    await ns.network.connections.count();
    return true;
  } catch (error) {
    if (error instanceof KernelError && error.code !== 'EPERM') return false;
    throw error;
  }
}

describe.skipIf(!works)('the connections of a namespace', () => {
  let ns: NetworkNamespace;
  beforeAll(async () => {
    ns = NetworkNamespace.create();
    await ns.network.connections.count(); // opens what the tests use
  });
  afterAll(() => ns.close());

  it('are made, found, changed and deleted, each once', async () => {
    const { connections } = ns.network;
    await connections.add({ ...spec, mark: 7, status: ['assured'] });
    await expect(connections.add(spec)).rejects.toMatchObject({ code: 'EEXIST' });
    const found = await connections.get({ ...ends, protocol: 'tcp' });
    expect(found).toMatchObject({ ...ends, family: 'inet', protocol: 'tcp', state: 'ESTABLISHED', mark: 7, zone: 0 });
    expect(found.status).toEqual(expect.arrayContaining(['assured', 'confirmed']));
    expect(found.reply).toEqual({ source: '10.0.0.2', destination: '10.0.0.1', sourcePort: 80, destinationPort: 1000 });
    expect(found.timeout).toBeLessThanOrEqual(500);
    await connections.update(found, { timeout: 5000, mark: 8 });
    const changed = await connections.get(found);
    expect(changed.timeout).toBeGreaterThan(1000);
    expect(changed.mark).toBe(8);
    await connections.delete(found);
    await expect(connections.delete(found)).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(connections.update(found, { mark: 9 })).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(connections.get(found)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('are counted, and flushed by a filter or all', async () => {
    const { connections } = ns.network;
    await Promise.all(
      Array.from({ length: 300 }, (_, port) => connections.add({ ...spec, sourcePort: port, mark: port % 3 })),
    );
    expect(await connections.count()).toMatchObject({ entries: 300, most: expect.any(Number) });
    expect(await connections.list({ mark: 1 })).toHaveLength(100);
    expect(await connections.flush({ mark: 1 })).toBe(100);
    expect(await connections.updateAll({ mark: 2 }, { mark: 5 })).toBe(100);
    expect(await connections.flush()).toBe(200);
    expect(await connections.list()).toHaveLength(0);
    expect((await connections.statistics()).map(({ cpu }) => cpu)).toContain(0);
    expect(await connections.expected()).toEqual([]);
    await connections.flushExpected();
  });

  it('may not be named in wrong words', async () => {
    const { connections } = ns.network;
    for (const wrong of [
      { ...spec, source: 'example.org' },
      { ...spec, destination: '::1' },
      { ...spec, protocol: 'tpc' },
      { ...spec, state: 'OPEN' },
      { ...spec, status: ['sure'] },
      { ...spec, labels: [128] },
      { ...spec, sourcePort: 65536 },
      { ...spec, sourceNat: '10.0.0.1:port' },
      { ...spec, timeout: -1 },
    ])
      await expect(connections.add(wrong as never), JSON.stringify(wrong)).rejects.toMatchObject({
        code: 'ERR_NETNS_INVALID',
      });
    for (const wrong of [
      { source: '10.0.0.0/33' },
      { family: 'inet', source: '::1' },
      { sourcePort: -1 },
      { status: ['x'] },
    ])
      await expect(connections.list(wrong as never)).rejects.toMatchObject({ code: 'ERR_NETNS_INVALID' });
  });

  it('tell of themselves as they come, change and end', async () => {
    const { connections } = ns.network;
    await connections.add({ ...spec, sourcePort: 1 });
    const seen: string[] = [];
    const makeChanges = async () => {
      await connections.add({ ...spec, sourcePort: 2 });
      await connections.add({ ...ends, protocol: 'udp', timeout: 50 }); // of another protocol
      await connections.update({ ...spec, sourcePort: 2 }, { mark: 3 });
      await connections.delete({ ...spec, sourcePort: 2 });
    };
    const monitor = connections.monitor({ protocol: 'tcp' });
    const collect = (async () => {
      for await (const { kind, connection } of monitor) {
        seen.push(`${kind} ${connection?.sourcePort}`);
        if (kind === 'present') await makeChanges();
        if (kind === 'destroy' && connection.sourcePort === 2) break;
      }
    })();
    await collect;
    expect(seen).toEqual(['present 1', 'new 2', 'update 2', 'destroy 2']);
    await connections.flush();
  });

  it('are told anew when the kernel had to drop events', async () => {
    const { connections } = ns.network;
    const kinds: ConnectionEvent['kind'][] = [];
    const monitor = connections.monitor({ receiveBuffer: 1, onlyChanges: true });
    for (let port = 0; port < 200; port++) await connections.add({ ...spec, sourcePort: port });
    let present = 0;
    for await (const { kind } of monitor) {
      kinds.push(kind);
      if (kind === 'present') present++;
      if (present === 200) break;
    }
    expect(kinds).toContain('resync');
    expect(kinds.filter((kind) => kind === 'new').length).toBeLessThan(200);
    await connections.flush();
  });

  it('end to be followed by close, abort and return, also before anything was heard', async () => {
    using place = NetworkNamespace.create();
    const { connections } = place.network;
    const stop = new AbortController();
    const aborted = connections.monitor({ signal: stop.signal });
    const waiting = aborted.next();
    stop.abort();
    expect((await waiting).done).toBe(true);
    const returned = connections.monitor();
    await returned.return?.();
    expect((await returned.next()).done).toBe(true);
    const closed = connections.monitor();
    const last = closed.next();
    connections.close();
    expect((await last).done).toBe(true);
  });

  it('are those of real traffic when a rule asks for them', async () => {
    using place = NetworkNamespace.create();
    await place.network.links.set('lo', { up: true });
    const rule =
      'add table inet t; add chain inet t c { type filter hook output priority 0; }; add rule inet t c ct state new accept';
    const { exitCode } = await place.exec('nft', [rule]);
    if (exitCode !== 0) return; // no nft here
    const server = place.net.createServer((socket) => socket.end('hello')).listen(80, '127.0.0.1');
    await once(server, 'listening');
    const client = place.net.connect(80, '127.0.0.1');
    await once(client.resume(), 'close');
    server.close();
    const [found] = await place.network.connections.list({ protocol: 'tcp', destinationPort: 80 });
    expect(found).toMatchObject({ source: '127.0.0.1', destination: '127.0.0.1', protocol: 'tcp' });
    expect(found?.status).toContain('seen_reply');
  });
});
