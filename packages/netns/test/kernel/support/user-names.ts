import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  attachName,
  createNamed,
  createNames,
  createNamespace,
  exec,
  listNames,
  NetworkNamespace,
  openNamespace,
  openNetwork,
  ping,
  removeName,
  removeNames,
  socketIn,
} from 'netns';

/** The library in the hands of an ordinary user: `node user-names.mjs RUNTIME-DIRECTORY`. Everything that takes root otherwise. */
const userRuntimeDirectory = process.argv[2];
const place = { userRuntimeDirectory };
const names = () =>
  listNames(place)
    .map(({ name }) => name)
    .sort();

assert.notEqual(process.geteuid?.(), 0);
assert.deepEqual(names(), []);
assert.throws(() => NetworkNamespace.open('web', place), { code: 'ENOENT' });
assert.throws(() => removeName('web', place), { code: 'ENOENT' });

const events: string[] = [];
const stop = new AbortController();
const watching = (async () => {
  for await (const { event, name } of NetworkNamespace.monitor({ ...place, signal: stop.signal }))
    events.push(`${event} ${name}`);
})();

const web = NetworkNamespace.createNamed('web', place);
createNamed('db', place).close();
assert.throws(() => createNamed('web', place), { code: 'EEXIST' });
assert.throws(() => createNamed('a/b', place), { code: 'ERR_NETNS_INVALID' });
const db = NetworkNamespace.open('db', place);
const [first] = listNames(place);
assert.equal(first?.state, 'ready');
{
  using again = openNamespace({ path: first.path });
  assert.equal(again.id.ino, first.id?.ino);
}
assert.equal(typeof web.cookie, 'bigint');
{
  using owner = web.owner();
  using other = db.owner();
  assert.ok(owner.equals(other));
}

// Two namespaces on one cable, and all kinds of sockets.
await web.network.links.set('lo', { up: true });
await web.network.links.add({ kind: 'veth', name: 'e0', up: true, peer: { name: 'e0', netns: db } });
await db.network.links.set('e0', { up: true });
await web.network.addresses.add({ link: 'e0', address: '10.0.0.1/24' });
await db.network.addresses.add({ link: 'e0', address: '10.0.0.2/24' });
await ping(db, '10.0.0.1', { timeout: 5000 });
const server = web.http.createServer((_, response) => response.end('hello'));
server.listen(80);
await once(server, 'listening');
assert.equal(await (await db.fetch('http://10.0.0.1/')).text(), 'hello');
const client = db.net.connect(80, '10.0.0.1');
await once(client, 'connect');
client.destroy();
const datagrams = web.dgram.createSocket('udp4');
await new Promise<void>((resolve) => datagrams.bind(53, resolve));
datagrams.close();
server.close();
socketIn(web, 'packet', 'raw').close();
{
  const network = openNetwork(db);
  assert.deepEqual((await network.links.list()).map(({ name }) => name).sort(), ['e0', 'lo']);
  assert.ok((await network.nsids.get({ fd: web.fd })).nsid >= 0); // given with the cable
  network.close();
}

// Programs.
const inode = (ns: NetworkNamespace) => `net:[${ns.id.ino}]\n`;
for (const mounts of [true, false]) {
  const { stdout } = await web.exec('sh', ['-c', 'readlink /proc/self/ns/net; id -u; ls /sys/class/net'], { mounts });
  assert.ok(stdout.startsWith(`${inode(web)}0\n`), stdout);
  assert.equal(stdout.includes('e0'), mounts);
}
const planned = await exec(
  { command: 'readlink', args: ['/proc/self/ns/net'], enter: [{ type: 'net', namespace: 'db' }] },
  place,
);
assert.equal(planned.stdout, inode(db));
const child = web.spawn('sleep', ['60']);
await child.ready;
const pid = child.pid ?? 0;
assert.deepEqual(web.processes(), [pid]);
attachName('sleeper', { pid }, place);
{
  using sleeper = NetworkNamespace.open('sleeper', place);
  assert.ok(sleeper.equals(web));
}
for (const target of [{ process: pid, types: ['net' as const] }, { process: pid }]) {
  const there = await exec({ command: 'readlink', args: ['/proc/self/ns/net'], enter: [target] });
  assert.equal(there.stdout, inode(web));
}
child.kill('SIGKILL');
await once(child, 'close');

// The kernel lets no thread into another user namespace.
const worker = web.worker(new URL('data:text/javascript,'));
const [refusal] = await once(worker, 'error');
assert.equal(refusal.code, 'EPERM');

// Without a name: all in one user namespace while one of them is open, or beside what has a name.
{
  using left = NetworkNamespace.create();
  using right = NetworkNamespace.create();
  await left.network.links.add({ kind: 'veth', name: 'a', peer: { name: 'b', netns: right } });
  assert.deepEqual((await right.network.links.list()).map(({ name }) => name).sort(), ['b', 'lo']);
  assert.equal((await right.exec('id', ['-u'])).stdout, '0\n');
  await right.network.links.set('lo', { up: true });
  await ping(right, '127.0.0.1', { timeout: 5000 });
  using owner = web.owner();
  using beside = NetworkNamespace.create({ owner });
  await beside.network.links.add({ kind: 'veth', name: 'a', peer: { name: 'b', netns: web } });
  await assert.rejects(beside.network.links.add({ kind: 'veth', name: 'c', peer: { name: 'd', netns: left } }), {
    code: 'EPERM',
  });
  assert.throws(() => NetworkNamespace.create({ owner: web }), { code: 'ERR_NETNS_INVALID' });
  using hosts = createNamespace('uts');
  using owners = hosts.owner();
  using leftOwner = left.owner();
  assert.ok(owners.equals(leftOwner));
  assert.equal(leftOwner.ownerUid(), process.geteuid?.());
}
{
  using processes = createNamespace('pid');
  using owner = processes.owner();
  using own = openNamespace({ pid: process.pid }, 'user');
  assert.ok(!owner.equals(own));
}

createNames(['n1', 'n2', 'n3'], place);
assert.throws(() => createNames(['n4', 'n1'], place), { code: 'EEXIST' });
assert.deepEqual(names(), ['db', 'n1', 'n2', 'n3', 'sleeper', 'web']);
assert.throws(() => removeNames(['n1', 'none', 'n2'], place), { code: 'ENOENT' });
removeNames(['n2', 'n3'], place);
for (const name of ['db', 'sleeper', 'web']) removeName(name, place);
assert.deepEqual(names(), []);
while (!events.includes('delete web')) await new Promise((resolve) => setTimeout(resolve, 10));
stop.abort();
await watching;
for (const name of ['web', 'db', 'sleeper'])
  assert.deepEqual(
    events.filter((event) => event.endsWith(` ${name}`)),
    [`add ${name}`, `ready ${name}`, `delete ${name}`],
  );
web.close();
db.close();
console.log('all is well');
