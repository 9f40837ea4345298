import type { LimitPlace, SetUp } from './set-up.ts';
import type { PlannedStep } from './step.ts';
import { kernelStep } from './step-makers.ts';

const firstSlot = 8;

/** Before anything is entered: paths mean what they mean to the caller. */
export function cgroupPreparation({ joinCgroups = [], limits = [] }: SetUp): PlannedStep[] {
  const removals = limits.map(({ directory }) =>
    kernelStep('limit', 'rmdir', `remove ${directory}`, ['rmgroup', directory], {
      call: `kill() whoever is left, rmdir(${directory})`,
    }),
  );
  return [
    ...joinCgroups.map((directory) =>
      kernelStep('cgroup', 'write', `join ${directory}`, ['write', `${directory}/cgroup.procs`, '0'], {
        call: `write(${directory}/cgroup.procs, "0")`,
        subject: directory,
      }),
    ),
    ...(limits.length === 0
      ? []
      : [
          kernelStep('aside', 'clone', 'remove the control group', ['afterwards', '3'], {
            call: 'fork(); the child #4 waits for the end, to tidy up in any case:',
            lists: [removals.flatMap((step) => [kernelStep('prepare', 'rmdir', '', ['tolerate', '2']), step])],
          }),
        ]),
    ...limits.flatMap(makeGroup),
    ...limits.flatMap(openGroup),
  ];
}

function makeGroup({ directory, files }: LimitPlace): PlannedStep[] {
  return [
    kernelStep('limit', 'mkdir', `create ${directory}`, ['mkdir', directory], { call: `mkdir(${directory})` }),
    ...files.map(([name, value]) =>
      kernelStep(
        'limit',
        'write',
        `write ${JSON.stringify(value)} to ${directory}/${name}`,
        ['write', `${directory}/${name}`, value],
        { call: `write(${directory}/${name}, "${value}")` },
      ),
    ),
  ];
}

/** The unified one is the first, in slot 8: the child is started in it. */
function openGroup({ directory, unified }: LimitPlace, index: number): PlannedStep[] {
  const file = unified ? directory : `${directory}/cgroup.procs`;
  return [
    kernelStep('limit', 'openat', `open ${file}`, unified ? ['open', file] : ['open-write', file]),
    kernelStep('prepare', 'openat', `hold ${file}`, ['hold', String(firstSlot + index)]),
  ];
}

/** In the child: it joins the groups that it was not started in. */
export function cgroupMembership({ limits = [] }: SetUp, forked: boolean): PlannedStep[] {
  return limits.flatMap(({ directory, unified }, index) =>
    unified && forked
      ? []
      : [
          kernelStep('prepare', 'openat', `take ${directory}`, ['take', String(firstSlot + index)]),
          kernelStep('limit', 'write', `join ${directory}`, ['put', '0'], {
            call: `write(${directory}/cgroup.procs, "0")`,
          }),
        ],
  );
}
