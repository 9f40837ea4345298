import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

/** What a command line did. */
export interface Run {
  readonly out: string;
  readonly err: string;
  readonly code: number;
}

/** The installed `ip`: a process. */
export function theirs(...words: string[]): Run {
  const env = { PATH: process.env.PATH, LC_ALL: 'C' };
  const { stdout, stderr, status } = spawnSync('ip', words, { encoding: 'utf8', env, maxBuffer: 1e8 });
  return { out: stdout, err: stderr, code: status ?? -1 };
}

const { dispatch } = createRequire(import.meta.url)('../../../dist/cli/ip.cjs');

/** Ours, as it is built, in this process: nothing is started. */
export async function ours(...words: string[]): Promise<Run> {
  const texts = { out: '', err: '' };
  const sink = (kind: 'out' | 'err') => ({
    isTerminal: false,
    write: (text: string) => {
      texts[kind] += text;
    },
  });
  const code = await dispatch(words, { stdout: sink('out'), stderr: sink('err'), env: {}, name: 'ip' });
  return { ...texts, code };
}

/**
 * Whether the running kernel has links of a kind, by asking for one without settings. A kind that it has, or that a module brings,
 * is made, and then taken away again, or refused for what is missing; one that it has not is not supported.
 */
export async function hasKind(name: string): Promise<boolean> {
  const { err } = await ours('link', 'add', 'probe', 'type', name);
  if (err === '') await ours('link', 'delete', 'probe');
  return !/Unknown device type|Operation not supported/.test(err);
}
