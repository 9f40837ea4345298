// hold [COUNT]: with COUNT, load the library and hold that many namespaces open; prints this process's resident bytes.
import { readFileSync } from 'node:fs';

const [count] = process.argv.slice(2);
if (count !== undefined) {
  const { NetworkNamespace } = await import('../../packages/netns/src/index.ts');
  const held = Array.from({ length: Number(count) }, () => NetworkNamespace.create());
  process.on('exit', () => held.length);
}
const kibibytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
process.stdout.write(`${Number(kibibytes) * 1024}\n`);
process.exit();
