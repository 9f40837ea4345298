import fc from 'fast-check';
import { namespaceTypes } from '../../src/namespaces/type.ts';
import { capabilityNames } from '../../src/process/plan/capabilities.ts';
import type { SpawnPlan } from '../../src/process/plan/spawn-plan.ts';

const seldom = <T>(likely: fc.Arbitrary<T>, unlikely: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 25, arbitrary: likely as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: unlikely });
const anything = fc.anything();
const absent = { weight: 5, arbitrary: fc.constant(undefined) };
const maybe = <T>(value: fc.Arbitrary<T>) => fc.oneof(absent, { weight: 1, arbitrary: seldom(value, anything) });

const type = fc.constantFrom(...namespaceTypes);
const id = fc.oneof(fc.nat(70_000), fc.constantFrom(0, 1, 4_294_967_294, 4_294_967_295, -1));
const path = fc.oneof(fc.constantFrom('/', '/tmp', '.', '', '/proc', 'a\0b'), fc.string({ maxLength: 12 }));
const range = fc.record({ inside: id, outside: id, count: fc.oneof(fc.nat(100), id) });
const map = fc.oneof(fc.constantFrom('root', 'current', 'auto', 'subids', 'all'), fc.array(range, { maxLength: 4 }));
const capabilities = fc.oneof(fc.constant('all'), fc.array(fc.constantFrom(...capabilityNames), { maxLength: 4 }));
const signal = fc.oneof(
  fc.constantFrom('SIGTERM', 'SIGKILL', 'SIGCHLD', 'none', 'SIGNOPE'),
  fc.integer({ min: -1, max: 66 }),
);
const number = fc.oneof(fc.nat(1000), fc.double());
const target = fc.oneof(
  fc.record({ type, namespace: fc.oneof(path, fc.record({ pid: fc.nat(10) }), fc.record({ path })) }),
  fc.record({ process: fc.constantFrom(0, 1, 4_194_305, process.pid) }),
  fc.record({ process: fc.constantFrom(1, process.pid), types: fc.array(type, { maxLength: 3 }) }),
);

/** Plans that somebody could mean, with a wrong part now and then. */
export const anyPlan = fc.record(
  {
    command: seldom(fc.constant('true'), path),
    args: maybe(fc.array(fc.string(), { maxLength: 3 })),
    argv0: maybe(fc.string()),
    enter: maybe(fc.array(target, { maxLength: 2 })),
    create: seldom(fc.uniqueArray(type), anything),
    users: maybe(map),
    groups: maybe(map),
    setgroups: maybe(fc.constantFrom('allow', 'deny')),
    propagation: maybe(fc.constantFrom('private', 'slave', 'shared', 'unchanged')),
    proc: maybe(fc.oneof(fc.boolean(), path)),
    sys: maybe(fc.boolean()),
    root: maybe(path),
    cwd: maybe(path),
    hostname: maybe(fc.string({ maxLength: 70 })),
    domainname: maybe(fc.string()),
    clocks: maybe(fc.record({ monotonic: number, boottime: number }, { requiredKeys: [] })),
    cgroup: maybe(fc.oneof(path, fc.array(path, { maxLength: 2 }))),
    limits: maybe(fc.record({ pids: number, memory: number, cpu: number }, { requiredKeys: [] })),
    uid: maybe(id),
    gid: maybe(id),
    supplementaryGroups: maybe(fc.array(id, { maxLength: 5 })),
    keepCapabilities: maybe(capabilities),
    dropCapabilities: maybe(capabilities),
    noNewPrivileges: maybe(fc.boolean()),
    terminal: maybe(fc.boolean()),
    killSignal: maybe(signal),
    forwardSignals: maybe(fc.array(signal, { maxLength: 3 })),
    init: maybe(fc.boolean()),
    env: maybe(fc.dictionary(fc.string({ maxLength: 5 }), fc.string({ maxLength: 5 }), { maxKeys: 3 })),
  },
  { requiredKeys: ['command'] },
) as fc.Arbitrary<unknown> as fc.Arbitrary<SpawnPlan>;
