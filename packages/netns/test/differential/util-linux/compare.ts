import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isOlder } from '../version.ts';

const front = fileURLToPath(new URL('../../../bin/netns', import.meta.url));

/** What a program said and how it ended. */
export interface Ending {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
  readonly signal: string | null;
}

/** A folder in which our command is called `unshare` and `nsenter`. */
export function folderOfOurs(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'netns-util-linux-'));
  for (const name of ['unshare', 'nsenter']) symlinkSync(front, join(path, name));
  return { path, remove: () => rmSync(path, { recursive: true }) };
}

/** All can be read: a directory of PATH that cannot makes a program that does not exist one that may not be run. */
const PATH = [
  dirname(execFileSync('sh', ['-c', 'command -v unshare'], { encoding: 'utf8' })),
  '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
].join(':');

/** Runs a program as a shell would find it, in the C locale. Process ids in what it says are made equal. */
export function run(folder: string | undefined, words: readonly string[], env: Record<string, string> = {}): Ending {
  const [program = '', ...args] = words;
  const { stdout, stderr, status, signal } = spawnSync(program, args, {
    encoding: 'utf8',
    input: '',
    env: {
      // Only the program itself is looked for in the folder: what it starts is the same for both.
      PATH: folder === undefined ? PATH : `${folder}:${join(process.execPath, '..')}:${PATH}`,
      LC_ALL: 'C',
      SHELL: '/bin/sh',
      HOME: '/',
      ...env,
    },
  });
  return { stdout, stderr: stderr.replace(/\/proc\/\d+\//g, '/proc/PID/'), status, signal };
}

/** The oldest version that our golden texts were compared with; of older ones only 2.38 was. */
const oldestSeen = '2.42';

/** Whether the installed one is known to do what came with this version. */
export function installedSince(version: string): boolean {
  const has = installedVersion() ?? '';
  return !isOlder(has, version) && !isOlder(has, oldestSeen);
}

/** The version of the installed util-linux: `2.38.1`; undefined if there is none. */
export function installedVersion(): string | undefined {
  return /util-linux (\S+)/.exec(run(undefined, ['unshare', '--version']).stdout)?.[1];
}
