import { InvalidArgumentError } from '../../errors.ts';
import { namespaceFlags, namespaceTypes } from '../../namespaces/type.ts';
import { capabilityMask } from './capabilities.ts';
import { lastId, validateRanges } from './id-map.ts';
import { checkShape } from './shape.ts';
import { signalNumber } from './signals.ts';
import type { IdMap, SpawnPlan } from './spawn-plan.ts';

/**
 * Says what in a plan can never be right, before anything is done. Pure: it looks at nothing but the plan.
 * Throws InvalidArgumentError that names the part.
 */
export function validatePlan(plan: SpawnPlan): void {
  checkShape(plan);
  checkCommand(plan);
  const parts = Object.keys(plan) as (keyof SpawnPlan)[];
  for (const check of new Set(parts.map((part) => checks[part]))) check?.(plan);
}

type PlanCheck = (plan: SpawnPlan) => void;

/** What can be wrong with a part, alone or beside others. What a plan does not have takes no time: plans are started by the thousand. */
const checks: Readonly<Partial<Record<keyof SpawnPlan, PlanCheck>>> = {
  enter: checkTypes,
  create: checkTypes,
  users: checkUserNamespace,
  groups: checkUserNamespace,
  setgroups: checkUserNamespace,
  propagation: checkMounts,
  proc: checkMounts,
  sys: checkMounts,
  root: checkMounts,
  cwd: checkMounts,
  clocks: checkClocks,
  hostname: checkClocks,
  domainname: checkClocks,
  cgroup: checkLimits,
  limits: checkLimits,
  uid: checkCredentials,
  gid: checkCredentials,
  supplementaryGroups: checkCredentials,
  keepCapabilities: checkCredentials,
  dropCapabilities: checkCredentials,
  killSignal: checkProcess,
  forwardSignals: checkProcess,
  init: checkProcess,
};

function refuse(argument: string, value: unknown, reason: string): never {
  throw new InvalidArgumentError(argument, value, reason);
}

function checkText(argument: string, text: unknown, longest = 4095): void {
  if (text === undefined) return;
  if (typeof text !== 'string') refuse(argument, text, 'a text is needed');
  if (text === '') refuse(argument, text, 'it is empty');
  if (text.includes('\0')) refuse(argument, text, 'it contains a NUL byte');
  if (Buffer.byteLength(text) > longest) refuse(argument, text, `it is longer than ${longest} bytes`);
}

function checkCommand({ command, args = [], argv0, env = {} }: SpawnPlan): void {
  if (command === undefined) refuse('command', command, 'it is missing');
  checkText('command', command);
  for (const each of [...args, ...(argv0 === undefined ? [] : [argv0])]) {
    if (typeof each !== 'string') refuse('argument', each, 'a text is needed');
    if (each.includes('\0')) refuse('argument', each, 'it contains a NUL byte');
  }
  for (const [name, value] of Object.entries(env)) {
    if (name === '' || name.includes('=')) refuse('environment variable', name, 'that is no name');
    if (`${name}${value ?? ''}`.includes('\0')) refuse('environment variable', name, 'it contains a NUL byte');
  }
}

function checkType(type: unknown): void {
  if (!Object.hasOwn(namespaceFlags, String(type)))
    refuse('namespace type', type, `one of ${namespaceTypes.join(', ')} is needed`);
}

function checkTypes({ enter = [], create = [] }: SpawnPlan): void {
  create.forEach(checkType);
  const twice = create.find((type, index) => create.indexOf(type) !== index);
  if (twice !== undefined) refuse('namespace type', twice, 'it is to be created twice');
  for (const target of enter) {
    if ('process' in target) {
      target.types?.forEach(checkType);
      if (target.types?.length === 0) refuse('types', '', 'there is nothing to enter');
      if (typeof target.process === 'number' && !(Number.isSafeInteger(target.process) && target.process > 0))
        refuse('process id', target.process, 'a positive whole number is needed');
    } else {
      checkType(target.type);
    }
  }
}

const idMapWords: readonly unknown[] = ['root', 'current', 'auto', 'subids', 'all'];

function checkUserNamespace({ create = [], users, groups, setgroups }: SpawnPlan): void {
  if (create.includes('user')) {
    if (users !== undefined) checkMap('users', users);
    if (groups !== undefined) checkMap('groups', groups);
    if (setgroups !== undefined && setgroups !== 'allow' && setgroups !== 'deny')
      refuse('setgroups', setgroups, 'allow or deny is needed');
    const own = groups ?? users;
    if (setgroups === 'allow' && (own === 'root' || own === 'current'))
      refuse('setgroups', setgroups, 'who maps only their own group must give up setgroups');
    return;
  }
  for (const [name, value] of Object.entries<IdMap | 'allow' | 'deny' | undefined>({ users, groups, setgroups }))
    if (value !== undefined) refuse(name, mapText(value), 'only a new user namespace can have that (create: user)');
}

function mapText(value: IdMap | 'allow' | 'deny'): string {
  return typeof value === 'string' ? value : 'ranges';
}

function checkMap(what: string, map: IdMap): void {
  if (typeof map !== 'string') {
    if (!Array.isArray(map) || map.length === 0) refuse(what, map, 'there is no range in it');
    validateRanges(what, map);
  } else if (!idMapWords.includes(map)) {
    refuse(what, map, `one of ${idMapWords.join(', ')} or ranges is needed`);
  }
}

function checkMounts(plan: SpawnPlan): void {
  const { create = [], enter = [], propagation, proc, sys, root, cwd } = plan;
  const ownMounts =
    create.includes('mnt') ||
    enter.some((target) => ('process' in target ? (target.types?.includes('mnt') ?? true) : target.type === 'mnt'));
  if (propagation !== undefined) {
    if (!['private', 'slave', 'shared', 'unchanged'].includes(propagation))
      refuse('propagation', propagation, 'private, slave, shared or unchanged is needed');
    if (!create.includes('mnt')) refuse('propagation', propagation, 'only a new mount namespace has it (create: mnt)');
  }
  if (proc !== undefined && proc !== false && !ownMounts)
    refuse('proc', proc, 'it would be mounted for everybody: a mount namespace is needed (create: mnt)');
  if (sys && !ownMounts)
    refuse('sys', sys, 'it would be mounted for everybody: a mount namespace is needed (create: mnt)');
  if (typeof proc === 'string') checkText('proc', proc);
  checkText('root', root);
  checkText('cwd', cwd);
}

function checkClocks({ create = [], clocks, hostname, domainname, enter = [] }: SpawnPlan): void {
  if (clocks !== undefined && !create.includes('time'))
    refuse('clocks', Object.keys(clocks).join(','), 'only a new time namespace has them (create: time)');
  for (const [name, seconds] of Object.entries(clocks ?? {}))
    if (seconds !== undefined && !(Math.abs(seconds) < 2 ** 53 / 1000))
      refuse(`${name} offset`, seconds, 'a number of seconds is needed');
  const ownName =
    create.includes('uts') ||
    enter.some((target) => ('process' in target ? (target.types?.includes('uts') ?? true) : target.type === 'uts'));
  for (const [what, name] of Object.entries({ hostname, domainname })) {
    checkText(what, name, 64);
    if (name !== undefined && !ownName)
      refuse(what, name, 'it would change for everybody: a uts namespace is needed (create: uts)');
  }
}

function checkLimits({ cgroup, limits }: SpawnPlan): void {
  for (const directory of typeof cgroup === 'string' ? [cgroup] : (cgroup ?? [])) checkText('cgroup', directory);
  const { pids, memory, cpu } = limits ?? {};
  for (const [name, value] of Object.entries({ pids, memory }))
    if (value !== undefined && !(Number.isSafeInteger(value) && value > 0))
      refuse(`${name} limit`, value, 'a positive whole number is needed');
  if (cpu !== undefined && !(cpu >= 0.01 && cpu <= 10_000))
    refuse('cpu limit', cpu, 'a number of processors is needed');
}

function checkCredentials(plan: SpawnPlan): void {
  const { uid, gid, supplementaryGroups, keepCapabilities = [], dropCapabilities = [] } = plan;
  for (const [name, id] of [
    ['uid', uid],
    ['gid', gid],
    ...(supplementaryGroups ?? []).map((group) => ['supplementary group', group] as const),
  ] as const)
    if (id !== undefined && !(Number.isInteger(id) && id >= 0 && id <= lastId))
      refuse(name, id, `a whole number from 0 to ${lastId} is needed`);
  if ((supplementaryGroups?.length ?? 0) > 256) refuse('supplementary groups', 'list', 'more than 256');
  const keep = capabilityMask(keepCapabilities);
  const drop = capabilityMask(dropCapabilities);
  // `all` is what is left after the others were named.
  if (keepCapabilities !== 'all' && dropCapabilities !== 'all' && (keep & drop) !== 0n)
    refuse('capabilities', keepCapabilities.join(','), 'one is to be both kept and dropped');
}

function checkProcess({ create = [], killSignal, forwardSignals = [], init }: SpawnPlan): void {
  if (killSignal !== undefined && killSignal !== 'none') signalNumber(killSignal);
  for (const signal of forwardSignals) {
    const number = signalNumber(signal);
    if ([9, 17, 19].includes(number)) refuse('signal', signal, 'nobody can pass it on');
  }
  if (init && !create.includes('pid')) refuse('init', init, 'only a new pid namespace has one (create: pid)');
}
