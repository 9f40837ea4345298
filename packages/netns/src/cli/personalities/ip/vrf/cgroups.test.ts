import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { groupBeside, mountIn, pathIn, processesOfVrf, vrfOfPath } from './cgroups.ts';

it.each([
  ['/vrf/red', 'red'],
  ['/user.slice/lab-ns/vrf/red', 'red'],
  ['/vrf', undefined],
  ['/', undefined],
  ['/vrf/', undefined],
])('a control group %s is in %s', (path, name) => {
  expect(vrfOfPath(path)).toBe(name);
});

it('finds the path and the mount in what the kernel tells', () => {
  expect(pathIn('4:memory:/a\n0::/vrf/red\n')).toBe('/vrf/red');
  expect(pathIn('4:memory:/a\n')).toBeUndefined();
  expect(mountIn('proc /proc proc rw 0 0\ncgroup2 /sys/fs/c\\040g cgroup2 rw 0 0\n')).toBe('/sys/fs/c g');
  expect(mountIn('proc /proc proc rw 0 0\n')).toBeUndefined();
});

it('finds processes wherever the groups of a VRF are', () => {
  const root = mkdtempSync(join(tmpdir(), 'netns-vrf-'));
  try {
    for (const [path, text] of [
      ['vrf/red', '5\n7\n'],
      ['vrf/blue', '6\n'],
      ['a.slice/lab-ns/vrf/red', '9\n'],
      ['red', '8\n'],
    ] as const) {
      mkdirSync(join(root, path), { recursive: true });
      writeFileSync(join(root, path, 'cgroup.procs'), text);
    }
    expect([...processesOfVrf(root, 'red')].sort()).toEqual([5, 7, 9]);
    expect(processesOfVrf(root, 'green')).toEqual([]);
  } finally {
    rmSync(root, { recursive: true });
  }
});

it.each([
  ['/sys/fs/cgroup/', undefined, 'red', '/sys/fs/cgroup/vrf/red'],
  ['/sys/fs/cgroup/a.slice', 'lab', 'red', '/sys/fs/cgroup/a.slice/lab-ns/vrf/red'],
  ['/sys/fs/cgroup/a.slice/lab-ns/vrf/red', 'lab', 'blue', '/sys/fs/cgroup/a.slice/lab-ns/vrf/blue'],
  ['/sys/fs/cgroup/vrf/red', undefined, undefined, '/sys/fs/cgroup/vrf'],
])('beside %s in %s for %s is %s', (own, namespace, name, expected) => {
  expect(groupBeside(own, namespace, name)).toBe(expected);
});
