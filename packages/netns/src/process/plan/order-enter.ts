import { EPERM } from '../../errno-numbers.ts';
import { CLONE_NEWUSER } from '../../native/constants.ts';
import type { Entry, SetUp } from './set-up.ts';
import type { PlannedStep } from './step.ts';
import { flagNames, kernelStep } from './step-makers.ts';

/**
 * Two passes: first all but user namespaces, as far as the kernel lets us; then the user namespaces, and after them what is still
 * missing. So a user namespace is entered last when that loses privilege, and first when it gains it.
 */
export function enterSteps({ enter = [], dropGroups, cgroupFile }: SetUp): PlannedStep[] {
  const users = enter.filter(({ flags }) => flags === CLONE_NEWUSER);
  const optional = enter.filter((entry) => entry.optional);
  const needed = enter.filter((entry) => !entry.optional);
  const steps = [
    ...optional.flatMap(enterIfAllowed),
    ...(users.length === 0 ? needed.flatMap(enterNow) : enterTwice(needed, users)),
  ];
  if (dropGroups)
    steps.unshift(
      kernelStep('groups', 'setgroups', 'give up the groups', ['groups-early'], { call: 'setgroups(0), if allowed' }),
    );
  if (cgroupFile !== undefined)
    steps.push(
      kernelStep('prepare', 'openat', 'open the control group', cgroupFile),
      kernelStep('cgroup', 'write', 'join the control group', ['put', '0'], { call: 'write(cgroup.procs, "0")' }),
    );
  return steps;
}

function enterTwice(enter: readonly Entry[], users: readonly Entry[]): PlannedStep[] {
  const others = enter.filter((entry) => !users.includes(entry));
  return [
    ...others.flatMap((entry, slot) => firstPass(entry, String(slot))),
    ...users.flatMap(enterNow),
    ...others.map((entry, slot) => secondPass(entry, String(slot))),
  ];
}

function firstPass(entry: Entry, slot: string): PlannedStep[] {
  return [
    kernelStep('prepare', 'openat', `open ${entry.what}`, entry.take),
    kernelStep('prepare', 'fcntl', `hold ${entry.what}`, ['hold', slot]),
    kernelStep(nameOf(entry), 'setns', enterOperation(entry.what), ['try-setns', slot, String(entry.flags)], {
      call: `${callOf(entry)}, if allowed`,
      subject: entry.what,
    }),
  ];
}

function secondPass(entry: Entry, slot: string): PlannedStep {
  return kernelStep(nameOf(entry), 'setns', enterOperation(entry.what), ['finish-setns', slot, String(entry.flags)], {
    call: `${callOf(entry)}, if not yet done`,
    subject: entry.what,
  });
}

function enterNow(entry: Entry): PlannedStep[] {
  return [
    kernelStep('open-file', 'openat', `open ${entry.what}`, entry.take, { subject: entry.what }),
    kernelStep(nameOf(entry), 'setns', enterOperation(entry.what), ['setns', String(entry.flags)], {
      call: callOf(entry),
      subject: entry.what,
    }),
  ];
}

function enterIfAllowed(entry: Entry): PlannedStep[] {
  const steps = enterNow(entry);
  const tolerate = kernelStep('prepare', 'setns', '', ['tolerate', String(EPERM)]);
  return [...steps.slice(0, 1), tolerate, ...steps.slice(1)];
}

function nameOf({ by }: Entry) {
  return by === 'pidfd' ? ('enter-pidfd' as const) : ('enter' as const);
}

/** How messages call it. */
export function enterOperation(what: string): string {
  return `enter ${what}`;
}

function callOf({ what, flags }: Entry): string {
  return `setns(${what}, ${flagNames(flags)})`;
}
