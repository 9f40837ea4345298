import { readFileSync, statSync } from 'node:fs';
import { ESRCH } from '../../errno-numbers.ts';
import { KernelError } from '../../errors.ts';
import { idOfFile, sameNamespace } from '../../namespaces/identity.ts';
import type { RunDirectoryOptions } from '../../namespaces/name-directory.ts';
import { Namespace } from '../../namespaces/namespace.ts';
import { describeRef, type NamespaceRef, openNamespace } from '../../namespaces/reference.ts';
import { type NamespaceType, namespaceFlags, namespaceTypes } from '../../namespaces/type.ts';
import { Fd } from '../../native/fd.ts';
import { passageTo } from '../../native/passage.ts';
import { perform, syscall } from '../../native/syscall.ts';
import type { Entry } from './set-up.ts';
import type { EnterTarget } from './spawn-plan.ts';
import type { PlanStep } from './step.ts';

/** Keeps a descriptor until the command has started, and tells how the helper takes it in hand; a borrowed one is its owner's. */
export type Hold = (fd: Fd, borrowed?: 'borrowed') => PlanStep;

/** Files in this order; the kernel knows no better one. */
const fileOrder: readonly NamespaceType[] = ['user', 'cgroup', 'ipc', 'uts', 'net', 'pid', 'mnt', 'time'];

/**
 * What is to be entered, opened: a process by its pidfd, which stays the same process whatever happens to its number. Where no user
 * namespace is asked for, the one whose rights it takes to get in comes with it.
 */
export function resolveEntries(targets: readonly EnterTarget[], hold: Hold, names: RunDirectoryOptions = {}): Entry[] {
  const processes = targets.flatMap((target) => ('process' in target ? processEntries(target, hold) : []));
  const files = targets
    .flatMap((target) => ('process' in target ? [] : [target]))
    .sort((a, b) => fileOrder.indexOf(a.type) - fileOrder.indexOf(b.type))
    .flatMap(({ type, namespace: ref }) => fileEntry(type, ref, hold, names));
  const entries = [...processes, ...files];
  if (!entries.some((entry) => entry.passage)) return entries;
  const named = entries.find(({ flags, passage }) => flags === namespaceFlags.user && !passage);
  const passage = named ?? entries.find((entry) => entry.passage);
  return entries.filter((entry) => !entry.passage || entry === passage);
}

/** Undefined where nothing has to be passed. */
function passageEntry(namespace: Fd, what: string, hold: Hold): Entry[] {
  const passage = passageTo(namespace);
  if (passage === undefined) return [];
  const owner = `the user namespace that owns ${what}`;
  return [{ take: hold(passage), flags: namespaceFlags.user, by: 'file', what: owner, passage: true }];
}

type ProcessTarget = Extract<EnterTarget, { readonly process: unknown }>;

function processEntries({ process: target, types }: ProcessTarget, hold: Hold): Entry[] {
  using pidfd = typeof target === 'number' ? openProcess(target) : target.dup();
  const pid = pidOf(pidfd, target);
  const wanted = (types ?? namespaceTypes).filter((type) => isForeign(pid, type, types !== undefined));
  checkAlive(pidfd, pid);
  const flags = wanted.filter((type) => type !== 'user').reduce((sum, type) => sum | namespaceFlags[type], 0);
  const entry = (each: number, what: string): Entry => ({ take: hold(pidfd.dup()), flags: each, by: 'pidfd', what });
  const [type] = wanted;
  return [
    ...(flags === 0 ? [] : [entry(flags, `the namespaces of process ${pid}`)]),
    ...(wanted.includes('user') ? [entry(namespaceFlags.user, `the user namespace of process ${pid}`)] : []),
    ...(type === undefined || wanted.includes('user') ? [] : processPassage(pid, type, hold)),
  ];
}

function processPassage(pid: number, type: NamespaceType, hold: Hold): Entry[] {
  try {
    using namespace = openNamespace({ pid }, type);
    return passageEntry(namespace.fd, `the namespaces of process ${pid}`, hold);
  } catch {
    return []; // it may not be looked at: then it cannot be entered either, and that will be said
  }
}

function openProcess(pid: number): Fd {
  return Fd.adopt(perform(`open process ${pid}`, 'pidfd_open', pid, 0), `process ${pid}`);
}

/** A pidfd knows its process id as we see it: -1 when that process has ended. */
function pidOf(pidfd: Fd, target: number | Fd): number {
  if (typeof target === 'number') return target;
  const pid = Number(/^Pid:\s*(-?\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${pidfd.raw}`, 'latin1'))?.[1] ?? -1);
  if (pid < 0) throw ended('enter a process by its descriptor');
  return pid;
}

/** While a process is there nobody else has its number: what was read by the number was of this one. */
function checkAlive(pidfd: Fd, pid: number): void {
  if (syscall('pidfd_send_signal', pidfd.raw, 0, null, 0) === -ESRCH) throw ended(`enter process ${pid}`);
}

function ended(operation: string): KernelError {
  return new KernelError({ errno: ESRCH, syscall: 'pidfd_open', operation, hint: 'it has ended' });
}

/** Our own user namespace cannot be entered; that is no fault, we are there. Others only if they are asked for by name. */
function isForeign(pid: number, type: NamespaceType, named: boolean): boolean {
  if (named && type !== 'user') return true;
  const own = statSync(`/proc/self/ns/${type}`, { throwIfNoEntry: false });
  if (own === undefined) return false; // a type that this kernel does not have
  return !sameNamespace(own, idOfFile(`/proc/${pid}/ns/${type}`, `find the ${type} namespace of process ${pid}`));
}

function fileEntry(type: NamespaceType, ref: NamespaceRef, hold: Hold, names: RunDirectoryOptions): Entry[] {
  const borrowed = ref instanceof Namespace ? 'borrowed' : undefined;
  const namespace = ref instanceof Namespace ? ref : openNamespace(ref, type, names);
  if (type === 'user' && sameNamespace(namespace.id, idOfFile('/proc/self/ns/user', 'find our user namespace'))) {
    if (!borrowed) namespace.close();
    return [];
  }
  const what = describeRef(ref, type);
  const passage = type === 'user' ? [] : passageEntry(namespace.fd, what, hold);
  return [{ take: hold(namespace.fd, borrowed), flags: namespaceFlags[type], by: 'file', what }, ...passage];
}
