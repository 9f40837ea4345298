import { NetworkNamespace } from '../../../src/api/network-namespace.ts';

/** A namespace with a pair of devices, v0 (10.0.0.1/24, 2001:db8::1/64) and v1, both up; each made so is the same as every other. */
export async function wiredNamespace(): Promise<NetworkNamespace> {
  const ns = NetworkNamespace.create();
  const { links, addresses } = ns.network;
  await links.set('lo', { up: true });
  // Without addresses of their own: those would come at their own time.
  await ns.exec('sh', ['-c', 'echo 1 > /proc/sys/net/ipv6/conf/default/addr_gen_mode']);
  await links.add({
    kind: 'veth',
    name: 'v0',
    address: '02:00:00:00:00:01',
    index: 10,
    peer: { name: 'v1', address: '02:00:00:00:00:02', index: 11 },
  });
  for (const name of ['v0', 'v1']) await links.set(name, { up: true });
  await addresses.add({ link: 'v0', address: '10.0.0.1/24' });
  await addresses.add({ link: 'v0', address: '2001:db8::1/64', noDad: true });
  // The kernel makes these routes in its own time, once the devices have a carrier.
  for (let settled = 0; settled < 3; ) {
    const routes = await ns.network.routes.list({ family: 'inet6', table: 'local' });
    settled = routes.filter(({ type, link }) => type === 'multicast' || (type === 'local' && link === 10)).length;
  }
  return ns;
}

/** Runs a line of words in a namespace; throws with what it said when it fails. */
export async function runIn(ns: NetworkNamespace, line: string): Promise<string> {
  const [program = '', ...args] = line.split(/\s+/);
  const { stdout, stderr, exitCode } = await ns.exec(program, args);
  if (exitCode !== 0) throw new Error(`${line}: ${stderr}`);
  return stdout;
}

/** What `ip` or `bridge` shows, as JSON. */
export async function shown(ns: NetworkNamespace, line: string): Promise<Record<string, unknown>[]> {
  const text = await runIn(ns, line);
  return (text.trim() === '' ? [] : JSON.parse(text)).filter((entry: object) => Object.keys(entry).length > 0);
}
