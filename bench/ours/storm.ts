// storm NAMESPACES EACH READS WATCH...: start `netns watch`, have another process make so many addresses in each of the named namespaces,
// and read what the watch tells: meanwhile (READS is `reading`), or only then (`stopped`: it is held up while they are made). Prints how
// many addresses were not told of as changes, how many were still unknown when all was told, how often all was told anew, and the most
// memory (MB) that the watch has taken.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const [namespaces, each, reads, watch = '', ...words] = process.argv.slice(2);
const all = Number(namespaces) * Number(each);
const watcher = spawn(watch, words, { stdio: ['ignore', 'pipe', 'inherit'] });
const lines = createInterface({ input: watcher.stdout })[Symbol.asyncIterator]();
const next = async () => {
  const { value, done } = await lines.next();
  if (done) throw new Error(`${watch} ended early`);
  return JSON.parse(value);
};
const pid = watcher.pid ?? 0;
const timer = setTimeout(() => watcher.kill(), 60_000);
while ((await next()).event !== 'synchronized');

if (reads === 'stopped') process.kill(pid, 'SIGSTOP');
const writer = fileURLToPath(new URL('write-addresses.mjs', import.meta.url));
const written = once(
  spawn(process.execPath, [writer, namespaces ?? '', each ?? ''], { stdio: ['ignore', 'ignore', 'inherit'] }),
  'exit',
);
if (reads === 'stopped') {
  await written;
  process.kill(pid, 'SIGCONT');
}

const told = new Set<string>();
const known = new Set<string>();
let resyncs = 0;
for (let resync = false; resync || known.size < all; ) {
  const { event, object, namespace, value } = await next();
  if (event === 'resync') resyncs++;
  if (event === 'resync' || event === 'synchronized') resync = event === 'resync';
  if (object !== 'address' || !/^b\d+$/.test(namespace.names[0]) || !value.address.startsWith('10.')) continue;
  const address = `${namespace.key} ${value.address}`;
  if (event === 'set') told.add(address);
  known.add(address);
}
clearTimeout(timer);
const [, peak] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
watcher.kill();
process.stdout.write(`${all - told.size} ${all - known.size} ${resyncs} ${(Number(peak) * 1024) / 1e6}\n`);
process.exit();
