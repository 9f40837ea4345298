/**
 * A namespace without a name: found by a process that is in it, told from others by its inode and cookie, and given a name at last.
 *
 * To try it without root: tools/private-node.sh tools/run.mjs examples/nameless.ts
 */
import { NetworkNamespace, namespaceIdOf } from 'netns';

using nameless = NetworkNamespace.create();
const child = nameless.spawn('cat', [], { stdio: ['pipe', 'ignore', 'inherit'] }); // lives until its input ends
const ended = new Promise((resolve) => child.once('close', resolve));
await child.ready;

const pid = child.pid as number;
using found = NetworkNamespace.open({ pid });
console.log(`process ${pid} is in ${found}, cookie ${found.cookie}: ${found.processes().length} process in all`);
console.log(
  `by its inode it is ${namespaceIdOf(pid).ino === nameless.id.ino ? 'the one that we made' : 'another one'}`,
);

NetworkNamespace.attachName('demo', { pid });
console.log(`now it is called ${NetworkNamespace.names().find(({ id }) => id?.ino === found.id.ino)?.name}`);
NetworkNamespace.removeName('demo');

child.stdin?.end();
await ended;
