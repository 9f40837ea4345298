import { InvalidArgumentError } from '../../errors.ts';
import type { SpawnPlan } from './spawn-plan.ts';

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string';
const number: Check = (value) => typeof value === 'number';
const flag: Check = (value) => typeof value === 'boolean';
const record: Check = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const list =
  (of: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(of);
const either =
  (...checks: Check[]): Check =>
  (value) =>
    checks.some((check) => check(value));
const recordOf =
  (of: Check, ...names: string[]): Check =>
  (value) =>
    record(value) &&
    Object.entries(value as object).every(([name, each]) => names.includes(name) && (each === undefined || of(each)));

const target: Check = (value) =>
  record(value) &&
  ('process' in (value as object)
    ? either(number, record)((value as { process: unknown }).process) &&
      either((types) => types === undefined, list(text))((value as { types?: unknown }).types)
    : text((value as { type?: unknown }).type) && either(text, record)((value as { namespace?: unknown }).namespace));
const map = either(text, list(recordOf(number, 'inside', 'outside', 'count')));
const signal = either(text, number);
const capabilities = either((value) => value === 'all', list(text));

/** What each part of a plan is made of; programs in JavaScript have no compiler to tell them. */
const shapes: Record<keyof SpawnPlan, Check> = {
  command: text,
  args: list(text),
  argv0: text,
  enter: list(target),
  create: list(text),
  users: map,
  groups: map,
  setgroups: text,
  propagation: text,
  proc: either(flag, text),
  sys: flag,
  root: text,
  cwd: text,
  hostname: text,
  domainname: text,
  clocks: recordOf(number, 'monotonic', 'boottime'),
  cgroup: either(text, list(text)),
  limits: recordOf(number, 'pids', 'memory', 'cpu'),
  uid: number,
  gid: number,
  supplementaryGroups: list(number),
  keepCapabilities: capabilities,
  dropCapabilities: capabilities,
  noNewPrivileges: flag,
  terminal: flag,
  killSignal: signal,
  forwardSignals: list(signal),
  init: flag,
  env: (value) => record(value) && Object.values(value as object).every(either((each) => each === undefined, text)),
};

/** The names of all parts of a plan. */
export const planParts = Object.keys(shapes) as readonly (keyof SpawnPlan)[];

/** Throws InvalidArgumentError for a part that is unknown or of another kind. */
export function checkShape(plan: SpawnPlan): void {
  for (const [name, value] of Object.entries(plan)) {
    if (!Object.hasOwn(shapes, name)) throw new InvalidArgumentError('plan', name, 'there is no such part');
    if (value !== undefined && !shapes[name as keyof SpawnPlan](value))
      throw new InvalidArgumentError(name, describe(value), 'it is of the wrong kind');
  }
}

function describe(value: unknown): string {
  return typeof value === 'string' ? value : Array.isArray(value) ? 'list' : typeof value;
}
