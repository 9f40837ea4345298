import type { SpawnOptions as NodeSpawnOptions } from 'node:child_process';
import type { RunDirectoryOptions } from '../namespaces/name-directory.ts';
import { mayAdministrate } from '../native/passage.ts';
import { directEntry } from './direct.ts';
import { handOver } from './exec.ts';
import { firstDescriptor, launch, launchDirectly, type NamespaceProcess } from './launch.ts';
import { type DescribedStep, describeSteps } from './plan/describe.ts';
import { type FailureStyle, nsexecWords } from './plan/failure-style.ts';
import { orderSteps } from './plan/order.ts';
import { enterOperation } from './plan/order-enter.ts';
import { resolvePlan } from './plan/resolve.ts';
import type { SpawnPlan } from './plan/spawn-plan.ts';
import type { PlannedStep } from './plan/step.ts';
import { type ExecResult, resultOf } from './spawn.ts';

/** What Node's own spawn takes, as far as the plan does not say it. */
export type PlanSpawnOptions = Omit<NodeSpawnOptions, 'shell' | 'argv0' | 'uid' | 'gid' | 'env' | 'cwd'> &
  RunDirectoryOptions;

/**
 * Starts a command as a plan has it: `unshare`, `nsenter` and more. A plain ChildProcess, and `ready`, which tells whether the
 * command runs or which step failed.
 *
 * Where a pid namespace or limits are in the plan, the process that Node knows waits outside for the command, passes signals on and
 * ends as it does. Throws InvalidArgumentError, UnsupportedError, or KernelError for a namespace that cannot be opened.
 */
export function spawn(plan: SpawnPlan, options: PlanSpawnOptions = {}): NamespaceProcess {
  return spawnDirectly(plan, options) ?? spawnBySteps(plan, options);
}

/**
 * Tries what most plans are without a plan. Whoever lacks a right waits for what the kernel says: more may be needed (a user namespace on
 * the way).
 */
function spawnDirectly(plan: SpawnPlan, options: PlanSpawnOptions): NamespaceProcess | undefined {
  const entry = directEntry(plan);
  if (entry === undefined) return undefined;
  const [namespace, step] = entry;
  const { command, args = [], argv0 } = plan;
  const planned = (index: number) =>
    index === 0 ? { syscall: 'setns', operation: enterOperation(namespace.toString()) } : undefined;
  const request = { command, args, argv0, options };
  return launchDirectly(request, [step], [namespace.fd.raw], mayAdministrate() ? planned : undefined);
}

function spawnBySteps(plan: SpawnPlan, options: PlanSpawnOptions): NamespaceProcess {
  const first = firstDescriptor(options);
  using resolved = resolvePlan(plan, {
    numberOf: (_, index) => first + index,
    parent: process.pid,
    names: options,
  });
  return launch({
    command: plan.command,
    args: plan.args ?? [],
    argv0: plan.argv0,
    steps: orderSteps(resolved.setUp),
    descriptors: resolved.descriptors.map((fd) => fd.raw),
    options: plan.env === undefined ? options : { ...options, env: plan.env },
  });
}

/** What a command gets on its standard input, beside all that `spawn` takes. */
export interface PlanExecOptions extends Omit<PlanSpawnOptions, 'stdio' | 'detached'> {
  /** What the command reads from its standard input. Default: nothing. */
  readonly input?: string | Uint8Array;
}

/**
 * Runs a command as a plan has it, and collects what it printed. An exit status other than 0 is a result, not an error.
 * Rejects with KernelError if a step fails or the command cannot be run, otherwise as `spawn` throws.
 */
export async function exec(plan: SpawnPlan, options: PlanExecOptions = {}): Promise<ExecResult> {
  const { input, ...spawnOptions } = options;
  return resultOf(spawn(plan, { ...spawnOptions, stdio: 'pipe' }), input);
}

/** The steps of a plan and their system calls, in order, without doing any. Throws as `spawn` does. */
export function describePlan(plan: SpawnPlan, names: RunDirectoryOptions = {}): DescribedStep[] {
  using resolved = resolvePlan(plan, { numberOf: (_, index) => index + 3, parent: process.pid, names });
  return describeSteps(orderSteps(resolved.setUp));
}

/** The `nsexec` arguments with which this process itself becomes the command of a plan; what they need is opened and stays open. */
export function planWords(plan: SpawnPlan, style: FailureStyle, names: RunDirectoryOptions = {}): string[] {
  using resolved = resolvePlan(plan, { numberOf: (fd) => handOver(fd), parent: process.ppid, names });
  const { argv0 } = plan;
  const named: PlannedStep[] = argv0 === undefined ? [] : [{ step: ['argv0', argv0], operation: '', syscall: '' }];
  return nsexecWords([...orderSteps(resolved.setUp), ...named], style, plan.command, plan.args ?? []);
}
