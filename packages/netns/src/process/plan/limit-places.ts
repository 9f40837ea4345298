import { UnsupportedError } from '../../errors.ts';
import type { LimitPlace } from './set-up.ts';
import type { Limits } from './spawn-plan.ts';

/** What the machine says about control groups; the tests give their own. */
export interface CgroupFacts {
  /** /proc/self/cgroup */
  readonly membership: string;
  /** /proc/self/mounts */
  readonly mounts: string;
  /** The directories of the groups that the command joins besides: in their hierarchies the new group is to be inside of them. */
  readonly joined?: readonly string[];
  /** The controllers that groups in a directory can have: `cgroup.subtree_control`. */
  controllersBelow(directory: string): readonly string[];
  /** The controllers that a group itself has: `cgroup.controllers`. */
  controllersOf(directory: string): readonly string[];
}

type Controller = keyof Limits;

const period = 100_000;

const unifiedFiles: Record<Controller, (value: number) => readonly [string, string][]> = {
  pids: (value) => [['pids.max', String(value)]],
  memory: (value) => [['memory.max', String(value)]],
  cpu: (value) => [['cpu.max', `${Math.round(value * period)} ${period}`]],
};

const oldFiles: Record<Controller, (value: number) => readonly [string, string][]> = {
  pids: (value) => [['pids.max', String(value)]],
  memory: (value) => [['memory.limit_in_bytes', String(value)]],
  cpu: (value) => [
    ['cpu.cfs_period_us', String(period)],
    ['cpu.cfs_quota_us', String(Math.round(value * period))],
  ],
};

/**
 * Where a control group called `name` can be made so that it has these limits: one directory in the unified hierarchy, or else one
 * for each controller in those of version 1. Throws UnsupportedError for a controller that is nowhere. cgroups(7).
 */
export function findLimitPlaces(limits: Limits, name: string, facts: CgroupFacts): LimitPlace[] {
  const wanted = (['pids', 'memory', 'cpu'] as const).filter((controller) => limits[controller] !== undefined);
  if (wanted.length === 0) return [];
  const mounts = facts.mounts.split('\n').map((line) => line.split(' '));
  const unified = unifiedPlace(wanted, mounts, facts);
  const filesOf = (table: typeof oldFiles, controller: Controller) => table[controller](limits[controller] ?? 0);
  if (unified !== undefined)
    return [
      { directory: `${unified}/${name}`, files: wanted.flatMap((each) => filesOf(unifiedFiles, each)), unified: true },
    ];
  const places = new Map<string, (readonly [string, string])[]>();
  for (const controller of wanted) {
    const directory = oldPlace(controller, mounts, facts);
    if (directory === undefined)
      throw new UnsupportedError(`a limit on ${controller}`, lacking(controller, mounts, facts));
    places.set(directory, [...(places.get(directory) ?? []), ...filesOf(oldFiles, controller)]);
  }
  return [...places].map(([directory, files]) => ({ directory: `${directory}/${name}`, files, unified: false }));
}

/** Our own group, or one above it: a group with processes in it cannot have groups with controllers below it. */
function unifiedPlace(wanted: readonly string[], mounts: readonly string[][], facts: CgroupFacts): string | undefined {
  const unified = unifiedGroups(mounts, facts);
  if (unified === undefined) return undefined;
  const { mount, own, joined } = unified;
  const handsDown = (directory: string) => {
    const below = facts.controllersBelow(directory);
    return wanted.every((controller) => below.includes(controller));
  };
  if (joined !== undefined) return handsDown(joined) ? joined : undefined;
  for (let path = own; ; path = path.slice(0, path.lastIndexOf('/'))) {
    if (handsDown(`${mount}${path}`)) return `${mount}${path}`;
    if (path === '') return undefined;
  }
}

/** Where version 2 is mounted, the path of our own group in it (that of the root is empty), and the group that the command joins. */
function unifiedGroups(mounts: readonly string[][], facts: CgroupFacts) {
  const mount = mounts.find(([, , type]) => type === 'cgroup2')?.[1];
  const own = /^0::(.*)$/m.exec(facts.membership)?.[1];
  if (mount === undefined || own === undefined) return undefined;
  return { mount, own: own === '/' ? '' : own, joined: joinedBelow(mount, facts) };
}

/** A machine of version 2 mostly has the controller, and a group on the way does not hand it down. */
function lacking(controller: Controller, mounts: readonly string[][], facts: CgroupFacts): string {
  const unified = unifiedGroups(mounts, facts);
  if (unified === undefined || !facts.controllersOf(unified.mount).includes(controller))
    return `a control group with the ${controller} controller`;
  const { joined, mount, own } = unified;
  const where = joined ?? (own === '' ? mount : `${mount}${own} or of a group above it`);
  return `the ${controller} controller in cgroup.subtree_control of ${where}`;
}

function oldPlace(controller: Controller, mounts: readonly string[][], facts: CgroupFacts): string | undefined {
  const mount = mounts.find(
    ([, , type, options]) => type === 'cgroup' && options?.split(',').includes(controller),
  )?.[1];
  const line = facts.membership.split('\n').find((each) => each.split(':')[1]?.split(',').includes(controller));
  const own = line?.split(':').slice(2).join(':');
  if (mount === undefined || own === undefined) return undefined;
  const joined = joinedBelow(mount, facts);
  if (joined !== undefined) return joined;
  return `${mount}${own === '/' ? '' : own}`;
}

function joinedBelow(mount: string, { joined = [] }: CgroupFacts): string | undefined {
  return joined.find((directory) => directory === mount || directory.startsWith(`${mount}/`));
}
