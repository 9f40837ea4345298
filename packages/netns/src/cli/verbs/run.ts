import { InvalidArgumentError, KernelError } from '../../errors.ts';
import { mayAdministrate } from '../../native/passage.ts';
import { execInPlace } from '../../process/exec.ts';
import { formatSteps } from '../../process/plan/describe.ts';
import { type FailureStyle, shellFailures } from '../../process/plan/failure-style.ts';
import type { SpawnPlan } from '../../process/plan/spawn-plan.ts';
import { describePlan, exec, planWords } from '../../process/run-plan.ts';
import { defineVerb } from '../define-verb.ts';
import { statusOf, statusOfFailure } from '../exit-status.ts';
import type { Io } from '../io.ts';
import { writeJson } from '../json.ts';
import { planOf, runOptions } from '../run-options.ts';
import { UsageError } from '../verb.ts';

export const verb = defineVerb({
  name: 'run',
  summary: 'run a command in new namespaces, or in those of others',
  usage: ['[OPTIONS] [--] COMMAND...'],
  notes: [
    'This process becomes the command. In a new pid namespace it waits outside, passes signals on and ends as the command does; an\n' +
      'init inside reaps orphans. With a new mount namespace, /proc shows the new pid and /sys the new network namespace.',
    'With `--terminal`, the command has a terminal of its own, in a session of its own: job control works, and it can neither read\n' +
      'from our terminal nor type into it. This process stays between the two, as ssh does.',
    'Exit status: that of the command; 125 if it could not get there, 126 if it cannot be run, 127 if it does not exist.',
  ],
  options: runOptions,
  examples: [
    ['netns run --new net,pid,mnt --map-root -- bash', 'a shell with nothing of the machine, without root'],
    ['netns run --new all --map-auto --terminal -- bash', 'the same with more users, and a terminal of its own'],
    ['netns run --in web:net --as nobody -- curl localhost', 'as nobody in the namespace web'],
    ['netns run --in web --in 1234:mnt,pid -- ps ax', 'in the network of web, among the files and processes of 1234'],
    ['netns run --clear-env --env HOME --env LANG=C -- env', 'with an environment of its own'],
    ['netns run --new pid,mnt --limit pids=50,memory=1G -- make', 'with limits'],
    ['netns run --new all --dry-run -- true', 'what would be done'],
  ],
  otherWords: ['unshare', 'nsenter', 'start', 'sandbox'],
  optionsFirst: true,
  ownStatus: 125,
  async run({ words, options: values, json, io }) {
    const plan = planOf(words[0] === '--' ? words.slice(1) : words, values, io.env);
    try {
      if (values['dry-run']) return showPlan(plan, json, io);
      return await runPlan(plan, json, io);
    } catch (error) {
      throw inOptions(error);
    }
  },
});

async function runPlan(plan: SpawnPlan, json: boolean, io: Io): Promise<number> {
  if (json && plan.terminal) throw new UsageError('an answer in JSON has no terminal');
  const { env = io.env, ...where } = plan;
  if (json) return runCaptured({ ...where, env }, io);
  if (!plan.terminal) return execInPlace(planWords(where, failuresOf(where), io.names), env, io.softFileLimit);
  const { runInTerminal } = await import('../run-in-terminal.ts');
  return runInTerminal({ ...where, env }, io);
}

/** What a plan calls `create: uts` is `--new uts` here. */
function inOptions(error: unknown): unknown {
  if (!(error instanceof InvalidArgumentError)) return error;
  const { argument, value, reason } = error;
  return new InvalidArgumentError(argument, value, reason.replaceAll('(create: ', '(--new '));
}

/** Whoever may not make namespaces is told how they may. */
function failuresOf({ create = [], enter = [] }: SpawnPlan): FailureStyle {
  if (create.includes('user') || enter.length > 0 || mayAdministrate()) return shellFailures;
  const hint = ' (without CAP_SYS_ADMIN it takes a new user namespace, too: --map-root)';
  return {
    ...shellFailures,
    message: (step) => `${shellFailures.message(step)}${step.name === 'unshare' ? hint : ''}`,
  };
}

function showPlan(plan: SpawnPlan, json: boolean, io: Io): number {
  const steps = describePlan(plan, io.names);
  const command = [plan.command, ...(plan.args ?? [])];
  if (json) writeJson(io, { steps, command });
  else io.stdout.write(`${[...formatSteps(steps), `    then: ${command.join(' ')}`].join('\n')}\n`);
  return 0;
}

async function runCaptured(plan: SpawnPlan, io: Io): Promise<number> {
  try {
    const { exitCode, signal, stdout, stderr } = await exec(plan, io.names);
    const status = statusOf(exitCode, signal);
    writeJson(io, { status, signal, stdout, stderr });
    return status;
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    const { code, message } = error;
    const status = statusOfFailure(error);
    writeJson(io, { status, error: { code, message } });
    return status;
  }
}
