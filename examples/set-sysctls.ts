/**
 * The settings of a namespace's network: its own sysctls. `sysctl -w net.ipv4.ip_forward=1`, in there.
 *
 * To try it without root: tools/private-node.sh tools/run.mjs examples/set-sysctls.ts
 */
import { NetworkNamespace } from 'netns';

using ns = NetworkNamespace.create();
const { sysctl } = ns.network;

await sysctl.setAll({ 'net.ipv4.ip_forward': true, 'net.ipv4.ip_local_port_range': [20_000, 30_000] });
const [first, last] = await sysctl.get('net.ipv4.ip_local_port_range');
console.log(`it forwards: ${await sysctl.get('net.ipv4.ip_forward')}, from ports ${first} to ${last}`);

for (const { name, value } of await sysctl.list('net.ipv4.conf.*.forwarding')) console.log(`${name} = ${value}`);
