import { readFileSync } from 'node:fs';
import { Namespace } from '../namespaces/namespace.ts';
import { namespaceFlags } from '../namespaces/type.ts';
import type { SyscallStep } from '../native/syscall.ts';
import type { SpawnPlan } from './plan/spawn-plan.ts';
import type { PlannedStep } from './plan/step.ts';

/** Only children get into a pid namespace, and only processes with memory of their own into a time namespace. */
const notDirectly = namespaceFlags.pid | namespaceFlags.time;

/** System calls, and which of the planned steps each is. */
export interface DirectSteps {
  readonly calls: readonly SyscallStep[];
  readonly planned: readonly PlannedStep[];
}

/**
 * The steps as system calls of the child that becomes the command, without a helper in between: twice as fast. Undefined if there
 * is a step for which the helper is needed. `descriptor` tells our number of one that the steps know by another.
 */
export function directSteps(
  steps: readonly PlannedStep[],
  descriptor: (number: number) => number | undefined,
): DirectSteps | undefined {
  const calls: SyscallStep[] = [];
  const planned: PlannedStep[] = [];
  let hand: number | undefined;
  for (const each of steps) {
    const [word, first = ''] = each.step;
    if (word === 'leave-vrf' && !inVrf()) continue;
    if (word === 'use') {
      hand = descriptor(Number(first));
      if (hand === undefined) return undefined;
      continue;
    }
    planned.push(each);
    if (word === 'setns' && hand !== undefined && (Number(first) & notDirectly) === 0) {
      calls.push(['setns', hand, Number(first)]);
    } else if (word === 'unshare' && (Number(first) & notDirectly) === 0) {
      calls.push(['unshare', Number(first)]);
    } else if (word === 'chdir') {
      calls.push(['chdir', first]);
    } else {
      return undefined;
    }
  }
  return { calls, planned };
}

/**
 * The system calls for what most plans are, a command in one namespace that is open: what takes the general way half of the time
 * until its child starts. Undefined for any other plan, and where something could be said against it.
 */
export function directEntry(plan: SpawnPlan): readonly [Namespace, SyscallStep] | undefined {
  if (typeof plan !== 'object' || plan === null) return undefined;
  const { command, args = [], argv0 = '', enter } = plan;
  if (enter?.length !== 1 || !Array.isArray(args)) return undefined;
  for (const part in plan) if (!plainParts.has(part)) return undefined;
  if (![command, argv0, ...args].every(isPlainText) || command === '') return undefined;
  const [target] = enter;
  if (typeof target !== 'object' || target === null || !('namespace' in target)) return undefined;
  const { type, namespace, ...more } = target;
  for (const _ in more) return undefined;
  if (!(namespace instanceof Namespace) || namespace.type !== type || namespace.fd.closed) return undefined;
  const flag = namespaceFlags[type];
  return (flag & (notDirectly | namespaceFlags.user)) === 0
    ? [namespace, ['setns', namespace.fd.raw, flag]]
    : undefined;
}

const plainParts: ReadonlySet<string> = new Set(['command', 'args', 'argv0', 'enter']);

function isPlainText(text: unknown): boolean {
  return typeof text === 'string' && text.length < 1024 && !text.includes('\0');
}

function inVrf(): boolean {
  try {
    return /^0::.*\/vrf\//m.test(readFileSync('/proc/self/cgroup', 'latin1'));
  } catch {
    return true;
  }
}

/** Where execvp(3) would look. */
export function pathsOf(command: string, env: NodeJS.ProcessEnv): string[] {
  if (command === '') return [];
  if (command.includes('/')) return [command]; // looking at a variable of process.env is a search in C
  const { PATH = '/bin:/usr/bin' } = env;
  return PATH.split(':').map((directory) => (directory === '' ? command : `${directory}/${command}`));
}
