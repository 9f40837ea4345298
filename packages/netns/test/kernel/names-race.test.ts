import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultRunDirectory, listNames } from '../../src/namespaces/names.ts';
import { bundleProgram, endOf, type ProgramEnd, temporaryDirectory } from './support/run.ts';
import { emptyRunDirectory, forgetRunDirectory, mountsOn, states } from './support/run-directories.ts';

/** Starts all programs, waits until each says `ready`, then lets them go at the same moment: they read a pipe that ends. */
async function race(programs: readonly (readonly string[])[]): Promise<ProgramEnd[]> {
  const pipe = join(temporaryDirectory('race'), 'pipe');
  execFileSync('mkfifo', [pipe]);
  const hold = openSync(pipe, 'r+');
  const children: ChildProcess[] = programs.map(([program = '', ...args]) => {
    const end = openSync(pipe, 'r');
    const child = spawn(program, args, { stdio: [end, 'pipe', 'pipe'] });
    closeSync(end);
    return child;
  });
  const ends = children.map(endOf);
  await Promise.all(children.map(({ stdout }) => stdout && once(stdout, 'data')));
  closeSync(hold);
  return Promise.all(ends);
}

/** Programs that add a name: ours, and the installed `ip`. */
const program = bundleProgram('add');
const ours = (name: string) => [process.execPath, program, name];
const theirs = (name: string) => ['sh', '-c', 'echo ready; read line; exec ip netns add "$0"', name];

/** What went wrong, in words; empty if nothing did. */
function complaint({ stderr, exitCode }: ProgramEnd): string {
  return stderr.trim() || (exitCode === 0 ? '' : `exit code ${exitCode}`);
}

const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);
const allReady = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, 'ready']));

// Sixty-four times Node's start: on a busy machine that takes a while.
describe('64 processes that add the very first name', { timeout: 180_000 }, () => {
  beforeEach(() => forgetRunDirectory());
  afterEach(emptyRunDirectory);

  it('make one mount; each name has one owner, and all others are told so', async () => {
    const different = numbered('n', 40);
    const ends = await race([...different, ...Array<string>(24).fill('same')].map(ours));
    const complaints = ends.map(complaint);
    expect(complaints.slice(0, 40)).toEqual(Array(40).fill(''));
    expect(complaints.slice(40).sort()).toEqual([
      '',
      ...Array(23).fill('cannot create namespace file /run/netns/same: File exists (EEXIST, mknodat)'),
    ]);
    expect(states()).toEqual(allReady([...different, 'same']));
    expect(new Set(listNames().map(({ id }) => id?.ino)).size).toBe(41);
    expect(mountsOn(defaultRunDirectory)).toEqual(['shared']);
  });

  it('make one mount when most of them are `ip netns add`', async () => {
    const names = numbered('n', 64);
    const ends = await race(names.map((name, index) => (index % 4 ? theirs(name) : ours(name))));
    expect(ends.map(complaint)).toEqual(Array(64).fill(''));
    expect(states()).toEqual(allReady(names));
    expect(mountsOn(defaultRunDirectory)).toEqual(['shared']);
  });
});
