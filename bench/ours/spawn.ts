// spawn DIR COUNT FLIGHT PROGRAM MEGABYTES: PROGRAM once in each of b0, b1, …, FLIGHT at a time, from a process of that size.
import { openNamespace, spawn } from '../../packages/netns/src/index.ts';
import { report } from './stamps.ts';

const [runDirectory = '', count, flight, program = '', megabytes = '0'] = process.argv.slice(2);
const ballast = Array.from({ length: Number(megabytes) }, () => Buffer.alloc(1 << 20, 1));

let next = 0;
async function worker(): Promise<void> {
  while (next < Number(count)) {
    using namespace = openNamespace(`${runDirectory}/b${next++}`);
    const child = spawn({ command: program, enter: [{ type: 'net', namespace }] }, { stdio: 'ignore' });
    const status = await new Promise((resolve) => child.once('exit', resolve));
    if (status !== 0) throw new Error(`${program} ended with ${status}`);
  }
}

await report(async () => {
  await Promise.all(Array.from({ length: Number(flight) }, worker));
});
if (ballast.length > 1e6) throw new Error('never: it keeps the ballast alive');
