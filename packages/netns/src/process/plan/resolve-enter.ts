import { readFileSync, statSync } from 'node:fs';
import { KernelError } from '../../errors.ts';
import { idOfFile, sameNamespace } from '../../namespaces/identity.ts';
import { Namespace } from '../../namespaces/namespace.ts';
import { describeRef, type NamespaceRef, openNamespace } from '../../namespaces/reference.ts';
import { type NamespaceType, namespaceFlags, namespaceTypes } from '../../namespaces/type.ts';
import { Fd } from '../../native/fd.ts';
import { perform, syscall } from '../../native/syscall.ts';
import type { Entry } from './set-up.ts';
import type { EnterTarget } from './spawn-plan.ts';
import type { PlanStep } from './step.ts';

/** Keeps a descriptor until the command has started, and tells how the helper takes it in hand; a borrowed one is its owner's. */
export type Hold = (fd: Fd, borrowed?: 'borrowed') => PlanStep;

/** Files in this order; the kernel knows no better one. */
const fileOrder: readonly NamespaceType[] = ['user', 'cgroup', 'ipc', 'uts', 'net', 'pid', 'mnt', 'time'];

/** What is to be entered, opened: a process by its pidfd, which stays the same process whatever happens to its number. */
export function resolveEntries(targets: readonly EnterTarget[], hold: Hold): Entry[] {
  const processes = targets.flatMap((target) => ('process' in target ? processEntries(target, hold) : []));
  const files = targets
    .flatMap((target) => ('process' in target ? [] : [target]))
    .sort((a, b) => fileOrder.indexOf(a.type) - fileOrder.indexOf(b.type))
    .flatMap(({ type, namespace }) => fileEntry(type, namespace, hold));
  return [...processes, ...files];
}

type ProcessTarget = Extract<EnterTarget, { readonly process: unknown }>;

function processEntries({ process: target, types }: ProcessTarget, hold: Hold): Entry[] {
  using pidfd = typeof target === 'number' ? openProcess(target) : target.dup();
  const pid = pidOf(pidfd, target);
  const wanted = (types ?? namespaceTypes).filter((type) => isForeign(pid, type, types !== undefined));
  checkAlive(pidfd, pid);
  const flags = wanted.filter((type) => type !== 'user').reduce((sum, type) => sum | namespaceFlags[type], 0);
  const entry = (each: number, what: string): Entry => ({ take: hold(pidfd.dup()), flags: each, by: 'pidfd', what });
  return [
    ...(flags === 0 ? [] : [entry(flags, `the namespaces of process ${pid}`)]),
    ...(wanted.includes('user') ? [entry(namespaceFlags.user, `the user namespace of process ${pid}`)] : []),
  ];
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

const ESRCH = 3;

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

function fileEntry(type: NamespaceType, ref: NamespaceRef, hold: Hold): Entry[] {
  const borrowed = ref instanceof Namespace ? 'borrowed' : undefined;
  const namespace = ref instanceof Namespace ? ref : openNamespace(ref, type);
  if (type === 'user' && sameNamespace(namespace.id, idOfFile('/proc/self/ns/user', 'find our user namespace'))) {
    if (!borrowed) namespace.close();
    return [];
  }
  const what = describeRef(ref, type);
  return [{ take: hold(namespace.fd, borrowed), flags: namespaceFlags[type], by: 'file', what }];
}
