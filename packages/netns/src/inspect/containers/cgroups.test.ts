import { describe, expect, it } from 'vitest';
import { containerOfCgroups } from './cgroups.ts';

const id = '0123456789abcdef'.repeat(4);

describe('containerOfCgroups', () => {
  it.each([
    [`0::/system.slice/docker-${id}.scope`, { runtime: 'docker', id }],
    [`12:pids:/docker/${id}\n0::/`, { runtime: 'docker', id }],
    [`0::/machine.slice/libpod-${id}.scope/container`, { runtime: 'podman', id }],
    [`0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${id}.scope`, { runtime: 'podman', id }],
    [
      `0::/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod1.slice/cri-containerd-${id}.scope`,
      { runtime: 'containerd', id },
    ],
    [`0::/kubepods.slice/kubepods-pod1.slice:cri-containerd:${id}`, { runtime: 'containerd', id }],
    [`0::/kubepods.slice/kubepods-pod1.slice/crio-${id}.scope`, { runtime: 'cri-o', id }],
    [`0::/kubepods/besteffort/pod1/${id}`, { runtime: 'kubernetes', id }],
    ['0::/lxc.payload.web/init.scope', { runtime: 'lxc', id: 'web' }],
    ['4:memory:/lxc/web', { runtime: 'lxc', id: 'web' }],
    ['0::/machine.slice/machine-my\\x2dbox.scope/payload', { runtime: 'systemd-nspawn', id: 'my-box' }],
    ['0::/machine.slice/systemd-nspawn@box.service', { runtime: 'systemd-nspawn', id: 'box' }],
    ['0::/user.slice/app.slice/app-flatpak-org.gnome.Maps-4242.scope', { runtime: 'flatpak', id: 'org.gnome.Maps' }],
    [
      '0::/user.slice/app.slice/snap.firefox.firefox-3f1c9a2e-1234-1234-1234-123456789abc.scope',
      { runtime: 'snap', id: 'firefox.firefox' },
    ],
    ['0::/system.slice/snap.lxd.daemon.service', { runtime: 'snap', id: 'lxd.daemon' }],
  ])('reads %s', (text, container) => {
    expect(containerOfCgroups(text)).toEqual(container);
  });

  it.each(['', '0::/', '0::/user.slice/session-1.scope', '0::/system.slice/docker.service', 'x', '::::'])(
    'sees no container in %j',
    (text) => {
      expect(containerOfCgroups(text)).toBeUndefined();
    },
  );
});
