import { fstatSync, statSync } from 'node:fs';
import { EPERM } from '../errno-numbers.ts';
import { type ChildOutcome, forEachInChild, inChild, inChildAfter, item } from './child.ts';
import { CLONE_NEWNET, CLONE_NEWUSER, NS_GET_USERNS } from './constants.ts';
import { Fd } from './fd.ts';
import { type SyscallStep, syscall } from './syscall.ts';

const CAP_SYS_ADMIN = 21;
const LINUX_CAPABILITY_VERSION_3 = 0x20080522;

/**
 * The user namespace that must be entered before this namespace can be: its owner. Undefined where there is none to pass: this
 * thread has CAP_SYS_ADMIN already, which entering takes, or it would not be let in (`setns` then says why).
 *
 * Whoever made a user namespace may enter it, and has all rights over what it owns: so an ordinary user gets into their own
 * network namespaces. user_namespaces(7), NS_GET_USERNS: Linux 4.9. To be closed by the caller.
 */
export function passageTo(namespace: Fd): Fd | undefined {
  if (mayAdministrate()) return undefined;
  const raw = syscall('ioctl', namespace.raw, NS_GET_USERNS, 0);
  if (raw < 0) return undefined;
  const owner = Fd.adopt(raw, 'the user namespace that owns another');
  if (!isOwn(owner)) return owner;
  owner.close();
  return undefined;
}

/** `struct __user_cap_header_struct` for this thread. */
const header = Int32Array.of(LINUX_CAPABILITY_VERSION_3, 0);
/** Effective, permitted, inheritable: the lower 32 bits, then the upper ones. */
const sets = new Int32Array(6);

/** Whether the effective capabilities of this thread include CAP_SYS_ADMIN. capget(2). */
export function mayAdministrate(): boolean {
  return syscall('capget', header, sets) >= 0 && (((sets[0] ?? 0) >> CAP_SYS_ADMIN) & 1) === 1;
}

/** Whether it is the namespace of this process: a user namespace that cannot be entered, a network namespace that need not be. */
export function isOwn(namespace: Fd, type: 'user' | 'net' = 'user'): boolean {
  const own = statSync(`/proc/self/ns/${type}`);
  const other = fstatSync(namespace.raw);
  return own.ino === other.ino && own.dev === other.dev;
}

/**
 * Runs system calls inside a namespace, in a child: see `inChild`. `type` is its `CLONE_NEW…` flag. If the namespace cannot be
 * entered, `failed.step` is negative. The network namespace that this process is in needs no entering.
 */
export function inNamespace(
  namespace: Fd,
  type: number,
  operation: string,
  steps: readonly SyscallStep[],
): ChildOutcome {
  using passage = passageTo(namespace);
  const through: SyscallStep[] = passage === undefined ? [] : [['setns', passage.raw, CLONE_NEWUSER]];
  const outcome = inChildAfter([...through, ['setns', namespace.raw, type]], operation, steps);
  // To enter takes CAP_SYS_ADMIN, but nobody needs a right to be where they are.
  const refused = outcome.failed?.errno === EPERM && outcome.failed.step < 0;
  return refused && type === CLONE_NEWNET && isOwn(namespace, 'net') ? inChild(operation, steps) : outcome;
}

/**
 * One system call inside each of many namespaces of one type: two children go there at the same time, each to half of them.
 * Gives for each what the call gave, or -errno.
 */
export function inEachNamespace(
  namespaces: readonly Fd[],
  type: number,
  operation: string,
  step: SyscallStep,
): readonly number[] {
  const outcomes = new Array<number>(namespaces.length);
  const raws = namespaces.map(({ raw }) => raw);
  const steps: readonly SyscallStep[] = [['setns', item, type], step];
  for (let left = [...raws.keys()]; left.length > 0; ) {
    const asked = left;
    left = [];
    const shares = forEachInChild(
      asked.map((index) => raws[index] ?? -1),
      steps,
      { children: 2 },
    );
    for (const { start, count, results, failed } of shares) {
      for (let at = 1; at < results.length; at += 2) outcomes[asked[start + (at >> 1)] ?? -1] = results[at] ?? -1;
      if (failed === undefined) continue;
      // What cannot be entered just so takes more care, or is refused with its reason; the others behind it were not visited.
      const [refused = -1, ...others] = asked.slice(start + (failed.step >> 1), start + count);
      left.push(...others);
      const alone = inNamespace(namespaces[refused] as Fd, type, operation, [step]);
      outcomes[refused] = alone.failed ? -alone.failed.errno : (alone.results[0] ?? -1);
    }
  }
  return outcomes;
}
