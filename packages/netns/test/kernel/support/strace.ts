import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type ProgramEnd, run } from './run.ts';

/** Why strace cannot be used here; undefined if it can. With NETNS_MUST_WORK=1 that is an error. */
export function straceMissing(): string | undefined {
  const probe = spawnSync('strace', ['-o', '/dev/null', 'true'], { encoding: 'utf8' });
  if (probe.status === 0) return undefined;
  const reason = probe.error ? 'strace is not installed' : probe.stderr.trim();
  if (process.env.NETNS_MUST_WORK === '1') throw new Error(reason);
  return reason;
}

/** One system call of a traced program. */
export interface TracedCall {
  /** The thread that made it. */
  readonly tid: number;
  readonly name: string;
  /** The text between the parentheses, as far as it was known on entry. */
  readonly args: string;
}

export interface TraceOptions {
  /** What to trace: names of system calls, or all. */
  readonly calls?: readonly string[];
  /** Only those that work on one of these paths. */
  readonly paths?: readonly string[];
  /** What to do to them: `mount:signal=SIGKILL:when=2`. `when` counts for each thread by itself. */
  readonly inject?: readonly string[];
}

/** Runs a program under strace, with all its threads and children, and tells which system calls it made. */
export async function trace(words: readonly string[], log: string, options: TraceOptions = {}) {
  const { calls = ['all'], paths = [], inject = [] } = options;
  const end: ProgramEnd = await run('strace', [
    ...['-f', '-qqq', '-o', log, '-e', `trace=${calls.join(',')}`, '-e', 'signal=none'],
    ...paths.flatMap((path) => ['-P', path]),
    ...inject.flatMap((rule) => ['-e', `inject=${rule}`]),
    ...words,
  ]);
  return { ...end, calls: parseTrace(readFileSync(log, 'utf8')) };
}

function parseTrace(text: string): TracedCall[] {
  return text.split('\n').flatMap((line) => {
    const [, tid, name, args] = /^(\d+) +(\w+)\((.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [{ tid: Number(tid), name, args: args ?? '' }];
  });
}
