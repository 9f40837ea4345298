// spawn-node DIR COUNT FLIGHT PROGRAM MEGABYTES HELPER...: the same through Node's own child_process and a program that enters.
import { spawn } from 'node:child_process';
import { report } from './stamps.ts';

const [runDirectory = '', count, flight, program = '', megabytes = '0', helper = '', ...words] = process.argv.slice(2);
const ballast = Array.from({ length: Number(megabytes) }, () => Buffer.alloc(1 << 20, 1));

let next = 0;
async function worker(): Promise<void> {
  while (next < Number(count)) {
    const path = `${runDirectory}/b${next++}`;
    const args = words.map((word) => word.replace('{}', path));
    const child = spawn(helper, [...args, program], { stdio: 'ignore' });
    const status = await new Promise((resolve) => child.once('exit', resolve));
    if (status !== 0) throw new Error(`${program} ended with ${status}`);
  }
}

await report(async () => {
  await Promise.all(Array.from({ length: Number(flight) }, worker));
});
if (ballast.length > 1e6) throw new Error('never: it keeps the ballast alive');
