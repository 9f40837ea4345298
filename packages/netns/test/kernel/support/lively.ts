import { NetworkNamespace } from '../../../src/api/network-namespace.ts';
import { inChild } from '../../../src/native/child.ts';
import { AT_FDCWD, CLONE_NEWNET, O_CLOEXEC, O_WRONLY } from '../../../src/native/constants.ts';
import { openNetwork } from '../../../src/network/network.ts';

/** A namespace with its loopback device up. */
export async function lively(): Promise<NetworkNamespace> {
  const ns = NetworkNamespace.create();
  await ns.network.links.set('lo', { up: true });
  return ns;
}

/** This process's own loopback device up, to compare with. */
export async function livelyHost(): Promise<void> {
  using own = openNetwork();
  await own.links.set('lo', { up: true });
}

/** Two namespaces on one cable: 10.0.0.1 and 10.0.0.2. */
export async function livelyPair(): Promise<readonly [NetworkNamespace, NetworkNamespace]> {
  const [a, b] = [await lively(), await lively()];
  await a.network.links.add({ name: 'e0', kind: 'veth', peer: { name: 'e0', netns: b } });
  for (const [ns, address] of [
    [a, '10.0.0.1/24'],
    [b, '10.0.0.2/24'],
  ] as const) {
    setInside(ns, '/proc/sys/net/ipv6/conf/e0/accept_dad', '0'); // addresses count at once
    await ns.network.links.set('e0', { up: true });
    await ns.network.addresses.add({ link: 'e0', address });
  }
  return [a, b];
}

/** Writes a file of `/proc/sys/net` as those inside see it. */
function setInside(ns: NetworkNamespace, path: string, value: string): void {
  const { failed } = inChild(`write ${path}`, [
    ['setns', ns.fd.raw, CLONE_NEWNET],
    ['openat', AT_FDCWD, path, O_WRONLY | O_CLOEXEC],
    ['write', { result: 1 }, value, value.length],
    ['close', { result: 1 }],
  ]);
  if (failed) throw new Error(`cannot write ${path}: error ${failed.errno}`);
}
