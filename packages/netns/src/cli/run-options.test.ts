import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidArgumentError } from '../errors.ts';
import { planParts } from '../process/plan/shape.ts';
import type { SpawnPlan } from '../process/plan/spawn-plan.ts';
import { validatePlan } from '../process/plan/validate.ts';
import { parseLine } from './options.ts';
import { planOf, runOptions } from './run-options.ts';
import { type OptionValues, UsageError, type Verb } from './verb.ts';
import { verb } from './verbs/run.ts';

const ours = { PATH: '/bin', HOME: '/root' };

function planned(...line: string[]): SpawnPlan {
  const { words, values } = parseLine(verb as Verb, line);
  return planOf(words, values as OptionValues<typeof runOptions>, ours);
}

describe('planOf', () => {
  it.each<[string[], Partial<SpawnPlan>]>([
    [[], {}],
    [['--new', 'net'], { create: ['net'] }],
    [['--new', 'net,mount'], { create: ['net', 'mnt'], sys: true }],
    [['--new', 'pid,mnt'], { create: ['pid', 'mnt'], proc: true, init: true }],
    [['--new', 'pid', '--no-init', '--proc=/x'], { create: ['pid'], proc: '/x' }],
    [['--new', 'mnt', '--no-mounts', '--in', 'web'], { create: ['mnt'], enter: [{ type: 'net', namespace: 'web' }] }],
    [['--new', 'mnt', '--in', 'web'], { create: ['mnt'], enter: [{ type: 'net', namespace: 'web' }], sys: true }],
    [['--new', 'mnt', '--in', '5:uts'], { create: ['mnt'], enter: [{ process: 5, types: ['uts'] }] }],
    [['--map-root'], { create: ['user'], users: 'root' }],
    [['--map-auto', '--new', 'net'], { create: ['user', 'net'], users: 'auto' }],
    [['--map-root', '--map', 'root'], { create: ['user'], users: 'root' }],
    [['--new', 'user'], { create: ['user'], users: 'root' }],
    [
      ['--map', '0:100000:10,10:5', '--map-groups=current'],
      {
        create: ['user'],
        users: [
          { inside: 0, outside: 100000, count: 10 },
          { inside: 10, outside: 5, count: 1 },
        ],
        groups: 'current',
      },
    ],
    [
      ['--map', '0:100000:10', '--map', '10:5'],
      {
        create: ['user'],
        users: [
          { inside: 0, outside: 100000, count: 10 },
          { inside: 10, outside: 5, count: 1 },
        ],
      },
    ],
    [['--map', 'auto', '--setgroups', 'deny'], { create: ['user'], users: 'auto', setgroups: 'deny' }],
    [
      ['--in', 'web:net', '--in', '1234:net,mnt /run/x:uts'],
      {
        enter: [
          { type: 'net', namespace: 'web' },
          { process: 1234, types: ['net', 'mnt'] },
          { type: 'uts', namespace: '/run/x' },
        ],
      },
    ],
    [['--as', '7:8', '--groups', ''], { uid: 7, gid: 8, supplementaryGroups: [] }],
    [['--as', '70007', '--groups', '5,6'], { uid: 70007, supplementaryGroups: [5, 6] }],
    [['--kill-with-parent'], { killSignal: 9 }],
    [['--kill-signal', 'none', '--forward', 'TERM,sigusr1,10'], { killSignal: 'none', forwardSignals: [15, 10, 10] }],
    [['-e', 'A=1', '--env', 'B=x=y'], { env: { ...ours, A: '1', B: 'x=y' } }],
    [['--clear-env', '--env=HOME', '--env=NOPE'], { env: { HOME: '/root', NOPE: undefined } }],
    [['--clear-env'], { env: {} }],
    [['--limit', 'pids=5,memory=1.5M,cpu=0.5'], { limits: { pids: 5, memory: 1572864, cpu: 0.5 } }],
    [['--new', 'time', '--clocks', 'boottime=-5.5'], { create: ['time'], clocks: { boottime: -5.5 } }],
    [['--cgroup', '/a', '--cgroup', '/b'], { cgroup: ['/a', '/b'] }],
    [['--keep', 'net_raw', '--drop', 'all'], { keepCapabilities: ['net_raw'], dropCapabilities: 'all' }],
    [['-t', '--argv0', '-sh'], { terminal: true, argv0: '-sh' }],
  ])('%j', (words, plan) => {
    const made = planned(...words, '--', 'true', '-x');
    expect(made).toEqual({ command: 'true', args: ['-x'], ...plan });
    if (!words.includes('--proc=/x')) expect(() => validatePlan(made)).not.toThrow();
  });

  it.each([
    [['--map-root', '--map-auto'], 'only one map can be meant: root or auto'],
    [['--map-root', '--map=all'], 'only one map can be meant: root or all'],
    [['--map=0:0:1,5:5:1', '--map=root'], 'only one map can be meant: 0:0:1,5:5:1 or root'],
    [['--propagation', 'up'], "'up' is no propagation: private, slave, shared, unchanged"],
    [['--setgroups', 'no'], "'no' is no answer: allow, deny"],
    [['--kill-signal', 'FOO'], "there is no signal 'FOO'"],
    [['--forward', 'TERM,'], "there is no signal ''"],
    [['--env', '=x'], "'=x' names no variable: NAME=VALUE"],
    [['--in', ':net'], "':net' names no namespace"],
    [['--as', '1:'], "there is no group '' in /etc/group"],
    [['--as', '1:2:3'], "'1:2:3' is no user: USER or USER:GROUP"],
    [['--limit', 'pids=1=2'], "'pids=1=2' is no limit: pids=NUMBER, memory=BYTES (K, M, G) or cpu=PROCESSORS"],
    [['--clocks', 'boottime=1=2'], "'boottime=1=2' is no offset: monotonic=SECONDS or boottime=SECONDS"],
  ])('%j: %s', (words, message) => {
    expect(() => planned(...words, 'true')).toThrow(new UsageError(message));
  });

  it('has a word for every part of a plan', () => {
    const line = [
      ...[
        '--new',
        'all',
        '--in',
        'web',
        '--map-root',
        '--map-groups',
        'root',
        '--setgroups',
        'deny',
        '--propagation',
        'slave',
      ],
      ...[
        '--proc',
        '--root',
        '/',
        '--cwd',
        '/',
        '--hostname',
        'a',
        '--domainname',
        'b',
        '--clocks',
        'boottime=1',
        '--cgroup',
        '/c',
      ],
      ...[
        '--limit',
        'pids=1',
        '--as',
        '0:0',
        '--groups',
        '',
        '--keep',
        'all',
        '--drop',
        'kill',
        '--no-new-privileges',
        '--terminal',
      ],
      ...['--kill-signal', 'TERM', '--forward', 'TERM', '--env', 'A=', '--argv0', 'x', 'true'],
    ];
    expect(Object.keys(planned(...line)).sort()).toEqual([...planParts].sort());
  });

  it('says of any words either what they mean or what is wrong, in one line', () => {
    const options = Object.keys(runOptions).map((name) => `--${name}`);
    const values = [
      ...[
        '',
        'all',
        'net',
        'net,pid',
        'pid:',
        ':',
        '1:2:3',
        '0:0:0',
        'a=b',
        'pids=1',
        'memory=9G',
        'cpu=-1',
        'monotonic=1e9',
      ],
      ...[
        'TERM',
        'none',
        'root',
        'auto',
        '-1',
        '99999999999999999999',
        '/x',
        'private',
        'net_raw,',
        '\0',
        '--',
        '0',
        '7:x',
      ],
    ];
    const word = fc.oneof(fc.constantFrom(...options), fc.constantFrom(...values), fc.string({ maxLength: 6 }));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (line) => {
        try {
          validatePlan(planned(...line, 'true'));
        } catch (error) {
          expect(error instanceof UsageError || error instanceof InvalidArgumentError).toBe(true);
          expect((error as Error).message.split('\n')).toHaveLength(1);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
