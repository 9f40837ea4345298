/**
 * Make a network namespace, and run a command in it. `ip netns add demo; ip netns exec demo cat /proc/net/dev; ip netns del demo`
 *
 * Names need root. To try it without, on ground of your own: tools/private-node.sh tools/run.mjs examples/create-and-exec.ts
 */
import { NetworkNamespace } from 'netns';

using ns = NetworkNamespace.createNamed('demo');
try {
  await ns.network.links.set('lo', { up: true });
  const { stdout, exitCode } = await ns.exec('cat', ['/proc/net/dev']);
  console.log(stdout.trimEnd());
  console.log(`exit status ${exitCode}`);
} finally {
  NetworkNamespace.removeName('demo'); // a name stays until it is taken away, even when the program that gave it has ended
}
