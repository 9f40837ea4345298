import { suggestion } from '../../closest.ts';
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
/** An object with these parts and no others. */
const parts =
  (of: Readonly<Record<string, Check>>, needed: readonly string[] = []): Check =>
  (value) =>
    record(value) &&
    needed.every((name) => (value as Record<string, unknown>)[name] !== undefined) &&
    Object.entries(value as object).every(
      ([name, each]) => Object.hasOwn(of, name) && (each === undefined || of[name]?.(each)),
    );

const target = either(
  parts({ process: either(number, record), types: list(text) }, ['process']),
  parts({ type: text, namespace: either(text, record) }, ['type', 'namespace']),
);
const range = parts({ inside: number, outside: number, count: number }, ['inside', 'outside', 'count']);
const map = either(text, list(range));
const signal = either(text, number);
const capabilities = either((value) => value === 'all', list(text));

/** What each part of a plan is made of, and in words; programs in JavaScript have no compiler to tell them. */
const shapes: Record<keyof SpawnPlan, readonly [is: Check, words: string]> = {
  command: [text, 'a text'],
  args: [list(text), 'a list of texts'],
  argv0: [text, 'a text'],
  enter: [list(target), 'a list of { type, namespace } or { process, types? }'],
  create: [list(text), 'a list of types of namespaces'],
  users: [map, 'a word or a list of { inside, outside, count }'],
  groups: [map, 'a word or a list of { inside, outside, count }'],
  setgroups: [text, 'a text'],
  propagation: [text, 'a text'],
  proc: [either(flag, text), 'true, false or a path'],
  sys: [flag, 'true or false'],
  root: [text, 'a path'],
  cwd: [text, 'a path'],
  hostname: [text, 'a text'],
  domainname: [text, 'a text'],
  clocks: [parts({ monotonic: number, boottime: number }), '{ monotonic?, boottime? } in seconds'],
  cgroup: [either(text, list(text)), 'a path or a list of paths'],
  limits: [parts({ pids: number, memory: number, cpu: number }), '{ pids?, memory?, cpu? }'],
  uid: [number, 'a number'],
  gid: [number, 'a number'],
  supplementaryGroups: [list(number), 'a list of numbers'],
  keepCapabilities: [capabilities, "a list of capabilities or 'all'"],
  dropCapabilities: [capabilities, "a list of capabilities or 'all'"],
  noNewPrivileges: [flag, 'true or false'],
  terminal: [flag, 'true or false'],
  killSignal: [signal, 'a signal'],
  forwardSignals: [list(signal), 'a list of signals'],
  init: [flag, 'true or false'],
  env: [
    (value) => record(value) && Object.values(value as object).every(either((each) => each === undefined, text)),
    'an object of texts',
  ],
};

/** The names of all parts of a plan. */
export const planParts = Object.keys(shapes) as readonly (keyof SpawnPlan)[];

/** Throws InvalidArgumentError for a part that is unknown or of another kind. */
export function checkShape(plan: SpawnPlan): void {
  if (!record(plan)) throw new InvalidArgumentError('plan', describe(plan), 'it has to be an object');
  for (const [name, value] of Object.entries(plan)) {
    if (!Object.hasOwn(shapes, name))
      throw new InvalidArgumentError('plan', name, `there is no such part${suggestion(name, planParts)}`);
    const [is, words] = shapes[name as keyof SpawnPlan];
    if (value !== undefined && !is(value))
      throw new InvalidArgumentError(name, describe(value), `it has to be ${words}`);
  }
}

function describe(value: unknown): string {
  return typeof value === 'string' ? value : Array.isArray(value) ? 'list' : typeof value;
}
