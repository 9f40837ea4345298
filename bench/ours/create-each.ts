// create-each DIR COUNT [PREFIX]: named network namespaces PREFIX0, PREFIX1, ... through the library, one call for each.
import { createNamed } from '../../packages/netns/src/index.ts';
import { report } from './stamps.ts';

const [runDirectory, count, prefix = 'b'] = process.argv.slice(2);
await report(() => {
  for (let i = 0; i < Number(count); i++) createNamed(`${prefix}${i}`, { runDirectory }).close();
});
