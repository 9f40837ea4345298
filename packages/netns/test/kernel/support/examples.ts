import { type ChildProcess, execFileSync, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const project = join(import.meta.dirname, '../../../../..');

/** Starts an example as the reader of the documentation does. */
export function startExample(file: string, args: readonly string[] = [], options: SpawnOptions = {}): ChildProcess {
  return start([process.execPath, join(project, 'tools/run.mjs'), file, ...args], options);
}

function start([program = '', ...words]: readonly string[], options: SpawnOptions): ChildProcess {
  return spawn(program, words, {
    cwd: project,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 50_000,
    killSignal: 'SIGKILL',
    ...options,
  });
}

const ordinaryUser = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--'];

/** Whether there is another user that we may be: not where we are root in a user namespace with one user. */
export const mayBeOrdinaryUser = spawnSync(ordinaryUser[0] ?? '', [...ordinaryUser.slice(1), 'true']).status === 0;

let folder: string | undefined;

/** The same as an ordinary user, who may not write where `tools/run.mjs` does. */
export function startAsOrdinaryUser(file: string, options: SpawnOptions = {}): ChildProcess {
  if (folder === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'netns-examples-'));
    process.on('exit', () => rmSync(made, { recursive: true }));
    chmodSync(made, 0o755);
    symlinkSync(join(project, 'node_modules'), join(made, 'node_modules'));
    folder = made;
  }
  const outfile = join(folder, `${file.replaceAll('/', '-')}.mjs`);
  if (!existsSync(outfile)) {
    execFileSync(createRequire(import.meta.url).resolve('esbuild/bin/esbuild'), [
      join(project, file),
      `--outfile=${outfile}`,
      '--bundle',
      '--platform=node',
      '--format=esm',
      '--target=node20',
      '--packages=external',
      '--log-level=error',
    ]);
  }
  return start([...ordinaryUser, process.execPath, outfile], options);
}

/** The examples, by their paths. */
export const examples: readonly string[] = readdirSync(join(project, 'examples'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => join('examples', file));

export const tour = 'examples/tour/main.ts';

/** The processes that a process has started and that live. */
export function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((tid) =>
      readFileSync(`/proc/${pid}/task/${tid}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}

/** The living processes that have a word in their environment. */
export function processesWith(word: string): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(word);
      } catch {
        return false;
      }
    });
}
