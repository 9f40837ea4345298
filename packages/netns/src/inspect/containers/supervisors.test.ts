import { describe, expect, it } from 'vitest';
import { containerOfSupervisor } from './supervisors.ts';

const id = '0123456789abcdef'.repeat(4);
const conmon = `/usr/bin/conmon --api-version 1 -c ${id} -u ${id} -r /usr/bin/crun -b /home/u/x/userdata -n web --exit-dir`;

describe('containerOfSupervisor', () => {
  it.each([
    ['conmon', `${conmon} /run/user/1000/libpod/tmp/exits`, { runtime: 'podman', id, name: 'web' }],
    ['conmon', `${conmon} /var/run/crio/exits`, { runtime: 'cri-o', id }],
    ['containerd-shim', `/usr/bin/containerd-shim-runc-v2 -namespace moby -id ${id}`, { runtime: 'docker', id }],
    [
      'containerd-shim',
      '/usr/bin/containerd-shim-runc-v2 -namespace default -id web',
      { runtime: 'containerd', id: 'web' },
    ],
    ['systemd-nspawn', 'systemd-nspawn -D /srv/box/ --machine=little', { runtime: 'systemd-nspawn', id: 'little' }],
    ['systemd-nspawn', 'systemd-nspawn --directory=/srv/box', { runtime: 'systemd-nspawn', id: 'box' }],
  ])('reads what %s says', (name, line, container) => {
    expect(containerOfSupervisor(name, () => line.split(' '))).toEqual(container);
  });

  it.each([
    ['conmon', 'conmon --version'],
    ['conmon', 'conmon -c'],
    ['containerd-shim', `containerd-shim-runc-v2 -namespace k8s.io -id ${id}`],
    ['systemd-nspawn', 'systemd-nspawn --directory=/'],
    ['toString', 'a'],
    ['sh', 'sh -c ls'],
  ])('sees no container in %s %s', (name, line) => {
    expect(containerOfSupervisor(name, () => line.split(' '))).toBeUndefined();
  });
});
