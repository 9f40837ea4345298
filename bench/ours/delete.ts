// delete DIR COUNT [PREFIX]: remove the names PREFIX0, PREFIX1, ... through the library.
import { removeNames } from '../../packages/netns/src/index.ts';
import { report } from './stamps.ts';

const [runDirectory, count, prefix = 'b'] = process.argv.slice(2);
const names = Array.from({ length: Number(count) }, (_, i) => `${prefix}${i}`);
await report(() => removeNames(names, { runDirectory }));
