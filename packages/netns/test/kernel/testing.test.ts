import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { NetworkNamespace } from '../../src/api/network-namespace.ts';
import { leakCensus, settledCensus } from '../../src/testing/leak-census.ts';
import { transientNamespace } from '../../src/testing/transient-namespace.ts';

it('gives a namespace whose loopback works, for as long as it is in scope', async () => {
  const before = leakCensus();
  {
    await using ns = await transientNamespace();
    expect((await ns.network.links.get('lo')).up).toBe(true);
    expect(leakCensus().descriptors).not.toEqual(before.descriptors);
  }
  expect(await settledCensus(before)).toEqual(before);
});

it('leaves loopback alone when told to', async () => {
  await using ns = await transientNamespace({ loopback: false });
  expect((await ns.network.links.get('lo')).up).toBe(false);
});

it('finds each kind of thing that is left behind', async () => {
  const before = leakCensus();
  using named = NetworkNamespace.createNamed('left');
  const child = spawn('sleep', ['60']);
  await once(child, 'spawn');
  const { links } = named.network;
  await links.add({ kind: 'veth', name: 'inside', peer: { name: 'left0', netns: { pid: process.pid } } });
  const after = await settledCensus(before, 50);
  expect(after.names).toEqual([...before.names, 'left']);
  expect(after.children).toContain(String(child.pid));
  expect(after.links).toContain('left0');
  expect(after.mounts.some((mount) => mount.endsWith('/run/netns/left'))).toBe(true);
  expect(Object.values(after.descriptors)).toContain(String(named));
  await links.delete('inside');
  NetworkNamespace.removeName('left');
  child.kill();
  await once(child, 'close');
});
