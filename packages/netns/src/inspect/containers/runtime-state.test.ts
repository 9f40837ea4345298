import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AT_FDCWD } from '../../native/constants.ts';
import { perform } from '../../native/syscall.ts';
import { RuntimeState } from './runtime-state.ts';

const id = '0123456789abcdef'.repeat(4);
const home = '/home/u/.local/share';
const task = '/run/containerd/io.containerd.runtime.v2.task';

/** What runtimes leave in the file system, root's and those of user 1000. */
const files: Readonly<Record<string, unknown>> = {
  '/etc/passwd': 'root:x:0:0::/root:/bin/sh\nu:x:1000:1000::/home/u:/bin/sh\nbroken\n',
  [`/var/lib/docker/containers/${id}/config.v2.json`]: { Name: '/shop' },
  [`${home}/docker/containers/own/config.v2.json`]: { Name: '/mine' },
  '/var/lib/containers/storage/vfs-containers/containers.json': [{ id, names: ['web'] }, { id: 7 }, 'x'],
  [`${home}/containers/storage/overlay-containers/containers.json`]: [{ id: 'own', names: ['mine'] }],
  [`/run/containers/storage/overlay-containers/${id}/userdata/config.json`]: {
    annotations: { 'io.kubernetes.pod.name': 'pod', 'io.kubernetes.container.name': 'app' },
  },
  [`${task}/k8s.io/${id}/config.json`]: {
    annotations: { 'io.kubernetes.cri.sandbox-name': 'pod', 'io.kubernetes.cri.container-name': 'app' },
  },
  [`${task}/k8s.io/pause/config.json`]: { annotations: { 'io.kubernetes.cri.sandbox-name': 'pod' } },
  [`${task}/default/n/config.json`]: { annotations: { 'nerdctl/name': 'ned' } },
  '/run/runc/a/state.json': { init_process_pid: 11, init_process_start: 5 },
  '/run/runc/old/state.json': { init_process_pid: 12, init_process_start: 4 },
  '/run/runc/half/state.json': '{"init_process_pid": 13',
  '/run/crun/b/status': { pid: 14 },
  '/run/user/1000/crun/c/status': { pid: 15, 'process-start-time': 5 },
  '/run/user/1000/docker/runtime-runc/moby/own/state.json': { init_process_pid: 16 },
  [`/run/containerd/runc/k8s.io/${id}/state.json`]: { init_process_pid: 17 },
  '/run/containerd/runc/default/n/state.json': { init_process_pid: 18 },
  '/run/user/1000/runc/root/state.json': { init_process_pid: 21 },
  '/run/user/1000/.flatpak/42/info': '[Application]\nname=org.gnome.Maps\nruntime=runtime/x\n',
  '/run/user/1000/.flatpak/42/pid': '19',
  '/run/user/1000/.flatpak/42/bwrapinfo.json': { 'child-pid': 20 },
};

let root: string;
beforeAll(() => {
  root = mkdtempSync(`${tmpdir()}/runtimes-`);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(root + path), { recursive: true });
    writeFileSync(root + path, typeof content === 'string' ? content : JSON.stringify(content));
  }
});
const pipe = '/run/user/1000/crun/pipe/status';
beforeAll(() => {
  mkdirSync(dirname(root + pipe), { recursive: true });
  perform('make a pipe', 'mknodat', AT_FDCWD, root + pipe, 0o010600, 0);
});
afterAll(() => rmSync(root, { recursive: true }));

describe('RuntimeState', () => {
  it('knows the first processes of containers, if they are those still', () => {
    const state = new RuntimeState(root);
    const of = (pid: number) => state.byFirst(pid, { startOf: () => 5, makerOf: (of) => (of === 21 ? 0 : 1000) });
    expect(of(11)).toEqual({ runtime: 'runc', id: 'a' });
    expect(of(12)).toBeUndefined(); // the number is another's now
    expect(of(13)).toBeUndefined();
    expect(of(21)).toBeUndefined(); // what a user has written about a process that is not theirs
    expect(of(14)).toEqual({ runtime: 'crun', id: 'b' });
    expect(of(15)).toEqual({ runtime: 'crun', id: 'c' });
    expect(of(16)).toEqual({ runtime: 'docker', id: 'own' });
    expect(of(17)).toEqual({ runtime: 'kubernetes', id });
    expect(of(18)).toEqual({ runtime: 'containerd', id: 'n' });
    expect([19, 20, 21].map((pid) => state.flatpakOf(pid))).toEqual(['org.gnome.Maps', 'org.gnome.Maps', undefined]);
  });

  it.each([
    ['docker', id, 'shop'],
    ['docker', 'own', 'mine'],
    ['podman', id, 'web'],
    ['podman', 'own', 'mine'],
    ['cri-o', id, 'pod/app'],
    ['kubernetes', id, 'pod/app'],
    ['kubernetes', 'pause', 'pod'],
    ['containerd', 'n', 'ned'],
    ['docker', '../../etc', undefined],
    ['lxc', id, undefined],
  ] as const)('names a container of %s', (runtime, container, name) => {
    expect(new RuntimeState(root).nameOf({ runtime, id: container })).toBe(name);
    expect(new RuntimeState(`${root}/none`).nameOf({ runtime, id: container })).toBeUndefined();
  });
});
