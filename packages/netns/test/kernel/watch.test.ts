import type { ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { NetworkNamespace } from '../../src/api/network-namespace.ts';
import { fakeIo } from '../../src/cli/fake-io.ts';
import { verb } from '../../src/cli/verbs/watch.ts';
import { census, type MachineNamespace } from '../../src/inspect/census.ts';
import type { Keeper } from '../../src/inspect/keeper.ts';
import { KernelWalk } from '../../src/inspect/kernel-list/walk.ts';
import type { TimelineEvent } from '../../src/inspect/watch/timeline.ts';
import { type WatchOptions, watch } from '../../src/inspect/watch/watch.ts';
import { prepareRunDirectory } from '../../src/namespaces/run-directory.ts';
import { hasList } from './support/census.ts';
import { command, namesLeft, startNetns } from './support/cli.ts';
import { UserSession } from './support/ordinary-user.ts';
import { temporaryDirectory } from './support/run.ts';
import { emptyRunDirectory } from './support/run-directories.ts';

afterEach(() => {
  if (namesLeft().length > 0) emptyRunDirectory();
});

/** Others may run the same test at this moment. */
const tag = randomInt(1_000_000);
const [oldName, newName] = [`old-${tag}`, `new-${tag}`];

type Told = TimelineEvent & { readonly object: string; readonly value: object };

/** A watch of the namespaces of this test, and what it has told. */
class Following implements AsyncDisposable {
  readonly told: TimelineEvent[] = [];
  readonly #events: AsyncIterableIterator<TimelineEvent>;

  constructor(options: WatchOptions = {}) {
    this.#events = watch({ namespaces: [oldName, newName], ...options });
  }

  /** Goes on until something is told. */
  async until(test: (event: TimelineEvent) => boolean): Promise<TimelineEvent> {
    for (;;) {
      const { value, done } = await this.#events.next();
      if (done) throw new Error('the watch has ended');
      this.told.push(value);
      if (test(value)) return value;
    }
  }

  /** `+ link eth0`: waits for a change. */
  async sees(event: TimelineEvent['event'], object: string, part: object = {}): Promise<Told> {
    const found = await this.until(
      (each) =>
        each.event === event &&
        'object' in each &&
        each.object === object &&
        Object.entries(part).every(([name, value]) => (each.value as Record<string, unknown>)[name] === value),
    );
    return found as Told;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#events.return?.();
  }
}

describe('watch', () => {
  it('tells of all tables, firewalls and sockets, also in namespaces that are made meanwhile', async () => {
    using old = NetworkNamespace.createNamed(oldName);
    await using following = new Following();
    await following.until(({ event }) => event === 'synchronized');
    await old.network.links.set('lo', { up: true });
    await following.sees('set', 'link', { name: 'lo', up: true });
    using born = NetworkNamespace.createNamed(newName);
    await following.sees('set', 'namespace');
    expect(await following.sees('set', 'name', { name: newName })).toMatchObject({ namespace: { names: [newName] } });
    await born.network.links.add({ kind: 'veth', name: 'eth0', up: true, peer: { name: 'far', netns: old } });
    await old.network.links.set('far', { up: true });
    await born.network.addresses.add({ link: 'eth0', address: '10.8.0.1/24' });
    const address = await following.sees('set', 'address', { address: '10.8.0.1' });
    expect(address).toMatchObject({ device: 'eth0', namespace: { key: `net:[${born.id.ino}]`, names: [newName] } });
    await born.network.routes.add({ destination: '10.7.0.0/16', gateway: '10.8.0.9' });
    await following.sees('set', 'route', { destination: '10.7.0.0/16' });
    await born.network.neighbours.add({ address: '10.8.0.9', link: 'eth0', linkAddress: '02:00:00:00:00:01' });
    await following.sees('set', 'neighbour', { address: '10.8.0.9' });
    await born.network.rules.add({ priority: 77, table: 77 });
    await following.sees('set', 'rule', { priority: 77 });
    await born.network.firewall.load({ nftables: [{ add: { table: { family: 'ip', name: 'shop' } } }] });
    await following.sees('set', 'firewall', { kind: 'table', name: 'shop' });
    const server = old.net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    server.close();
    expect(await following.sees('delete', 'socket', { kind: 'tcp' })).toMatchObject({
      namespace: { names: [oldName] },
    });
  });

  it('keeps no namespace alive, and tells when one ends', async () => {
    await using following = new Following();
    await following.until(({ event }) => event === 'synchronized');
    const born = NetworkNamespace.createNamed(newName);
    const key = `net:[${born.id.ino}]`;
    await following.sees('set', 'name', { name: newName });
    born.close();
    emptyRunDirectory();
    expect(await following.sees('delete', 'namespace')).toMatchObject({ namespace: { key } });
  });

  it('tells everything anew when the kernel had to drop events, and what is told last is right', async () => {
    using old = NetworkNamespace.createNamed(oldName);
    await old.network.firewall.load({ nftables: [{ add: { table: { family: 'ip', name: 'shop' } } }] });
    await using following = new Following({ receiveBuffer: 4096, objects: ['address', 'firewall'], rescan: 60_000 });
    await following.until(({ event }) => event === 'synchronized');
    const addresses = Array.from({ length: 400 }, (_, at) => `10.6.${at >> 8}.${at & 255}/32`);
    await old.network.addresses.addAll(addresses.map((address) => ({ link: 'lo', address })));
    await following.until(({ event }) => event === 'resync');
    const from = following.told.length;
    await following.until(({ event }) => event === 'synchronized');
    const known = following.told
      .slice(from)
      .flatMap((event) => ('object' in event && event.object === 'address' ? [event.value.address] : []));
    expect(addresses.filter((address) => !known.includes(address.slice(0, -3)))).toEqual([]);
    const tables = following.told
      .slice(from)
      .filter((event) => 'object' in event && event.object === 'firewall' && event.event === 'present');
    expect(tables).toMatchObject([{ value: { kind: 'table', name: 'shop' }, namespace: { names: [oldName] } }]);
  });
});

describe('routes that go without a word', () => {
  const lost = { destination: '10.7.0.0/16' };

  /** A device with an address and a route, that goes down; what is told from there on until a test holds. */
  async function told(remember: number, test: (event: TimelineEvent) => boolean): Promise<TimelineEvent[]> {
    using old = NetworkNamespace.createNamed(oldName);
    await using following = new Following({ objects: ['route', 'nexthop'], remember, rescan: 60_000 });
    await following.until(({ event }) => event === 'synchronized');
    const { links, addresses, routes, nexthops } = old.network;
    await links.add({ kind: 'bridge', name: 'br0', up: true });
    await addresses.add({ link: 'br0', address: '10.8.0.1/24' });
    await nexthops.add({ id: 7, gateway: '10.8.0.9', link: 'br0' });
    await routes.add({ ...lost, gateway: '10.8.0.9' });
    await following.sees('set', 'route', lost);
    const from = following.told.length;
    await links.delete('br0');
    await following.until(test);
    return following.told.slice(from);
  }

  const isRoute = (event: TimelineEvent) => 'object' in event && event.object === 'route' && event.event === 'delete';
  const isLost = (event: TimelineEvent) =>
    isRoute(event) && 'object' in event && event.object === 'route' && event.value.destination === lost.destination;

  it('are told to be gone, with their device', async () => {
    const events = await told(1000, isLost);
    expect(events.at(-1)).toMatchObject({ device: 'br0', namespace: { names: [oldName] } });
    expect(events).toContainEqual(
      expect.objectContaining({ event: 'delete', object: 'nexthop', value: expect.objectContaining({ id: 7 }) }),
    );
    expect(events.filter(({ event }) => event === 'resync')).toEqual([]);
  });

  it('are told anew where there are too many to remember', async () => {
    const events = await told(0, ({ event }) => event === 'synchronized');
    const at = events.findIndex(({ event }) => event === 'resync');
    expect(events[at]).toMatchObject({ objects: ['nexthop', 'route'], namespace: { names: [oldName] } });
    expect(events.filter(isLost)).toEqual([]);
    const left = events.slice(at).flatMap((event) => ('object' in event && event.event === 'present' ? [event] : []));
    expect(left.filter(({ object }) => object === 'nexthop')).toEqual([]);
  });
});

describe('watch --initial', () => {
  it('tells all tables of what is there, and of what is made meanwhile', async () => {
    using old = NetworkNamespace.createNamed(oldName);
    await old.network.links.set('lo', { up: true });
    await old.network.routes.add({ destination: '10.7.0.0/16', link: 'lo' });
    await old.network.neighbours.add({ address: '127.0.0.9', link: 'lo', linkAddress: '02:00:00:00:00:01' });
    await using following = new Following({ initial: true });
    await following.until(({ event }) => event === 'synchronized');
    const kinds = following.told.flatMap((event) => ('object' in event ? [`${event.event} ${event.object}`] : []));
    const tables = ['link', 'address', 'neighbour', 'route', 'rule'].map((table) => `present ${table}`);
    expect(kinds).toEqual(expect.arrayContaining(tables));
    using born = NetworkNamespace.createNamed(newName);
    await following.sees('set', 'namespace');
    expect(await following.sees('present', 'rule')).toMatchObject({ namespace: { key: `net:[${born.id.ino}]` } });
  });
});

describe('an ordinary user', () => {
  it('follows the network they are in, and their own namespaces, and is told what is left out', async () => {
    prepareRunDirectory();
    const user = await UserSession.open();
    await user.answer('add', oldName);
    const child = user.start([command, 'watch', '--json', '--initial']);
    const ended = once(child, 'exit');
    try {
      const lines = createInterface({ input: child.stdout as Readable })[Symbol.asyncIterator]();
      const told: Told[] = [];
      const until = async (test: (event: Told) => boolean) => {
        for (;;) {
          const { value, done } = await lines.next();
          if (done) throw new Error('the watch has ended');
          const event = JSON.parse(value) as Told;
          told.push(event);
          if (test(event)) return event;
        }
      };
      const { unseen } = (await until(({ event }) => event === 'synchronized')) as unknown as { unseen: string[] };
      expect(unseen.join()).toContain('the firewall of net:[');
      expect(unseen.join()).toContain('the kernel shows its list only to');
      const places = told.flatMap(({ namespace }) => (namespace === undefined ? [] : [namespace]));
      expect(places.some(({ current }) => current)).toBe(true);
      expect(places.some(({ names }) => names.includes(oldName))).toBe(true);
      await user.answer('ip', '-n', oldName, 'link', 'set', 'lo', 'up');
      const isUp = ({ event, object, value, namespace }: Told) =>
        event === 'set' &&
        object === 'link' &&
        (value as { readonly up?: boolean }).up === true &&
        namespace?.names[0] === oldName;
      await until(isUp);
      await user.answer('add', newName);
      await until(({ event, object }) => event === 'set' && object === 'name');
      expect(told.filter(({ event, object }) => event === 'set' && object === 'namespace')).toHaveLength(1);
    } finally {
      child.kill();
      await ended;
      await user.answer('del', ...(await user.answer('ls', '--names')).split('\n').filter(Boolean));
      await user.end();
    }
  });
});

/** Starts a command, and kills it when it has come so far. */
async function killed(argv: readonly string[], when: (child: ChildProcess) => Promise<void>): Promise<void> {
  const child = startNetns(argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  try {
    await when(child);
  } finally {
    child.kill('SIGKILL');
  }
  expect(await ended).toEqual([null, 'SIGKILL']);
}

describe('killed half-way', () => {
  it('netns watch leaves nothing, and holds nothing before', async () => {
    using old = NetworkNamespace.createNamed(oldName);
    const names = namesLeft();
    let own: string | undefined;
    await killed(['watch', '--json'], async (child) => {
      const lines = createInterface({ input: child.stdout as Readable });
      for await (const line of lines) if (JSON.parse(line).event === 'synchronized') break;
      // Its socket there, and nobody else, keeps the namespace that it listens in.
      const { namespaces } = await census({ types: ['net'], relations: false });
      const isIts = (keeper: Keeper) =>
        keeper.kind === 'socket' && keeper.holders.every(({ pid }) => pid === child.pid) && keeper.holders.length > 0;
      const kept = namespaces.filter(({ keepers, current }) => !current && keepers.some(isIts));
      expect(kept).toMatchObject([{ names: [] }]);
      expect(kept[0]?.keepers.filter((keeper) => !isIts(keeper))).toEqual([]);
      own = kept.map(identityOf)[0];
      if (hasList) {
        using walk = new KernelWalk();
        // Its file alone. Whoever else looks at the whole machine may have it open for a moment.
        await expect.poll(() => referencesOf(walk, old.id.ino), patience).toBe(1);
      }
      expect(await old.network.nsids.list()).toEqual([]);
    });
    expect(namesLeft()).toEqual(names);
    const there = async () => (await census({ types: ['net'], relations: false })).namespaces.map(identityOf);
    await expect.poll(there, patience).not.toContain(own);
  });

  it('netns snapshot leaves the file as it was, and no other', async () => {
    const directory = temporaryDirectory('killed');
    const file = `${directory}/machine.jsonl`;
    writeFileSync(file, 'the old one');
    // It may be whole before it is seen: then once more.
    for (let halfWay = false; !halfWay; ) {
      const child = startNetns(['snapshot', '-w', file], { stdio: 'ignore' });
      const ended = once(child, 'exit');
      const pid = child.pid ?? 0;
      const isWriting = () => linksOf(pid).some((path) => path.startsWith(directory) && path.endsWith('(deleted)'));
      await expect.poll(() => isWriting() || child.exitCode !== null, often).toBe(true);
      child.kill('SIGSTOP');
      await expect.poll(() => stateOf(pid), patience).toMatch(/^[TZ]?$/);
      halfWay = isWriting();
      child.kill('SIGKILL');
      await ended;
      if (!halfWay) writeFileSync(file, 'the old one');
    }
    expect(readdirSync(directory)).toEqual(['machine.jsonl']);
    expect(readFileSync(file, 'utf8')).toBe('the old one');
  });
});

const patience = { interval: 50, timeout: 20_000 } as const;
const often = { interval: 1, timeout: 20_000 } as const;

/** Numbers are used again. */
const identityOf = ({ inode, id }: MachineNamespace) => `${inode} ${id}`;

/** What the descriptors of a process lead to, as far as it is there. */
function linksOf(pid: number): string[] {
  const fds = orElse([], () => readdirSync(`/proc/${pid}/fd`));
  return fds.map((fd) => orElse('', () => readlinkSync(`/proc/${pid}/fd/${fd}`)));
}

/** `T`: it is stopped. */
function stateOf(pid: number): string | undefined {
  return orElse('', () => readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\) (.).*$/s, '$1'));
}

function orElse<T>(otherwise: T, ask: () => T): T {
  try {
    return ask();
  } catch {
    return otherwise;
  }
}

function referencesOf(walk: KernelWalk, inode: number): number | undefined {
  return walk.namespaces().find((each) => each.inode === inode)?.references;
}

describe('netns watch', () => {
  it('writes a line for each event, and ends after as many as are wanted', async () => {
    using old = NetworkNamespace.createNamed(oldName);
    const { io, text } = fakeIo();
    const running = verb.main([oldName, '--only', 'links', '--initial', '--count', '1'], io);
    expect(await running).toBe(0);
    expect(text.stdout).toMatch(new RegExp(`^[\\d:.]{12}  ${oldName}  = link lo down mtu 65536 [0:]+\\n`));
    expect(await verb.main(['--only', 'linsk'], io)).toBe(2);
    expect(text.stderr).toContain("did you mean 'links'?");
    expect(old.id.ino).toBeGreaterThan(0);
  });
});
