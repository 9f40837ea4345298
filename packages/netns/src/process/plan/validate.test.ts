import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidArgumentError } from '../../errors.ts';
import { namespaceTypes } from '../../namespaces/type.ts';
import type { SpawnPlan } from './spawn-plan.ts';
import { validatePlan } from './validate.ts';

const plan = (more: object): SpawnPlan => ({ command: 'true', ...more });

describe('validatePlan', () => {
  it.each([
    [{ command: '' }, 'command'],
    [{ command: 'a\0b' }, 'NUL'],
    [{ args: ['a\0'] }, 'NUL'],
    [{ env: { 'a=b': '' } }, 'no name'],
    [{ create: ['nets'] }, 'one of'],
    [{ create: ['net', 'net'] }, 'twice'],
    [{ create: ['toString'] }, 'one of'],
    [{ enter: [{ process: 0 }] }, 'positive'],
    [{ enter: [{ process: 1, types: [] }] }, 'nothing to enter'],
    [{ users: 'root' }, 'create: user'],
    [{ setgroups: 'deny' }, 'create: user'],
    [{ create: ['user'], users: 'nobody' }, 'one of'],
    [{ create: ['user'], users: [] }, 'no range'],
    [{ create: ['user'], users: 'root', setgroups: 'allow' }, 'give up setgroups'],
    [
      {
        create: ['user'],
        users: [
          { inside: 0, outside: 0, count: 2 },
          { inside: 1, outside: 9, count: 1 },
        ],
      },
      'overlap',
    ],
    [{ propagation: 'slave' }, 'create: mnt'],
    [{ create: ['mnt'], propagation: 'sideways' }, 'is needed'],
    [{ proc: true }, 'create: mnt'],
    [{ sys: true }, 'create: mnt'],
    [{ root: '' }, 'empty'],
    [{ hostname: 'x' }, 'create: uts'],
    [{ create: ['uts'], hostname: 'x'.repeat(65) }, 'longer'],
    [{ clocks: { monotonic: 1 } }, 'create: time'],
    [{ create: ['time'], clocks: { monotonic: Number.NaN } }, 'seconds'],
    [{ limits: { pids: 0 } }, 'positive'],
    [{ limits: { cpu: 0 } }, 'processors'],
    [{ uid: -1 }, 'whole number'],
    [{ gid: 4294967295 }, 'whole number'],
    [{ supplementaryGroups: [1.5] }, 'whole number'],
    [{ keepCapabilities: ['net_magic'] }, 'no such capability'],
    [{ keepCapabilities: ['CAP_NET_RAW'], dropCapabilities: ['net_raw'] }, 'both kept and dropped'],
    [{ creates: ['net'] }, "no such part: did you mean 'create'?"],
    [{ toString: 1 }, 'no such part; known are command, args'],
    [{ args: 'x' }, 'it has to be a list of texts'],
    [{ enter: ['web'] }, 'it has to be a list of { type, namespace } or { process, types? }'],
    [{ enter: [{ process: 1, type: 'net' }] }, 'it has to be a list of'],
    [{ enter: [{ type: 'net', namespace: 'web', types: [] }] }, 'it has to be a list of'],
    [{ enter: [{ type: 'net' }] }, 'it has to be a list of'],
    [{ enter: [{ process: 1, toString: 1 }] }, 'it has to be a list of'],
    [{ create: ['user'], users: [{ inside: 0, outside: 0 }] }, 'a list of { inside, outside, count }'],
    [{ create: ['time'], clocks: { realtime: 1 } }, '{ monotonic?, boottime? }'],
    [{ limits: { disk: 1 } }, 'it has to be { pids?, memory?, cpu? }'],
    [{ limits: { memory: '1G' } }, 'it has to be { pids?, memory?, cpu? }'],
    [{ killSignal: 'SIGNOPE' }, 'no such signal'],
    [{ forwardSignals: ['SIGKILL'] }, 'pass it on'],
    [{ init: true }, 'create: pid'],
  ])('refuses %j', (more, reason) => {
    expect(() => validatePlan(plan(more))).toThrow(InvalidArgumentError);
    expect(() => validatePlan(plan(more))).toThrow(reason);
  });

  it.each([null, undefined, 'ls', 7, ['ls']])('refuses %j, which is no plan at all', (nothing) => {
    const refusal = { name: 'InvalidArgumentError', argument: 'plan', reason: 'it has to be an object' };
    expect(() => validatePlan(nothing as never)).toThrow(expect.objectContaining(refusal));
  });

  it('accepts what can be right', () => {
    expect(() =>
      validatePlan(
        plan({
          args: ['-a', ''],
          create: [...namespaceTypes],
          enter: [{ process: 12 }, { type: 'net', namespace: 'web' }],
          users: 'auto',
          setgroups: 'allow',
          proc: '/proc',
          sys: true,
          hostname: 'x',
          clocks: { monotonic: -1.5 },
          limits: { pids: 5, memory: 1e6, cpu: 0.5 },
          uid: 0,
          keepCapabilities: 'all',
          dropCapabilities: ['sys_admin'],
          killSignal: 9,
          init: true,
        }),
      ),
    ).not.toThrow();
  });

  it('says of anything at all either nothing or what is wrong, in one line', () => {
    const words = fc.constantFrom(
      'root',
      'auto',
      'all',
      'net',
      'pid',
      'user',
      'mnt',
      'SIGTERM',
      '',
      'a\0',
      '/x',
      'net_raw',
    );
    const value = fc.oneof(words, fc.integer(), fc.double(), fc.boolean(), fc.array(words), fc.array(fc.anything()));
    const names = [
      'args create enter users groups setgroups propagation proc sys root cwd hostname domainname clocks cgroup limits',
      'uid gid supplementaryGroups keepCapabilities dropCapabilities noNewPrivileges terminal killSignal forwardSignals init env',
    ];
    const keys = names.join(' ').split(' ');
    const anyPlan = fc.dictionary(fc.constantFrom(...keys), value);
    fc.assert(
      fc.property(anyPlan, (more) => {
        try {
          validatePlan(plan(more));
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidArgumentError);
          expect((error as Error).message.split('\n')).toHaveLength(1);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
