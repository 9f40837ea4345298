import { expect, it } from 'vitest';
import { createNamespace } from '../../src/namespaces/namespace.ts';
import { openNetwork } from '../../src/network/network.ts';
import { ping } from '../../src/network/ping.ts';

/** Two namespaces with a veth between them: 10.9.0.1 and fd00::1 here, 10.9.0.2 and fd00::2 there. */
async function pair() {
  const here = createNamespace('net');
  const there = createNamespace('net');
  using a = openNetwork(here);
  using b = openNetwork(there);
  await a.links.add({ kind: 'veth', name: 'a', peer: { name: 'b', netns: there } });
  for (const [network, link, last] of [
    [a, 'a', 1],
    [b, 'b', 2],
  ] as const) {
    await network.links.set(link, { up: true });
    await network.links.set('lo', { up: true });
    await network.addresses.add({ link, address: `10.9.0.${last}/24` });
    await network.addresses.add({ link, address: `fd00::${last}/64`, noDad: true });
  }
  return { here, there, dispose: () => [here, there].forEach((each) => void each.close()) };
}

it('gets an answer from the other side and from itself, over IPv4 and IPv6, with much or no data', async () => {
  const { here, there, dispose } = await pair();
  for (const address of ['10.9.0.2', '10.9.0.1', '127.0.0.1', 'fd00::2', 'fd00::1', '::1']) {
    const { milliseconds } = await ping(here, address, { timeout: 10_000 });
    expect(milliseconds).toBeGreaterThan(0);
  }
  await ping(there, '10.9.0.1', { size: 0, timeout: 10_000 });
  await ping(there, '10.9.0.1', { size: 20_000, timeout: 10_000 });
  dispose();
});

it('answers many at once, each its own', async () => {
  const { here, there, dispose } = await pair();
  await Promise.all(Array.from({ length: 20 }, () => ping(here, '10.9.0.2', { timeout: 20_000 })));
  await Promise.all([ping(here, '10.9.0.2', { timeout: 20_000 }), ping(there, '10.9.0.1', { timeout: 20_000 })]);
  dispose();
});

it('says why there is no answer', async () => {
  using alone = createNamespace('net');
  await expect(ping(alone, '10.9.0.2')).rejects.toMatchObject({
    code: 'ENETUNREACH',
    operation: `ping 10.9.0.2 from ${alone}`,
  });
  await expect(ping(alone, 'localhost')).rejects.toThrow('invalid address "localhost": it is no IP address');
  await expect(ping(alone, '127.0.0.1', { size: 70_000 })).rejects.toThrow('invalid size 70000');
  const { here, dispose } = await pair();
  await expect(ping(here, '10.9.0.99', { timeout: 200 })).rejects.toMatchObject({ code: 'ETIMEDOUT', syscall: 'read' });
  dispose();
});
