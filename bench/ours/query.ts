// query PATH COUNT: ask the namespace at PATH for its loopback link COUNT times, each time from the beginning.
import { NetworkNamespace } from '../../packages/netns/src/index.ts';
import { report } from './stamps.ts';

const [path = '', count] = process.argv.slice(2);
await report(async () => {
  for (let i = 0; i < Number(count); i++) {
    using namespace = NetworkNamespace.open(path);
    await namespace.network.links.get('lo');
  }
});
