import type { DefinedVerb } from './define-verb.ts';
import type { Io } from './io.ts';
import { requestOf, type UtilLinuxName, type VerbName } from './request.ts';

/**
 * The verbs, each loaded only when it is meant: what a verb does not use costs it nothing. (The build makes one file of each.)
 */
const verbs: Readonly<Record<VerbName, () => Promise<{ readonly verb: DefinedVerb }>>> = {
  add: () => import('./verbs/add.ts'),
  attach: () => import('./verbs/attach.ts'),
  del: () => import('./verbs/del.ts'),
  ls: () => import('./verbs/ls.ts'),
  peer: () => import('./verbs/peer.ts'),
  graph: () => import('./verbs/graph.ts'),
  leaks: () => import('./verbs/leaks.ts'),
  capture: () => import('./verbs/capture.ts'),
  listen: () => import('./verbs/listen.ts'),
  snapshot: () => import('./verbs/snapshot.ts'),
  diff: () => import('./verbs/diff.ts'),
  watch: () => import('./verbs/watch.ts'),
  why: () => import('./verbs/why.ts'),
  show: () => import('./verbs/show.ts'),
  export: () => import('./verbs/export.ts'),
  apply: () => import('./verbs/apply.ts'),
  set: () => import('./verbs/set.ts'),
  ids: () => import('./verbs/ids.ts'),
  identify: () => import('./verbs/identify.ts'),
  pids: () => import('./verbs/pids.ts'),
  stats: () => import('./verbs/stats.ts'),
  sysctl: () => import('./verbs/sysctl.ts'),
  firewall: () => import('./verbs/firewall.ts'),
  shape: () => import('./verbs/shape.ts'),
  conntrack: () => import('./verbs/conntrack.ts'),
  sockets: () => import('./verbs/sockets.ts'),
  exec: () => import('./verbs/exec.ts'),
  run: () => import('./verbs/run.ts'),
  monitor: () => import('./verbs/monitor.ts'),
  doctor: () => import('./verbs/doctor.ts'),
  completion: () => import('./verbs/completion.ts'),
  version: () => import('./verbs/version.ts'),
  help: () => import('./verbs/help.ts'),
};

const utilLinux: Readonly<
  Record<UtilLinuxName, () => Promise<{ run(argv: readonly string[], io: Io): number | Promise<number> }>>
> = {
  unshare: () => import('./verbs/unshare.ts'),
  nsenter: () => import('./verbs/nsenter.ts'),
  lsns: () => import('./verbs/lsns.ts'),
};

/** Runs the command with the words behind its name; gives the exit status. */
export async function dispatch(argv: readonly string[], io: Io): Promise<number> {
  const { of, name, words, bare = false } = requestOf(argv, io.name);
  switch (of) {
    case 'ip': {
      const { runIp } = await import('./verbs/ip.ts');
      return runIp(words, { ...io, name, hints: bare });
    }
    case 'tc': {
      const { runTc } = await import('./verbs/tc.ts');
      return runTc(words, io);
    }
    case 'unshare':
    case 'nsenter':
    case 'lsns': {
      const program = await utilLinux[of]();
      return program.run(words, io);
    }
    case 'unknown': {
      const { complainAbout } = await import('./verbs/help.ts');
      return complainAbout(words[0] ?? '', io);
    }
    default: {
      const { verb } = await verbs[of]();
      return verb.main(words, io);
    }
  }
}
