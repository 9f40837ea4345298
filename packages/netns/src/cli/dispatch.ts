import type { Io } from './io.ts';
import type { Verb } from './verb.ts';

/**
 * The verbs, each loaded only when it is meant: what a verb does not use costs it nothing. (The build makes one file of each.)
 */
const verbs: Readonly<Record<string, () => Promise<{ readonly verb: Verb }>>> = {
  add: () => import('./verbs/add.ts'),
  attach: () => import('./verbs/attach.ts'),
  del: () => import('./verbs/del.ts'),
  ls: () => import('./verbs/ls.ts'),
  set: () => import('./verbs/set.ts'),
  ids: () => import('./verbs/ids.ts'),
  identify: () => import('./verbs/identify.ts'),
  pids: () => import('./verbs/pids.ts'),
  exec: () => import('./verbs/exec.ts'),
  monitor: () => import('./verbs/monitor.ts'),
  version: () => import('./verbs/version.ts'),
  help: () => import('./verbs/help.ts'),
};

const asOptions: Readonly<Record<string, string>> = {
  '--help': 'help',
  '-h': 'help',
  '--version': 'version',
  '-V': 'version',
};

/** Runs the command with the words behind its name; gives the exit status. */
export async function dispatch(argv: readonly string[], io: Io): Promise<number> {
  if (io.name.startsWith('ip')) return runIp(argv, io); // called as `ip`, `ipnetns`, …
  const [first = 'help', ...rest] = argv;
  if (first === 'ip') return runIp(rest, { ...io, name: 'ip' });
  const word = asOptions[first] ?? first;
  const load = Object.hasOwn(verbs, word) ? verbs[word] : undefined;
  if (load === undefined) return complain(first, io);
  const { verb } = await load();
  const { runVerb } = await import('./run-verb.ts');
  return runVerb(verb, rest, io);
}

async function runIp(argv: readonly string[], io: Io): Promise<number> {
  const { runIp } = await import('./verbs/ip.ts');
  return runIp(argv, io);
}

async function complain(word: string, io: Io): Promise<number> {
  const { unknownVerb } = await import('./verbs/help.ts');
  const { note } = await import('./report.ts');
  note(io, word.startsWith('-') ? `unknown option '${word}'` : unknownVerb(word));
  io.stderr.write("try 'netns help'\n");
  return 2;
}
