import type { EnterTarget, IdMap, SpawnPlan } from '../process/plan/spawn-plan.ts';
import {
  capabilitiesWord,
  clocksWord,
  environmentWords,
  groupsWord,
  limitsWord,
  mapWord,
  signalWord,
  targetsWord,
  typesWord,
  userWord,
} from './run-words.ts';
import { type Options, type OptionValues, UsageError } from './verb.ts';

export const propagations = ['private', 'slave', 'shared', 'unchanged'] as const;
const grants = ['allow', 'deny'] as const;

/** The words of `netns run`: everything that a plan can say. */
export const runOptions = {
  new: {
    value: 'TYPES',
    summary: 'in new namespaces: net, pid, mnt, ipc, uts, user, cgroup, time (commas between), or all',
  },
  in: {
    value: 'WHERE',
    many: true,
    summary: 'in those of NAME, PID, PID:TYPES, NAME:TYPE or PATH:TYPE; may be repeated',
  },
  map: {
    value: 'MAP',
    many: true,
    summary: 'who exists in the new user namespace: root, current, auto, subids, all, or IN:OUT:COUNT ranges',
  },
  'map-groups': { value: 'MAP', many: true, summary: 'which groups do, if that differs; may be repeated' },
  'map-root': { summary: 'the same as `--map root`, and makes the user namespace' },
  'map-auto': { summary: 'the same with `--map auto`: with the ids of /etc/subuid and /etc/subgid' },
  setgroups: { value: grants.join('|'), summary: 'whether groups can be given up in the new user namespace' },
  as: { value: 'USER[:GROUP]', summary: 'run as this user, by name or number' },
  groups: { value: 'GROUPS', summary: 'with these other groups (commas between); with `--as` the default is none' },
  root: { value: 'DIR', summary: 'this is the root directory' },
  cwd: { value: 'DIR', summary: 'this is the working directory, inside the root' },
  proc: { value: 'DIR', valueIsOptional: true, summary: 'mount a fresh proc on /proc, or there' },
  'no-mounts': { summary: 'mount no fresh /proc and /sys in a new mount namespace' },
  propagation: { value: 'HOW', summary: 'of a new mount namespace: private (default), slave, shared, unchanged' },
  hostname: { value: 'NAME', summary: 'the host name in a new uts namespace' },
  domainname: { value: 'NAME', summary: 'the NIS domain name there' },
  clocks: { value: 'OFFSETS', summary: 'of a new time namespace: monotonic=SECONDS,boottime=SECONDS' },
  limit: { value: 'LIMITS', summary: 'at most: pids=NUMBER,memory=BYTES,cpu=PROCESSORS' },
  cgroup: { value: 'DIR', many: true, summary: 'join this control group; may be repeated' },
  keep: { value: 'CAPABILITIES', summary: 'keep these though the user is not root, or all' },
  drop: { value: 'CAPABILITIES', summary: 'give these up for ever, or all others than those kept' },
  'no-new-privileges': { summary: 'nothing that it runs gets more rights: no set-user-id' },
  env: {
    value: 'NAME=VALUE',
    letter: 'e',
    many: true,
    summary: 'with this variable; NAME alone keeps ours; may be repeated',
  },
  'clear-env': { summary: 'without our environment, but for what `--env` says' },
  argv0: { value: 'NAME', summary: 'what the command is told that it is called' },
  terminal: { letter: 't', summary: 'in a terminal of its own, which shows in ours: for shells and editors' },
  'no-init': { summary: 'the command itself is process 1 of a new pid namespace' },
  'kill-signal': {
    value: 'SIGNAL',
    summary: 'what it gets when the process that started it ends, or none',
  },
  'kill-with-parent': { summary: 'the same as `--kill-signal KILL`' },
  forward: { value: 'SIGNALS', summary: 'what who waits outside of a new pid namespace passes on (commas between)' },
  'dry-run': { summary: 'show the steps and their system calls, and do nothing' },
} as const satisfies Options;

type Values = OptionValues<typeof runOptions>;

/** The plan that the words speak of; `ours` is the environment. Throws UsageError. */
export function planOf([command, ...args]: readonly string[], values: Values, ours: NodeJS.ProcessEnv): SpawnPlan {
  if (command === undefined) throw new UsageError('which command?');
  const enter = values.in?.flatMap((word) => word.split(/\s+/).flatMap(targetsWord)) ?? [];
  const env = environmentWords(values.env ?? [], ours, values['clear-env'] ?? false);
  const { root, cwd, hostname, domainname, clocks, limit, cgroup, argv0 } = values;
  return {
    command,
    args,
    ...namespacesOf(values, enter),
    ...(enter.length === 0 ? {} : { enter }),
    ...(values.propagation === undefined
      ? {}
      : { propagation: oneOf('propagation', propagations, values.propagation) }),
    ...(root === undefined ? {} : { root }),
    ...(cwd === undefined ? {} : { cwd }),
    ...(hostname === undefined ? {} : { hostname }),
    ...(domainname === undefined ? {} : { domainname }),
    ...(clocks === undefined ? {} : { clocks: clocksWord(clocks) }),
    ...(limit === undefined ? {} : { limits: limitsWord(limit) }),
    ...(cgroup === undefined ? {} : { cgroup }),
    ...(argv0 === undefined ? {} : { argv0 }),
    ...(env === undefined ? {} : { env }),
    ...credentialsOf(values),
    ...signalsOf(values),
    ...(values.terminal ? { terminal: true } : {}),
  };
}

/** What is new, who is in it, and what that needs: a new /proc for pids, a new /sys for devices. */
function namespacesOf(values: Values, enter: readonly EnterTarget[]): Partial<SpawnPlan> {
  const map = mapOf(values);
  const groups = values['map-groups'] === undefined ? undefined : oneMap(values['map-groups']);
  const named = values.new === undefined ? [] : typesWord(values.new);
  const maps = map !== undefined || groups !== undefined;
  const create = !maps || named.includes('user') ? named : (['user', ...named] as const);
  const has = (type: (typeof named)[number]) => create.includes(type);
  const entersNet = enter.some((target) =>
    'process' in target ? (target.types?.includes('net') ?? true) : target.type === 'net',
  );
  const mounts = has('mnt') && !values['no-mounts'];
  const proc = values.proc ?? (mounts && has('pid') ? true : undefined);
  const { setgroups } = values;
  return {
    ...(create.length === 0 ? {} : { create }),
    ...(has('user') ? { users: map ?? 'root' } : {}),
    ...(groups === undefined ? {} : { groups }),
    ...(setgroups === undefined ? {} : { setgroups: oneOf('answer', grants, setgroups) }),
    ...(proc === undefined ? {} : { proc }),
    ...(mounts && (has('net') || entersNet) ? { sys: true } : {}),
    ...(has('pid') && !values['no-init'] ? { init: true } : {}),
  };
}

function mapOf(values: Values) {
  const given = [
    ...(values['map-root'] ? ['root'] : []),
    ...(values['map-auto'] ? ['auto'] : []),
    ...(values.map ?? []),
  ];
  return given.length === 0 ? undefined : oneMap(given);
}

/** A word like `root` stands alone; ranges add up. */
function oneMap(given: readonly string[]): IdMap {
  const words = [...new Set(given)];
  const maps = words.map(mapWord);
  const [first] = maps;
  if (maps.length === 1 && first !== undefined) return first;
  return maps.flatMap((map) => {
    if (typeof map === 'string') throw new UsageError(`only one map can be meant: ${words.join(' or ')}`);
    return map;
  });
}

function credentialsOf({ as, groups, keep, drop, ...values }: Values): Partial<SpawnPlan> {
  return {
    ...(as === undefined ? {} : userWord(as)),
    ...(groups === undefined ? {} : { supplementaryGroups: groupsWord(groups) }),
    ...(keep === undefined ? {} : { keepCapabilities: capabilitiesWord(keep) }),
    ...(drop === undefined ? {} : { dropCapabilities: capabilitiesWord(drop) }),
    ...(values['no-new-privileges'] ? { noNewPrivileges: true } : {}),
  };
}

function signalsOf({ forward, ...values }: Values): Partial<SpawnPlan> {
  const word = values['kill-signal'] ?? (values['kill-with-parent'] ? 'KILL' : undefined);
  return {
    ...(word === undefined ? {} : { killSignal: word === 'none' ? 'none' : signalWord(word) }),
    ...(forward === undefined ? {} : { forwardSignals: forward === '' ? [] : forward.split(',').map(signalWord) }),
  };
}

function oneOf<T extends string>(what: string, known: readonly T[], word: string): T {
  const found = known.find((each) => each === word);
  if (found === undefined) throw new UsageError(`'${word}' is no ${what}: ${known.join(', ')}`);
  return found;
}
