// look: all namespaces of all types with their processes, what keeps them, once warm; prints stamps of the last look.
import { NamespaceCensus } from '../../packages/netns/src/index.ts';
import { report } from './stamps.ts';

const look = () => {
  using census = new NamespaceCensus();
  return census.entries().length;
};
const known = look();
await report(() => {
  if (look() < known / 2) throw new Error('the second look has seen too little');
});
