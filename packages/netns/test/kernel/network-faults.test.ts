import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NetworkNamespace } from '../../src/api/network-namespace.ts';
import { ClosedError, KernelError } from '../../src/errors.ts';
import { createNamespace } from '../../src/namespaces/namespace.ts';
import { openNetwork, openNetworks } from '../../src/network/network.ts';
import { callInProcess, withoutCapabilities } from './support/call-in-process.ts';

const errorOf = (work: () => unknown): unknown => {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
};

describe('a namespace that ends', () => {
  it('is refused once it is closed, and keeps nothing open', () => {
    const namespace = createNamespace('net');
    namespace.close();
    expect(errorOf(() => openNetwork(namespace))).toBeInstanceOf(ClosedError);
    using other = createNamespace('net');
    expect(errorOf(() => openNetworks([other, namespace]))).toBeInstanceOf(ClosedError);
  });

  it('lives as long as its network is open, whoever has left it', async () => {
    const ns = NetworkNamespace.createNamed('short-lived');
    using network = openNetwork(ns);
    NetworkNamespace.removeName('short-lived');
    ns.close();
    await network.links.add({ kind: 'bridge', name: 'br0' });
    expect((await network.links.list()).map(({ name }) => name)).toEqual(['lo', 'br0']);
  });

  it('cannot be reached any more by the process that was in it, nor be given a device', async () => {
    using home = NetworkNamespace.create();
    const there = NetworkNamespace.create();
    const sleeper = there.spawn('sleep', ['60']);
    await sleeper.ready;
    const pid = sleeper.pid as number;
    sleeper.kill();
    await new Promise((resolve) => sleeper.once('close', resolve));
    there.close();
    const error = errorOf(() => NetworkNamespace.open({ pid }));
    expect(error).toBeInstanceOf(KernelError);
    expect(error).toMatchObject({ message: expect.stringContaining(String(pid)) });
    const move = home.network.links.add({ kind: 'bridge', name: 'br0', netns: { pid } });
    await expect(move).rejects.toMatchObject({ message: expect.stringContaining('as the namespace of a link') });
    expect((await home.network.links.list()).map(({ name }) => name)).toEqual(['lo']);
  });
});

describe('while devices come and go', () => {
  let ns: NetworkNamespace;
  beforeAll(async () => {
    ns = NetworkNamespace.create();
    for (let count = 0; count < 60; count++) await ns.network.links.add({ kind: 'bridge', name: `stays${count}` });
  });
  afterAll(() => ns.close());

  it('every list has what stays, once, or says that it was interrupted', async () => {
    const churn = 'while :; do ip link add c type veth peer name d; ip link set c up; ip link delete c; done';
    const child = ns.spawn('bash', ['-c', churn]);
    await child.ready;
    const { links, addresses, routes, neighbours } = ns.network;
    await expect
      .poll(async () => (await links.list()).some(({ name }) => name === 'c'), { timeout: 20_000 })
      .toBe(true);
    for (let round = 0; round < 60; round++) {
      const [found] = await Promise.all([links.list(), addresses.list(), routes.list(), neighbours.list()]);
      const staying = found.filter(({ name }) => name.startsWith('stays'));
      if (!found.interrupted) expect(staying.length).toBe(60);
      // A device that is gone when it is asked for is an error of that one question.
      const [address, flushed] = await Promise.allSettled([
        addresses.list({ link: 'c' }),
        addresses.flush({ link: 'c' }),
      ]);
      for (const end of [address, flushed])
        if (end?.status === 'rejected') expect(end.reason).toMatchObject({ code: 'ENODEV' });
    }
    child.kill();
    await new Promise((resolve) => child.once('close', resolve));
  });
});

describe('somebody without capabilities', () => {
  it('may follow their own namespace, but not all: EPERM, and no socket stays', async () => {
    const calls = [['openSockets'], ['monitorOwn', {}], ['monitorOwn', { allNamespaces: true }], ['openSockets']];
    const [before, own, all, after] = await callInProcess(withoutCapabilities, calls);
    expect(own?.value).toBeGreaterThan(0);
    expect(all?.error).toMatchObject({ name: 'KernelError', code: 'EPERM' });
    expect(all?.error?.message).toMatch(/^cannot .+: Operation not permitted \(EPERM, setsockopt/);
    expect(after?.value).toEqual(before?.value);
  });
});
