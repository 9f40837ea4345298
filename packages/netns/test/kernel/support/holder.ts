import { readFileSync, readlinkSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { NamespaceType } from '../../../src/namespaces/type.ts';
import type { SpawnPlan } from '../../../src/process/plan/spawn-plan.ts';
import { spawn } from '../../../src/process/run-plan.ts';

/** A process that lives where a plan says, until it is let go. */
export interface Holder {
  /** The process that Node knows; for a pid namespace it waits outside. */
  readonly outer: number;
  /** The command itself. */
  readonly pid: number;
  /** The kernel's name of a namespace that the command is in. */
  namespace(type: NamespaceType | 'pid_for_children' | 'time_for_children'): string;
  end(): Promise<void>;
}

/** Starts `sleep` by a plan; `prefix` is a program, with its arguments, that starts it in its turn. */
export async function hold(plan: Omit<SpawnPlan, 'command'> = {}, prefix: readonly string[] = []): Promise<Holder> {
  const [command = '', ...args] = [...prefix, 'sh', '-c', 'echo here; exec sleep 1000'];
  const child = spawn({ ...plan, command, args }, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  await child.ready;
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  const outer = child.pid ?? 0;
  const pid = last(outer);
  return {
    outer,
    pid,
    namespace: (type) => readlinkSync(`/proc/${pid}/ns/${type}`),
    end: async () => {
      child.kill('SIGKILL');
      await ended;
      // The command follows the one that waits for it, a moment later.
      while (isAlive(pid)) await setTimeout(5);
    },
  };
}

/** The command is the last of a line of processes, each the only child of the one before. */
function last(pid: number): number {
  const [child] = childrenOf(pid);
  return child === undefined ? pid : last(child);
}

/** Whether a process exists and has not ended. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
  } catch {
    return false;
  }
}

export function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean).map(Number);
}
