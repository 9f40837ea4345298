// create DIR COUNT: named network namespaces b0, b1, ... through the library, all in one call.
import { createNames } from '../../packages/netns/src/index.ts';
import { report } from './stamps.ts';

const [runDirectory, count] = process.argv.slice(2);
await report(() => {
  createNames(
    Array.from({ length: Number(count) }, (_, i) => `b${i}`),
    { runDirectory },
  );
});
