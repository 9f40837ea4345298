import { createRequire } from 'node:module';
import type { Run } from './programs.ts';

const { dispatch } = createRequire(import.meta.url)('../../../dist/cli/tc.cjs');

/** Ours, in this process: starting programs is slow on an emulated machine. */
export async function ours(...words: string[]): Promise<Run> {
  const texts = { out: '', err: '' };
  const sink = (kind: 'out' | 'err') => ({
    isTerminal: false,
    write: (text: string) => {
      texts[kind] += text;
    },
  });
  const code = await dispatch(words, { stdout: sink('out'), stderr: sink('err'), env: {}, name: 'tc' });
  return { ...texts, code };
}

/** The installed `tc`. */
export function theirs(...words: string[]): Run {
  const result = spawnTc(words);
  return { ...result, err: result.err.replaceAll(/^Warning: .*\n/gm, '') }; // what the kernel only remarks
}

function spawnTc(words: readonly string[]): Run {
  const { spawnSync } = createRequire(import.meta.url)('node:child_process');
  const env = { PATH: process.env.PATH, LC_ALL: 'C' };
  const { stdout, stderr, status } = spawnSync('tc', words, { encoding: 'utf8', env, maxBuffer: 1e8 });
  return { out: stdout, err: stderr, code: status ?? -1 };
}
