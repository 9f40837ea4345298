import { KernelError } from '../../errors.ts';
import { execInPlace } from '../../process/exec.ts';
import { formatSteps } from '../../process/plan/describe.ts';
import { shellFailures } from '../../process/plan/failure-style.ts';
import type { SpawnPlan } from '../../process/plan/spawn-plan.ts';
import { describePlan, exec, planWords } from '../../process/run-plan.ts';
import { defineVerb } from '../define-verb.ts';
import { statusOf } from '../exit-status.ts';
import type { Io } from '../io.ts';
import { writeJson } from '../json.ts';
import { capabilitiesWord, clocksWord, limitsWord, mapWord, targetsWord, typesWord, userWord } from '../run-words.ts';
import { type Options, type OptionValues, UsageError } from '../verb.ts';

const options = {
  new: {
    value: 'TYPES',
    summary: 'in new namespaces: net, pid, mnt, ipc, uts, user, cgroup, time (commas between), or all',
  },
  in: { value: 'WHERE', summary: 'in those of NAME, PID, PID:TYPES, NAME:TYPE or PATH:TYPE (blanks between several)' },
  map: {
    value: 'MAP',
    summary: 'who exists in the new user namespace: root, current, auto, subids, all, IN:OUT:COUNT',
  },
  'map-root': { summary: 'the same as `--map root`, and makes the user namespace' },
  as: { value: 'USER[:GROUP]', summary: 'run as this user, by name or number, with no other groups' },
  root: { value: 'DIR', summary: 'this is the root directory' },
  cwd: { value: 'DIR', summary: 'this is the working directory, inside the root' },
  hostname: { value: 'NAME', summary: 'the host name in a new uts namespace' },
  clocks: { value: 'OFFSETS', summary: 'of a new time namespace: monotonic=SECONDS,boottime=SECONDS' },
  propagation: { value: 'HOW', summary: 'of a new mount namespace: private (default), slave, shared, unchanged' },
  'no-mounts': { summary: 'mount no fresh /proc and /sys in new namespaces' },
  limit: { value: 'LIMITS', summary: 'at most: pids=NUMBER,memory=BYTES,cpu=PROCESSORS' },
  cgroup: { value: 'DIR', summary: 'join this control group' },
  keep: { value: 'CAPABILITIES', summary: 'keep these though the user is not root, or all' },
  drop: { value: 'CAPABILITIES', summary: 'give these up for ever, or all others than those kept' },
  'no-new-privileges': { summary: 'nothing that it runs gets more rights: no set-user-id' },
  'no-init': { summary: 'the command itself is process 1 of a new pid namespace' },
  'kill-with-parent': { summary: 'end it when the process that started it ends' },
  'dry-run': { summary: 'show the steps and their system calls, and do nothing' },
} as const satisfies Options;

export const verb = defineVerb({
  name: 'run',
  summary: 'run a command in new namespaces, or in those of others',
  usage: ['[OPTIONS] [--] COMMAND...'],
  notes: [
    'This process becomes the command. In a new pid namespace it waits outside, passes signals on and ends as the command does; an\n' +
      'init inside reaps orphans. With a new mount namespace, /proc shows the new pid and /sys the new network namespace.',
    'Exit status: that of the command; 125 if it could not get there, 126 if it cannot be run, 127 if it does not exist.',
  ],
  options,
  examples: [
    ['netns run --new net,pid,mnt --map-root -- bash', 'a shell with nothing of the machine, without root'],
    ['netns run --in web:net --as nobody -- curl localhost', 'as nobody in the namespace web'],
    ['netns run --in 1234 -- ps ax', 'in all namespaces of a process'],
    ['netns run --new pid,mnt --limit pids=50,memory=1G -- make', 'with limits'],
    ['netns run --new all --dry-run -- true', 'what would be done'],
  ],
  otherWords: ['unshare', 'nsenter', 'start', 'sandbox'],
  optionsFirst: true,
  ownStatus: 125,
  async run({ words, options: values, json, io }) {
    const plan = planOf(words[0] === '--' ? words.slice(1) : words, values);
    if (values['dry-run']) return showPlan(plan, json, io);
    if (json) return runCaptured({ ...plan, env: io.env }, io);
    return execInPlace(planWords(plan, shellFailures), io.env, io.softFileLimit);
  },
});

/** The plan that the words speak of. Throws UsageError. */
export function planOf([command, ...args]: readonly string[], values: OptionValues<typeof options>): SpawnPlan {
  if (command === undefined) throw new UsageError('which command?');
  const map = values['map-root'] ? 'root' : values.map === undefined ? undefined : mapWord(values.map);
  const named = values.new === undefined ? [] : typesWord(values.new);
  const create = map === undefined || named.includes('user') ? named : (['user', ...named] as const);
  const has = (type: (typeof named)[number]) => create.includes(type);
  const mounts = has('mnt') && !values['no-mounts'];
  const { root, cwd, hostname, clocks, limit, cgroup, keep, drop } = values;
  return {
    command,
    args,
    ...(create.length === 0 ? {} : { create }),
    ...(values.in === undefined ? {} : { enter: values.in.split(/\s+/).flatMap(targetsWord) }),
    ...(has('user') ? { users: map ?? 'root' } : {}),
    ...(values.as === undefined ? {} : userWord(values.as)),
    ...(mounts && has('pid') ? { proc: true } : {}),
    ...(mounts && has('net') ? { sys: true } : {}),
    ...(has('pid') && !values['no-init'] ? { init: true } : {}),
    ...(values.propagation === undefined ? {} : { propagation: propagationWord(values.propagation) }),
    ...(root === undefined ? {} : { root }),
    ...(cwd === undefined ? {} : { cwd }),
    ...(hostname === undefined ? {} : { hostname }),
    ...(clocks === undefined ? {} : { clocks: clocksWord(clocks) }),
    ...(limit === undefined ? {} : { limits: limitsWord(limit) }),
    ...(cgroup === undefined ? {} : { cgroup }),
    ...(keep === undefined ? {} : { keepCapabilities: capabilitiesWord(keep) }),
    ...(drop === undefined ? {} : { dropCapabilities: capabilitiesWord(drop) }),
    ...(values['no-new-privileges'] ? { noNewPrivileges: true } : {}),
    ...(values['kill-with-parent'] ? { killSignal: 'SIGKILL' as const } : {}),
  };
}

function propagationWord(word: string): NonNullable<SpawnPlan['propagation']> {
  const known = (['private', 'slave', 'shared', 'unchanged'] as const).find((each) => each === word);
  if (known === undefined) throw new UsageError(`'${word}' is no propagation: private, slave, shared or unchanged`);
  return known;
}

function showPlan(plan: SpawnPlan, json: boolean, io: Io): number {
  const steps = describePlan(plan);
  const command = [plan.command, ...(plan.args ?? [])];
  if (json) writeJson(io, { steps, command });
  else io.stdout.write(`${[...formatSteps(steps), `    then: ${command.join(' ')}`].join('\n')}\n`);
  return 0;
}

async function runCaptured(plan: SpawnPlan, io: Io): Promise<number> {
  try {
    const { exitCode, signal, stdout, stderr } = await exec(plan);
    const status = statusOf(exitCode, signal);
    writeJson(io, { status, signal, stdout, stderr });
    return status;
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    const { code, message, syscall } = error;
    const status = syscall !== 'execve' ? 125 : code === 'ENOENT' ? 127 : 126;
    writeJson(io, { status, error: { code, message } });
    return status;
  }
}
