// delete DIR COUNT [PREFIX]: remove the names PREFIX0, PREFIX1, ... through the library.
import { removeName } from '../../packages/netns/src/index.ts';
import { report } from './stamps.ts';

const [runDirectory, count, prefix = 'b'] = process.argv.slice(2);
await report(() => {
  for (let i = 0; i < Number(count); i++) removeName(`${prefix}${i}`, { runDirectory });
});
