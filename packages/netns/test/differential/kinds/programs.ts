import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

/** What a command line did. */
export interface Run {
  readonly out: string;
  readonly err: string;
  readonly code: number;
}

/** Another program: a process. */
export function run(program: string, words: readonly string[]): Run {
  const env = { PATH: process.env.PATH, LC_ALL: 'C' };
  const { stdout, stderr, status } = spawnSync(program, words, { encoding: 'utf8', env, maxBuffer: 1e8 });
  return { out: stdout, err: stderr, code: status ?? -1 };
}

/** Ours, as it is built, in this process: nothing is started, which is slow on an emulated machine. */
export function asBuilt(name: 'ip' | 'tc'): (...words: string[]) => Promise<Run> {
  const { dispatch } = createRequire(import.meta.url)(`../../../dist/cli/${name}.cjs`);
  return async (...words) => {
    const texts = { out: '', err: '' };
    const sink = (kind: 'out' | 'err') => ({
      isTerminal: false,
      write: (text: string) => {
        texts[kind] += text;
      },
    });
    const code = await dispatch(words, { stdout: sink('out'), stderr: sink('err'), env: {}, name });
    return { ...texts, code };
  };
}

/** The installed `ip`. */
export const theirs = (...words: string[]): Run => run('ip', words);

/** Our `ip`. */
export const ours = asBuilt('ip');

/**
 * Whether the running kernel has links of a kind, by asking for one without settings. A kind that it has, or that a module brings,
 * is made, and then taken away again, or refused for what is missing; one that it has not is not supported.
 */
export async function hasKind(name: string): Promise<boolean> {
  const { err } = await ours('link', 'add', 'probe', 'type', name);
  if (err === '') await ours('link', 'delete', 'probe');
  return !/Unknown device type|Operation not supported/.test(err);
}
