// hold [COUNT]: with COUNT, load the library and hold that many namespaces open; prints this process's resident bytes.
import { reportResident } from './resident.ts';

const [count] = process.argv.slice(2);
if (count !== undefined) {
  const { NetworkNamespace } = await import('../../packages/netns/src/index.ts');
  const held = Array.from({ length: Number(count) }, () => NetworkNamespace.create());
  process.on('exit', () => held.length);
}
reportResident();
