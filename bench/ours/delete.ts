// delete DIR COUNT [PREFIX] [BEFORE]: remove the names PREFIX0, PREFIX1, ... through the library; BEFORE of them before the clock starts.
import { removeNames } from '../../packages/netns/src/index.ts';
import { report } from './stamps.ts';

const [runDirectory, count, prefix = 'b', before = '0'] = process.argv.slice(2);
const names = Array.from({ length: Number(count) }, (_, i) => `${prefix}${i}`);
removeNames(names.splice(0, Number(before)), { runDirectory });
await report(() => removeNames(names, { runDirectory }));
