import { expect, it } from 'vitest';
import { NetlinkError } from '../../src/errors.ts';
import { createNamespace } from '../../src/namespaces/namespace.ts';
import { openNetwork } from '../../src/network/network.ts';

function network() {
  using namespace = createNamespace('net');
  return openNetwork(namespace);
}

it('carries out 300 changes that are asked for at once, and refuses exactly those that cannot be', async () => {
  using net = network();
  // Every seventh repeats the one before.
  const wanted = Array.from({ length: 300 }, (_, index) => {
    const number = index % 7 === 6 ? index - 1 : index;
    return `10.${number >> 8}.${number & 255}.1/24`;
  });
  const results = await Promise.allSettled(wanted.map((address) => net.addresses.add({ link: 1, address })));
  const refused = results.flatMap((result, index) => (result.status === 'rejected' ? [[index, result.reason]] : []));
  expect(refused.map(([index]) => index)).toEqual(wanted.flatMap((_, index) => (index % 7 === 6 ? [index] : [])));
  for (const [index, reason] of refused) {
    expect(reason).toBeInstanceOf(NetlinkError);
    expect(reason).toMatchObject({
      code: 'EEXIST',
      operation: expect.stringContaining(`add address ${wanted[index]} `),
    });
  }
  const there = (await net.addresses.list({ link: 1 })).map(
    ({ address, prefixLength }) => `${address}/${prefixLength}`,
  );
  expect(there.sort()).toEqual([...new Set(wanted)].sort());
});

it('makes, changes and deletes many with one call, and says all that was refused', async () => {
  using net = network();
  await net.links.set('lo', { up: true });
  const routes = Array.from({ length: 1000 }, (_, i) => ({ destination: `10.${i >> 8}.${i & 255}.0/24`, link: 'lo' }));
  expect(await net.routes.addAll(routes)).toBeUndefined();
  expect((await net.routes.list({ table: 'main' })).length).toBe(1000);

  const again = [{ destination: '10.9.0.0/16', link: 'lo' }, ...routes.slice(0, 70)];
  const refused = await net.routes.addAll(again).catch((error: unknown) => error as AggregateError);
  expect(refused).toBeInstanceOf(AggregateError);
  expect(refused).toMatchObject({
    message: expect.stringMatching(
      /^cannot add 70 of 71 routes; the first: cannot add route 10\.0\.0\.0\/24: File exists \(/,
    ),
    errors: routes.slice(0, 70).map(({ destination }) => ({ code: 'EEXIST', operation: `add route ${destination}` })),
  });
  expect((await net.routes.list({ destination: '10.9.0.0/16' })).length).toBe(1);

  const wrong = [
    { destination: '10.10.0.0/16', link: 'lo' },
    { destination: '10.11.0.0/16', link: 'lo', metric: -1 },
  ];
  await expect(net.routes.addAll(wrong)).rejects.toMatchObject({ code: 'ERR_NETNS_INVALID', argument: 'metric' });
  expect((await net.routes.list({ destination: '10.10.0.0/16' })).length).toBe(0);

  await net.routes.replaceAll(routes.map((route) => ({ ...route, source: '127.0.0.1' })));
  expect((await net.routes.list({ destination: '10.3.7.0/24' }))[0]?.source).toBe('127.0.0.1');
  await net.routes.deleteAll(routes);
  expect(await net.routes.flush({ table: 'main' })).toBe(1);
  expect(await net.routes.add({ destination: '10.9.0.0/16', link: 'lo' })).toBeUndefined();
});

it('goes on when all are refused, each with its own reason', async () => {
  using net = network();
  const results = await Promise.allSettled(Array.from({ length: 200 }, (_, index) => net.links.delete(1000 + index)));
  const messages = results.map((result) => (result.status === 'rejected' ? result.reason.message : 'done'));
  expect(messages).toEqual(
    messages.map((_, index) =>
      expect.stringMatching(`^cannot delete link ${1000 + index}: No such device \\(ENODEV, `),
    ),
  );
  expect((await net.links.list()).map(({ name }) => name)).toEqual(['lo']);
});

it('names the attribute that the kernel complains of, wherever in the datagram it is', async () => {
  using net = network();
  const peer = (name: string) => ({ kind: 'veth', name, peer: { name: `${name}-peer` } }) as const;
  const results = await Promise.allSettled([
    net.links.add(peer('a')),
    net.links.add(peer('b')),
    net.links.add({ kind: 'vxlan', name: 'bad', data: { id: 2 ** 24 } }),
    net.links.add(peer('c')),
    net.links.add(peer('a')),
  ]);
  expect(results).toMatchObject([
    { status: 'fulfilled' },
    { status: 'fulfilled' },
    { status: 'rejected', reason: { code: 'ERANGE', extack: { attribute: 'linkinfo.data.id' } } },
    { status: 'fulfilled' },
    { status: 'rejected', reason: { code: 'EEXIST' } },
  ]);
  const names = (await net.links.list()).map(({ name }) => name).sort();
  expect(names).toEqual(['a', 'a-peer', 'b', 'b-peer', 'c', 'c-peer', 'lo']);
});

it('makes changes in the order of the calls, also where they name a device that the one before makes', async () => {
  using net = network();
  await Promise.all([
    net.links.add({ kind: 'veth', name: 'a', peer: { name: 'b' } }),
    net.addresses.add({ link: 'a', address: '10.0.0.2/24' }),
    net.links.set('b', { name: 'c' }),
    net.links.set('c', { up: true }),
    net.links.set('a', { up: true }),
    net.routes.add({ destination: 'default', gateway: '10.0.0.1' }),
    net.addresses.add({ link: 'c', address: '10.0.1.2/24' }),
  ]);
  const { index } = await net.links.get('c');
  expect(await net.addresses.list({ link: 'c', family: 'inet' })).toMatchObject([{ address: '10.0.1.2', link: index }]);
  expect(await net.routes.list({ destination: 'default' })).toMatchObject([{ gateway: '10.0.0.1' }]);
});
