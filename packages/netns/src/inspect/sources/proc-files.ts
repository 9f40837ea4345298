import { idOfFileIfAny } from '../../namespaces/identity.ts';
import { CLONE_NEWNET } from '../../native/constants.ts';
import { Fd } from '../../native/fd.ts';
import { inNamespace } from '../../native/passage.ts';
import type { Holder } from '../keeper.ts';
import { openNamespacePath } from '../relations.ts';
import type { Survey } from '../survey.ts';

/** An open file of `/proc/PID/net`; each network namespace has files of its own there, with inode numbers of their own. */
export interface SeenProcFile {
  readonly holder: Holder;
  readonly path: string;
  readonly inode: number;
}

const place = /^\/proc\/(\d+|self|thread-self)\/(?:task\/\d+\/)?net\/(.+)$/;

/** Where in `net` a file is; undefined if it is not below a process's `net`. */
export function nameInNet(path: string): string | undefined {
  return place.exec(path)?.[2];
}

/**
 * Finds out of which network namespaces these files are: by comparing them with those of processes, and then with those of namespaces
 * that no process is in, each of which takes a look from inside.
 */
export function placeProcFiles(survey: Survey, files: readonly SeenProcFile[]): void {
  if (files.length === 0) return;
  const processes = processOfEach(survey);
  for (const file of files) {
    const name = nameInNet(file.path);
    if (name === undefined) continue;
    const namespace = byProcess(file, name, processes) ?? byEntering(survey, file, name, processes);
    if (namespace === undefined) continue;
    survey.add('net', namespace, { kind: 'proc-file', path: file.path, ...file.holder });
  }
}

/** A process in each network namespace, those with the fewest namespaces to try first being as good as any. */
function processOfEach({ drafts }: Survey): Map<number, string> {
  const processes = new Map<number, string>();
  for (const { type, inode, keepers } of drafts.values()) {
    if (type !== 'net') continue;
    const first = keepers.find(({ kind }) => kind === 'process' || kind === 'thread');
    if (first?.kind === 'process') processes.set(inode, `/proc/${first.pid}`);
    else if (first?.kind === 'thread') processes.set(inode, `/proc/${first.pid}/task/${first.tid}`);
  }
  return processes;
}

function byProcess({ inode }: SeenProcFile, name: string, processes: ReadonlyMap<number, string>): number | undefined {
  for (const [namespace, directory] of processes)
    if (idOfFileIfAny(`${directory}/net/${name}`)?.ino === inode) return namespace;
  return undefined;
}

const AT_FDCWD = -100;

function byEntering(
  survey: Survey,
  { inode }: SeenProcFile,
  name: string,
  processes: ReadonlyMap<number, string>,
): number | undefined {
  const stat = new BigUint64Array(18); // struct stat: the inode number is the second
  const bytes = new Uint8Array(stat.buffer);
  for (const draft of survey.drafts.values()) {
    if (draft.type !== 'net' || processes.has(draft.inode)) continue;
    const raw = survey.open(draft, openNamespacePath);
    if (raw === undefined) continue;
    using fd = Fd.adopt(raw, `net:[${draft.inode}]`);
    const steps = [['newfstatat', AT_FDCWD, `/proc/thread-self/net/${name}`, bytes, 0]] as const;
    const { failed } = inNamespace(fd, CLONE_NEWNET, `look at /proc/net/${name}`, steps);
    if (failed === undefined && Number(stat[1]) === inode) return draft.inode;
  }
  return undefined;
}
