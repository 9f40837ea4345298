import { describe, expect, it } from 'vitest';
import { namespaceFlags } from '../../namespaces/type.ts';
import { MS_PRIVATE, MS_REC } from '../../native/constants.ts';
import { describeSteps } from './describe.ts';
import { orderSteps } from './order.ts';
import type { SetUp } from './set-up.ts';
import { encodeSteps } from './step.ts';

const { user, net, pid, mnt } = namespaceFlags;
const calls = (setUp: Omit<SetUp, 'parent'>) =>
  describeSteps(orderSteps({ parent: '{PARENT}', ...setUp })).map(({ call }) => call.replace(/[(,;].*/, ''));
const names = (setUp: Omit<SetUp, 'parent'>) => orderSteps({ parent: '7', ...setUp }).map(({ name }) => name);

describe('orderSteps', () => {
  it('does nothing for nothing', () => {
    expect(orderSteps({ parent: '' })).toEqual([]);
  });

  it('opens outside what is looked at inside, and asks for the context before all else', () => {
    const take = ['use', '9'] as const;
    const steps = orderSteps({
      parent: '7',
      context: 'u:r:t',
      enter: [{ take: ['use', '8'], flags: user, by: 'file', what: 'ns/user' }],
      credentials: { uid: 'owner', gid: 'owner', groups: 'late', file: take },
    });
    expect(steps.map(({ step }) => step.join(' '))).toEqual([
      'write /proc/thread-self/attr/exec u:r:t',
      'use 9',
      'hold 14',
      'use 8',
      `setns ${user}`,
      'take 14',
      'owner',
      'groups-late',
      'setgid owner',
      'setuid owner',
    ]);
  });

  it('goes from outside to inside, and sets the death signal after the last change of ids', () => {
    expect(
      calls({
        unshare: user | pid | mnt,
        users: { single: { inside: 0, outside: 1000, count: 1 }, ranges: [] },
        groups: { single: { inside: 0, outside: 1000, count: 1 }, ranges: [] },
        fork: { init: true },
        deathSignal: { signal: 9, parent: 0 },
        propagation: MS_REC | MS_PRIVATE,
        root: { path: '/x' },
        cwd: { path: '/y' },
        proc: { directory: '/proc' },
        credentials: { groups: [], gid: 5, uid: 5 },
        capabilities: { ambient: 1n, bounding: 3n },
        noNewPrivileges: true,
        terminal: true,
      }),
    ).toEqual([
      'unshare',
      'fork',
      'write',
      'write',
      'write',
      'mount',
      'chroot',
      'chdir',
      'chdir',
      'mount',
      'prctl',
      'setgroups',
      'setgid',
      'prctl',
      'setuid',
      'capset',
      'prctl',
      'prctl',
      'prctl',
      'fork',
      'setsid',
    ]);
  });

  it('tries to enter all before the user namespace, and what was refused after it', () => {
    const file = (flags: number, what: string) => ({ take: ['use', '3'] as const, flags, by: 'file' as const, what });
    const steps = orderSteps({ parent: '', enter: [file(user, 'u'), file(net, 'n')], dropGroups: true });
    expect(steps.filter(({ call }) => call !== undefined).map(({ step, call }) => [step[0], call])).toEqual([
      ['groups-early', 'setgroups(0), if allowed'],
      ['try-setns', 'setns(n, CLONE_NEWNET), if allowed'],
      ['setns', 'setns(u, CLONE_NEWUSER)'],
      ['finish-setns', 'setns(n, CLONE_NEWNET), if not yet done'],
    ]);
  });

  it('has ranges written from outside, by the programs of /usr/bin if need be', () => {
    const ranges = { ranges: [{ inside: 0, outside: 100000, count: 10 }] };
    const [aside] = orderSteps({ parent: '{PARENT}', unshare: user, users: ranges, groups: ranges });
    expect(aside?.lists?.[0]?.map(({ step }) => step)).toEqual([
      ['write', '/proc/{PARENT}/uid_map', '0 100000 10'],
      ['write', '/proc/{PARENT}/gid_map', '0 100000 10'],
    ]);
    expect(describeSteps(aside === undefined ? [] : [aside])).toEqual([
      {
        does: 'map ids',
        call: 'fork(); the child #2 waits, to map ids:',
        meanwhile: ['uid', 'gid'].map((kind) => ({
          does: `write /proc/{PARENT}/${kind}_map`,
          call: `write(/proc/{PARENT}/${kind}_map, "0 100000 10")`,
        })),
      },
    ]);
    const [helped] = orderSteps({
      parent: '{PARENT}',
      unshare: user,
      users: ranges,
      mappers: { users: 'newuidmap', groups: 'newgidmap' },
    });
    expect(helped?.lists?.[0]?.[0]?.step).toEqual(['run', '5', 'newuidmap', '{PARENT}', '0', '100000', '10']);
  });

  it('binds files in the parent, after the fork', () => {
    expect(names({ unshare: pid, fork: {}, persist: [{ type: 'pid', file: '/f' }] })).toEqual(['unshare', 'fork']);
    const fork = orderSteps({ parent: '7', unshare: pid, fork: {}, persist: [{ type: 'pid', file: '/f' }] })[1];
    expect(fork?.lists?.[0]?.map(({ subject }) => subject)).toEqual(['/proc/7/ns/pid_for_children on /f']);
  });
});

describe('encodeSteps', () => {
  it('counts the words of lists, and knows every step by its place', () => {
    const steps = orderSteps({ parent: '7', unshare: pid, fork: {}, persist: [{ type: 'pid', file: '/f' }] });
    const { words, steps: places } = encodeSteps(steps, ({ name }) => name ?? '', ['exit', '9']);
    const at = words.indexOf('fork', words.indexOf('fork') + 1);
    expect(words.slice(at, at + 5)).toEqual(['fork', '0', '0', '7', '0']);
    for (const [place, step] of places) expect(words[place]).toBe(step.step[0]);
    expect(places.size).toBe(3);
  });
});
