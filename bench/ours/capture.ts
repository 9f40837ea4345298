// capture FLOOD DEVICE RATE SECONDS FILE PROGRAM...: start a program that captures into FILE, send frames out of the other end of what it
// captures, and interrupt it when the file has stopped growing (tcpdump takes a second for the last). Prints how many frames are not in the file, by the program's own count, the
// milliseconds of processor time that it has taken meanwhile, and the most memory (MB) that it has taken.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const [flood = '', device = '', rate = '', seconds = '', file = '', program = '', ...words] = process.argv.slice(2);
const child = spawn(program, words, { stdio: ['ignore', 'ignore', 'pipe'] });
let text = '';
child.stderr.on('data', (more) => {
  text += more;
});
const ended = once(child, 'exit');
while (!/(capturing|listening) on/.test(text)) {
  if (child.exitCode !== null) throw new Error(`${program} ended early: ${text}`);
  await sleep(20);
}
const before = processorTime();
const { stdout } = await promisify(execFile)(flood, [device, rate, seconds]);
for (let size = -1, same = 0; same < 15; await sleep(100)) {
  const now = statSync(file).size;
  same = now === size ? same + 1 : 0;
  size = now;
}
const taken = processorTime() - before;
const [, peak] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'latin1')) ?? [];
child.kill('SIGINT');
await ended;
const [, captured] = /(\d+) packets captured/.exec(text) ?? [];
process.stdout.write(`${Number(stdout) - Number(captured)} ${taken} ${(Number(peak) * 1024) / 1e6}\n`);
process.exit();

/** Of the program and what it has started, in milliseconds: the kernel counts ticks of ten. */
function processorTime(): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
