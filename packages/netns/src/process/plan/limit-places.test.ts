import { describe, expect, it } from 'vitest';
import { UnsupportedError } from '../../errors.ts';
import { findLimitPlaces } from './limit-places.ts';

const old = {
  membership: '8:pids:/\n4:cpu,cpuacct:/job\n0::/\n',
  mounts: 'cgroup /sys/fs/cgroup/pids cgroup rw,pids 0 0\ncgroup /sys/fs/cgroup/cpu cgroup rw,cpu,cpuacct 0 0\n',
  controllersBelow: () => [],
  controllersOf: () => [],
};

describe('findLimitPlaces', () => {
  it('makes one group where version 2 has all controllers, above our own if need be', () => {
    const facts = {
      membership: '0::/user/shell\n',
      mounts: 'cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n',
      controllersOf: () => ['pids', 'cpu'],
      controllersBelow: (directory: string) => (directory === '/sys/fs/cgroup/user' ? ['pids', 'cpu'] : []),
    };
    expect(findLimitPlaces({ pids: 5, cpu: 0.5 }, 'x', facts)).toEqual([
      {
        directory: '/sys/fs/cgroup/user/x',
        files: [
          ['pids.max', '5'],
          ['cpu.max', '50000 100000'],
        ],
        unified: true,
      },
    ]);
  });

  it('makes one in each hierarchy of version 1', () => {
    expect(
      findLimitPlaces({ pids: 5, cpu: 2 }, 'x', old).map(({ directory, unified }) => [directory, unified]),
    ).toEqual([
      ['/sys/fs/cgroup/pids/x', false],
      ['/sys/fs/cgroup/cpu/job/x', false],
    ]);
  });

  it('makes it inside of those that the command joins, so that nothing gets out of their limits', () => {
    const joined = ['/sys/fs/cgroup/pids/a/b', '/sys/fs/cgroup/cpuset/c'];
    expect(findLimitPlaces({ pids: 5, cpu: 2 }, 'x', { ...old, joined }).map(({ directory }) => directory)).toEqual([
      '/sys/fs/cgroup/pids/a/b/x',
      '/sys/fs/cgroup/cpu/job/x',
    ]);
    const unified = {
      membership: '0::/user/shell\n',
      mounts: 'cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n',
      controllersOf: () => ['pids', 'cpu'],
      controllersBelow: (directory: string) => (directory.endsWith('/full') ? ['pids'] : []),
    };
    const place = (directory: string) => findLimitPlaces({ pids: 5 }, 'x', { ...unified, joined: [directory] });
    expect(place('/sys/fs/cgroup/full')).toMatchObject([{ directory: '/sys/fs/cgroup/full/x', unified: true }]);
    expect(() => place('/sys/fs/cgroup/other')).toThrow(
      'a limit on pids is not available here: it needs the pids controller in cgroup.subtree_control of /sys/fs/cgroup/other',
    );
    expect(() => findLimitPlaces({ pids: 5 }, 'x', unified)).toThrow(
      'of /sys/fs/cgroup/user/shell or of a group above it',
    );
    expect(() => findLimitPlaces({ pids: 5 }, 'x', { ...unified, membership: '0::/\n' })).toThrow(
      /of \/sys\/fs\/cgroup$/,
    );
    expect(() => findLimitPlaces({ memory: 5 }, 'x', unified)).toThrow(
      'needs a control group with the memory controller',
    );
  });

  it('says which controller is nowhere', () => {
    expect(() => findLimitPlaces({ memory: 1 }, 'x', old)).toThrow(UnsupportedError);
    expect(() => findLimitPlaces({ memory: 1 }, 'x', old)).toThrow('memory');
  });
});
