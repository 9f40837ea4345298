// spawn DIR COUNT FLIGHT PROGRAM MEGABYTES WARMUP: PROGRAM once in each of b0, b1, …, FLIGHT at a time, from a process of that size
// that has started WARMUP programs before: V8 interprets a function until it has seen enough of it.
import { openNamespace, spawn } from '../../packages/netns/src/index.ts';
import { report } from './stamps.ts';

const [runDirectory = '', count, flight, program = '', megabytes = '0', warmUp = '0'] = process.argv.slice(2);
const ballast = Array.from({ length: Number(megabytes) }, () => Buffer.alloc(1 << 20, 1));

let next = 0;
async function worker(last: number): Promise<void> {
  while (next < last) {
    using namespace = openNamespace(`${runDirectory}/b${next++ % Number(count)}`);
    const child = spawn({ command: program, enter: [{ type: 'net', namespace }] }, { stdio: 'ignore' });
    const status = await new Promise((resolve) => child.once('exit', resolve));
    if (status !== 0) throw new Error(`${program} ended with ${status}`);
  }
}

const start = (programs: number) => {
  const last = next + programs;
  return Promise.all(Array.from({ length: Number(flight) }, () => worker(last)));
};
await start(Number(warmUp));
next = 0;
await report(() => start(Number(count)));
if (ballast.length > 1e6) throw new Error('never: it keeps the ballast alive');
