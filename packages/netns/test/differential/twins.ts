import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Case, Outcome } from './case.ts';
import { normalise } from './normalise.ts';

const ourCommand = join(import.meta.dirname, '../../bin/netns');
const twin = join(import.meta.dirname, 'twin.sh');

/** How many cases run at a time; each is one process after the other. */
const lanes = 2;

export interface Twins {
  readonly theirs: Outcome;
  readonly ours: Outcome;
}

/** Runs every case with both programs. */
export async function runTwins(cases: readonly Case[], installed: string): Promise<Twins[]> {
  const directory = mkdtempSync(join(tmpdir(), 'netns-twins-'));
  try {
    const ours = join(directory, 'ip');
    symlinkSync(ourCommand, ours);
    const twins: Twins[] = [];
    const queue = cases.entries();
    const lane = async () => {
      for (const [index, each] of queue) {
        const place = writeCase(join(directory, String(index)), each);
        twins[index] = { theirs: await runOne(place, 'theirs', installed), ours: await runOne(place, 'ours', ours) };
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    return twins;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function writeCase(place: string, { line, setup = '', files = {} }: Case): string {
  mkdirSync(place);
  writeFileSync(join(place, 'setup.sh'), `${setup}\n`);
  writeFileSync(join(place, 'line.sh'), line.includes('$IP') ? `${line}\n` : `exec "$IP" ${line}\n`);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(place, name), text);
  return place;
}

async function runOne(place: string, who: 'theirs' | 'ours', program: string): Promise<Outcome> {
  const results = join(place, who);
  mkdirSync(results);
  await promisify(execFile)('unshare', ['--mount', '--net', 'sh', twin, results, place, program], {
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
  });
  const read = (name: string) => normalise(readFileSync(join(results, name), 'utf8').replaceAll(results, 'RESULTS'));
  return { out: read('out'), err: read('err'), code: Number(read('code')), state: read('state') };
}
