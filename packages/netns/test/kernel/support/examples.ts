import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
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

/** The same as an ordinary user. */
export function startAsOrdinaryUser(file: string, options: SpawnOptions = {}): ChildProcess {
  return start([...ordinaryUser, process.execPath, join(project, 'tools/run.mjs'), file], options);
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
