import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { NetworkNamespace } from '../../src/api/network-namespace.ts';
import { ping } from '../../src/network/ping.ts';
import { runIn, shown, wiredNamespace } from './support/twin-networks.ts';

let ns: NetworkNamespace;
beforeAll(async () => {
  ns = await wiredNamespace();
  for (let count = 0; count < 3; count++) await ping(ns, '127.0.0.1');
});
afterAll(() => ns.close());

/** What another program shows, and what was counted before and after it. The kernel sends packets of its own (IPv6) when it likes. */
async function besides<T>(theirs: () => Promise<T>) {
  for (let tries = 0; ; tries++) {
    const before = await ns.network.counters.read();
    const shownByThem = await theirs();
    const { protocols, links } = await ns.network.counters.read();
    const quiet = isDeepStrictEqual([before.protocols, before.links], [protocols, links]);
    if (quiet || tries === 20) return { protocols, links, theirs: shownByThem };
  }
}

it('are those that nstat shows', async () => {
  const { protocols, theirs } = await besides(
    async () => JSON.parse(await runIn(ns, 'nstat -j -a -z -s')).kernel as Record<string, number>,
  );
  expect(Number(protocols.IpInReceives)).toBeGreaterThanOrEqual(6);
  const names = Object.keys(theirs);
  expect(names.length).toBeGreaterThan(200);
  expect(Object.fromEntries(names.map((name) => [name, Number(protocols[name])]))).toEqual(theirs);
});

it('are those that ip shows of the devices', async () => {
  const { links, theirs } = await besides(() => shown(ns, 'ip -j -s link'));
  expect(Object.keys(links)).toEqual(theirs.map(({ ifname }) => ifname));
  for (const { ifname, stats64 } of theirs as { ifname: string; stats64: Record<string, Record<string, number>> }[])
    expect([links[ifname]?.rxBytes, links[ifname]?.txPackets].map(Number)).toEqual([
      stats64.rx?.bytes,
      stats64.tx?.packets,
    ]);
});

it('of another namespace are its own, and read again without entering it again', async () => {
  using other = NetworkNamespace.create();
  expect((await other.network.counters.read()).protocols.IpInReceives).toBe(0n);
  await other.network.links.set('lo', { up: true });
  await ping(other, '127.0.0.1');
  expect((await other.network.counters.read()).protocols.IcmpInEchos).toBe(1n);
});

it('can be watched, with rates', async () => {
  const seen: (number | undefined)[] = [];
  for await (const { rates } of ns.network.counters.watch({ interval: 1 })) {
    seen.push(rates?.protocols.IcmpOutEchoReps);
    if (seen.length === 3) break;
    await ping(ns, '127.0.0.1');
  }
  expect(seen[0]).toBeUndefined();
  expect(seen[1]).toBeGreaterThan(0);
  expect(seen[2]).toBeGreaterThan(0);
  const stop = new AbortController();
  for await (const _ of ns.network.counters.watch({ interval: 60_000, signal: stop.signal })) stop.abort();
});
