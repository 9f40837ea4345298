import { readFileSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import type { RunDirectoryOptions } from '../../namespaces/name-directory.ts';
import { namespaceFlags } from '../../namespaces/type.ts';
import { builtin } from '../../native/builtin.ts';
import { MS_PRIVATE, MS_REC, MS_SHARED, MS_SLAVE } from '../../native/constants.ts';
import type { Fd } from '../../native/fd.ts';
import { capabilityMask, everyCapability } from './capabilities.ts';
import { type CgroupFacts, findLimitPlaces } from './limit-places.ts';
import { resolveEntries } from './resolve-enter.ts';
import { ownIdFacts, resolveMaps } from './resolve-ids.ts';
import type { CapabilityChanges, ClockOffset, Credentials, Entry, ForkSetUp, LimitPlace, SetUp } from './set-up.ts';
import { forwardedByDefault, signalMask, signalNumber } from './signals.ts';
import type { SpawnPlan } from './spawn-plan.ts';
import { validatePlan } from './validate.ts';

/** A plan with everything looked up that only this machine knows; holds what it has opened, and borrows what is open. */
export interface ResolvedPlan extends Disposable {
  readonly setUp: SetUp;
  /** In the order in which the helper knows them, from `firstDescriptor` on. */
  readonly descriptors: readonly Fd[];
}

/** Where the plan will be carried out. */
export interface PlanPlace {
  /** The number that a descriptor has there. */
  numberOf(fd: Fd, index: number): number;
  /** The process whose end is meant by "when this process ends". */
  readonly parent: number;
  /** Where the names of namespaces are. */
  readonly names?: RunDirectoryOptions | undefined;
}

/**
 * Opens the namespaces and looks up the ids that a plan speaks of. Throws InvalidArgumentError, UnsupportedError, KernelError; then
 * nothing stays open.
 */
export function resolvePlan(plan: SpawnPlan, place: PlanPlace): ResolvedPlan {
  validatePlan(plan);
  const descriptors: Fd[] = [];
  const opened: Fd[] = [];
  const close = () => {
    for (const fd of opened) fd.close();
  };
  const hold = (fd: Fd, borrowed?: 'borrowed') => {
    if (!borrowed) opened.push(fd);
    descriptors.push(fd);
    return ['use', String(place.numberOf(fd, descriptors.length - 1))] as const;
  };
  try {
    const entries = resolveEntries(plan.enter ?? [], hold, place.names);
    return { setUp: setUpOf(plan, entries, place.parent), descriptors, [Symbol.dispose]: close };
  } catch (error) {
    close();
    throw error;
  }
}

const plainParts: ReadonlySet<string> = new Set<keyof SpawnPlan>(['command', 'args', 'argv0', 'env', 'enter']);

/** Nothing but namespaces to enter, and of those none that brings something else with it: what most plans are. */
function onlyEnters(plan: SpawnPlan, enter: readonly Entry[]): boolean {
  const more = namespaceFlags.user | namespaceFlags.pid;
  return Object.keys(plan).every((part) => plainParts.has(part)) && enter.every(({ flags }) => (flags & more) === 0);
}

function setUpOf(plan: SpawnPlan, enter: readonly Entry[], parent: number): SetUp {
  if (onlyEnters(plan, enter)) return { parent: '{PARENT}', enter };
  const flags = (plan.create ?? []).reduce((sum, type) => sum | namespaceFlags[type], 0);
  const entersUser = enter.some((entry) => entry.flags === namespaceFlags.user && !entry.passage);
  const pid = ((flags | enter.reduce((sum, entry) => sum | entry.flags, 0)) & namespaceFlags.pid) !== 0;
  const limits = limitsOf(plan);
  const forks = pid || limits.length > 0;
  const maps = plan.users === undefined && plan.groups === undefined ? {} : resolveMaps(plan, ownIdFacts());
  const asUser = (maps.users ?? maps.groups) !== undefined && process.geteuid?.() !== 0;
  const killSignal = plan.killSignal ?? (forks ? 'SIGKILL' : 'none');
  const deathSignal =
    killSignal === 'none' ? undefined : { signal: signalNumber(killSignal), parent: forks ? 0 : parent };
  const waiter = plan.killSignal === undefined || deathSignal === undefined ? undefined : { ...deathSignal, parent };
  const { cgroup, hostname, domainname, root, cwd, proc, setgroups } = plan;
  return {
    parent: '{PARENT}',
    enter,
    ...(entersUser ? { dropGroups: true } : {}),
    ...(cgroup === undefined ? {} : { joinCgroups: joinedGroups(plan).filter((group) => !isOutside(group, limits)) }),
    ...(limits.length === 0 ? {} : { limits }),
    ...(plan.create === undefined ? {} : { unshare: flags }),
    ...maps,
    ...(asUser ? { mappers: { users: 'newuidmap', groups: 'newgidmap' } } : {}),
    ...(setgroups === undefined ? {} : { setgroups }),
    ...(plan.clocks === undefined ? {} : { offsets: offsetsOf(plan.clocks) }),
    ...(forks ? { fork: forkOf(plan, waiter) } : {}),
    ...(deathSignal === undefined ? {} : { deathSignal }),
    ...((flags & namespaceFlags.mnt) === 0 || plan.propagation === 'unchanged'
      ? {}
      : { propagation: propagations[plan.propagation ?? 'private'] }),
    ...(hostname === undefined ? {} : { hostname }),
    ...(domainname === undefined ? {} : { domainname }),
    ...(root === undefined ? {} : { root: { path: root } }),
    ...(cwd === undefined ? {} : { cwd: { path: cwd } }),
    ...(proc === undefined || proc === false ? {} : { proc: procOf(plan, proc) }),
    ...(plan.sys ? { sys: { name: 'sysfs', ...spreadingOf(plan) } } : {}),
    ...credentialsOf(plan, entersUser, maps.groups?.single !== undefined && maps.groups.ranges.length === 0),
    ...capabilitiesOf(plan),
    ...(plan.noNewPrivileges ? { noNewPrivileges: true } : {}),
    ...(plan.terminal ? { terminal: true } : {}),
  };
}

const propagations = {
  private: MS_REC | MS_PRIVATE,
  slave: MS_REC | MS_SLAVE,
  shared: MS_REC | MS_SHARED,
};

function offsetsOf(clocks: NonNullable<SpawnPlan['clocks']>): ClockOffset[] {
  return (['boottime', 'monotonic'] as const).flatMap((clock) => {
    const value = clocks[clock];
    if (value === undefined) return [];
    const seconds = Math.floor(value);
    return [{ clock, seconds, nanoseconds: Math.min(999_999_999, Math.round((value - seconds) * 1e9)) }];
  });
}

function forkOf({ forwardSignals = forwardedByDefault, init }: SpawnPlan, waiter: ForkSetUp['deathSignal']): ForkSetUp {
  return {
    forward: signalMask(forwardSignals),
    ...(init ? { init } : {}),
    ...(waiter === undefined ? {} : { deathSignal: waiter }),
  };
}

function procOf(plan: SpawnPlan, proc: true | string) {
  return { directory: proc === true ? '/proc' : proc, ...spreadingOf(plan) };
}

/** Where the new mounts share what changes with those outside, a fresh /proc or /sys would appear there, and the old one go. */
function spreadingOf({ create = [], propagation }: SpawnPlan): { readonly spreading?: 'prevent' } {
  const shares = create.includes('mnt') && (propagation === 'shared' || propagation === 'unchanged');
  return shares ? { spreading: 'prevent' } : {};
}

function credentialsOf(plan: SpawnPlan, entersUser: boolean, groupsDenied: boolean): Pick<SetUp, 'credentials'> {
  const uid = plan.uid ?? (entersUser ? 0 : undefined);
  const gid = plan.gid ?? (entersUser ? 0 : undefined);
  // An ordinary user who enters a user namespace of their own may not give up their groups, there or before.
  const groups =
    plan.supplementaryGroups ?? (entersUser ? ('late-if-allowed' as const) : groupsDenied ? undefined : []);
  if (uid === undefined && gid === undefined && plan.supplementaryGroups === undefined) return {};
  const credentials: Credentials = {
    ...(groups === undefined ? {} : { groups }),
    ...(gid === undefined ? {} : { gid }),
    ...(uid === undefined ? {} : { uid }),
  };
  return { credentials };
}

function capabilitiesOf(plan: SpawnPlan): Pick<SetUp, 'capabilities'> {
  const { keepCapabilities, dropCapabilities } = plan;
  if (keepCapabilities === undefined && dropCapabilities === undefined) return {};
  const keep = keepCapabilities === undefined ? 0n : capabilityMask(keepCapabilities);
  const named = dropCapabilities === undefined ? 0n : capabilityMask(dropCapabilities);
  const drop = dropCapabilities === 'all' && keepCapabilities !== 'all' ? named & ~keep : named;
  const capabilities: CapabilityChanges = {
    ...(keep === 0n ? {} : { ambient: keep & ~drop }),
    ...(drop === 0n ? {} : { bounding: everyCapability & ~drop }),
  };
  return { capabilities };
}

function joinedGroups({ cgroup = [] }: SpawnPlan): readonly string[] {
  return typeof cgroup === 'string' ? [cgroup] : cgroup;
}

/** A group of version 2 that has another with limits inside: nobody can be in it. */
function isOutside(group: string, limits: readonly LimitPlace[]): boolean {
  const directory = realPath(group);
  return limits.some((place) => place.unified && dirname(place.directory) === directory);
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path; // joining it will say why
  }
}

function limitsOf(plan: SpawnPlan) {
  const { limits } = plan;
  if (limits === undefined) return [];
  return findLimitPlaces(limits, `netns-${process.pid}-${builtin('crypto').randomBytes(4).toString('hex')}`, {
    ...ownCgroupFacts(),
    joined: joinedGroups(plan).map(realPath),
  });
}

/** What this machine says about control groups, to this process. */
export function ownCgroupFacts(): CgroupFacts {
  return {
    membership: readFileSync('/proc/self/cgroup', 'utf8'),
    mounts: readFileSync('/proc/self/mounts', 'utf8'),
    controllersBelow: (directory) => wordsOf(`${directory}/cgroup.subtree_control`),
    controllersOf: (directory) => wordsOf(`${directory}/cgroup.controllers`),
  };
}

function wordsOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').trim().split(' ');
  } catch {
    return [];
  }
}
