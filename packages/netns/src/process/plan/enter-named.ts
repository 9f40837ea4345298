import { CLONE_NEWNET, CLONE_NEWNS, CLONE_NEWUSER, MS_REC, MS_SLAVE } from '../../native/constants.ts';
import type { PlannedStep } from './step.ts';

/**
 * What may be mounted below `/sys` and has nothing to do with the network: a new `/sys` would hide it.
 * (`ip netns exec` loses these; programs that look for their control group then fail.)
 */
export const keptSysMounts: readonly string[] = [
  '/sys/fs/cgroup',
  '/sys/fs/bpf',
  '/sys/fs/pstore',
  '/sys/fs/fuse/connections',
  '/sys/fs/selinux',
  '/sys/kernel/debug',
  '/sys/kernel/tracing',
  '/sys/kernel/security',
  '/sys/kernel/config',
  '/sys/firmware/efi/efivars',
];

export interface EnterOptions {
  /** The namespace: a file to open, or an inherited descriptor. */
  readonly from: { readonly path: string } | { readonly descriptor: number };
  /** An inherited descriptor of the user namespace whose rights it takes: see `passageTo`. */
  readonly through?: number | undefined;
  /** How messages call it. */
  readonly name: string;
  /** Show this namespace's `/sys`, and the files of `/etc/netns/NAME` over those of `/etc`. Default: yes. */
  readonly mounts?: boolean | undefined;
  /** The directory whose entries are bound over those of `/etc`; undefined: none. */
  readonly etc?: string | undefined;
}

/**
 * The steps of entering a network namespace as `ip netns exec` does, in its order: the namespace, a private mount namespace, a
 * fresh `/sys`, the files of `/etc/netns/NAME`. Before them, what an ordinary user has to pass.
 */
export function planEnter(options: EnterOptions): readonly PlannedStep[] {
  const { from, through, name } = options;
  const quoted = `"${name}"`;
  const steps: PlannedStep[] = [
    { step: ['leave-vrf'], operation: 'leave the VRF', ipMessage: 'cannot leave the VRF', syscall: 'write' },
    ...(through === undefined ? [] : passageSteps(through, quoted)),
    {
      step: 'path' in from ? ['open', from.path] : ['use', String(from.descriptor)],
      operation: `open network namespace ${quoted}`,
      ipMessage: `Cannot open network namespace ${quoted}`,
      syscall: 'openat',
    },
    {
      step: ['setns', String(CLONE_NEWNET)],
      operation: `enter network namespace ${quoted}`,
      ipMessage: `setting the network namespace ${quoted} failed`,
      syscall: 'setns',
    },
  ];
  if (options.mounts === false) return steps;
  steps.push(
    {
      step: ['unshare', String(CLONE_NEWNS)],
      operation: 'create a mount namespace',
      ipMessage: 'unshare failed',
      syscall: 'unshare',
    },
    {
      step: ['mount', '', '/', 'none', String(MS_SLAVE | MS_REC)],
      operation: 'keep mounts from leaving the new mount namespace',
      ipMessage: '"mount --make-rslave /" failed',
      syscall: 'mount',
    },
    ...keptSysMounts.map((path) => ({
      step: ['keep', path] as const,
      operation: `keep ${path}`,
      ipMessage: '',
      syscall: 'open_tree',
    })),
    { step: ['sysfs', name], operation: 'mount /sys', ipMessage: 'mount of /sys failed', syscall: 'mount' },
    { step: ['restore'], operation: 'restore the mounts below /sys', ipMessage: '', syscall: 'move_mount' },
  );
  if (options.etc !== undefined)
    steps.push({
      step: ['binds', options.etc, '/etc'],
      operation: `bind ${options.etc}`,
      ipMessage: '',
      syscall: 'mount',
    });
  return steps;
}

function passageSteps(descriptor: number, quoted: string): readonly PlannedStep[] {
  return [
    {
      step: ['use', String(descriptor)],
      operation: `find the owner of network namespace ${quoted}`,
      syscall: 'ioctl',
    },
    {
      step: ['setns', String(CLONE_NEWUSER)],
      operation: `enter the user namespace that owns network namespace ${quoted}`,
      syscall: 'setns',
    },
  ];
}
