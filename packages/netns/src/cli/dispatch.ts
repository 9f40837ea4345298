import type { DefinedVerb } from './define-verb.ts';
import type { Io } from './io.ts';

/**
 * The verbs, each loaded only when it is meant: what a verb does not use costs it nothing. (The build makes one file of each.)
 */
const verbs: Readonly<Record<string, () => Promise<{ readonly verb: DefinedVerb }>>> = {
  add: () => import('./verbs/add.ts'),
  attach: () => import('./verbs/attach.ts'),
  del: () => import('./verbs/del.ts'),
  ls: () => import('./verbs/ls.ts'),
  set: () => import('./verbs/set.ts'),
  ids: () => import('./verbs/ids.ts'),
  identify: () => import('./verbs/identify.ts'),
  pids: () => import('./verbs/pids.ts'),
  exec: () => import('./verbs/exec.ts'),
  run: () => import('./verbs/run.ts'),
  monitor: () => import('./verbs/monitor.ts'),
  doctor: () => import('./verbs/doctor.ts'),
  completion: () => import('./verbs/completion.ts'),
  version: () => import('./verbs/version.ts'),
  help: () => import('./verbs/help.ts'),
};

/** Programs of util-linux: by name, or as the first word. */
const utilLinux: Readonly<
  Record<string, () => Promise<{ run(argv: readonly string[], io: Io): number | Promise<number> }>>
> = {
  unshare: () => import('./verbs/unshare.ts'),
  nsenter: () => import('./verbs/nsenter.ts'),
  lsns: () => import('./verbs/lsns.ts'),
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
  if (Object.hasOwn(utilLinux, io.name)) return runUtilLinux(io.name, argv, io);
  const [first = 'help', ...rest] = argv;
  if (Object.hasOwn(utilLinux, first)) return runUtilLinux(first, rest, io);
  if (first === 'ip') return runIp(rest, { ...io, name: 'ip' });
  const word = asOptions[first] ?? first;
  const load = Object.hasOwn(verbs, word) ? verbs[word] : undefined;
  if (load === undefined) {
    const { complainAbout } = await import('./verbs/help.ts');
    return complainAbout(first, io);
  }
  const { verb } = await load();
  return verb.main(rest, io);
}

async function runIp(argv: readonly string[], io: Io): Promise<number> {
  const { runIp } = await import('./verbs/ip.ts');
  return runIp(argv, io);
}

async function runUtilLinux(name: string, argv: readonly string[], io: Io): Promise<number> {
  const program = await utilLinux[name]?.();
  return program?.run(argv, io) ?? 1;
}
