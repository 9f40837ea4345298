import { CLONE_NEWNET, CLONE_NEWNS, MS_REC, MS_SLAVE } from '../native/constants.ts';

/** One instruction for the `nsexec` helper; its own head comment lists them all. */
export type PlanStep = readonly [word: string, ...args: string[]];

/** A step that changes something, with what to say if the kernel refuses. */
export interface PlannedStep {
  readonly step: PlanStep;
  /** The operation, after "cannot". */
  readonly operation: string;
  /** What `ip` prints before the reason. */
  readonly ipMessage: string;
  readonly syscall: string;
}

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
  /** How messages call it. */
  readonly name: string;
  /** Show this namespace's `/sys`, and the files of `/etc/netns/NAME` over those of `/etc`. Default: yes. */
  readonly mounts?: boolean | undefined;
  /** The directory whose entries are bound over those of `/etc`; undefined: none. */
  readonly etc?: string | undefined;
}

/**
 * The steps of entering a network namespace as `ip netns exec` does, in its order: the namespace, a private mount namespace, a
 * fresh `/sys`, the files of `/etc/netns/NAME`.
 */
export function planEnter(options: EnterOptions): readonly PlannedStep[] {
  const { from, name } = options;
  const quoted = `"${name}"`;
  const steps: PlannedStep[] = [
    { step: ['leave-vrf'], operation: 'leave the VRF', ipMessage: 'cannot leave the VRF', syscall: 'write' },
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

/** How a command line ends when something goes wrong before the command runs. */
export interface FailureStyle {
  /** The exit status when a step fails. */
  readonly setup: number;
  /** The exit status when the command does not exist. */
  readonly notFound: number;
  /** The exit status when the command exists but cannot be run. */
  readonly notRunnable: number;
  readonly message: (step: PlannedStep) => string;
  readonly commandMessage: (command: string) => string;
}

/** As `ip netns exec` has it: 255, and 1 for the command itself. */
export const ipFailures: FailureStyle = {
  setup: 255,
  notFound: 1,
  notRunnable: 1,
  message: (step) => step.ipMessage,
  commandMessage: (command) => `exec of "${command}" failed`,
};

/** As `env`, `nice` and shells have it: 125 before, 126 and 127 for the command itself. */
export const shellFailures: FailureStyle = {
  setup: 125,
  notFound: 127,
  notRunnable: 126,
  message: (step) => `netns: cannot ${step.operation}`,
  commandMessage: (command) => `netns: cannot run ${command}`,
};

/** The argument list for `nsexec` when its messages go to the user. */
export function nsexecWords(
  steps: readonly PlannedStep[],
  style: FailureStyle,
  command: string,
  args: readonly string[],
): string[] {
  const words: string[] = [
    'exit',
    String(style.setup),
    'command-failed',
    style.commandMessage(command),
    String(style.notFound),
    String(style.notRunnable),
  ];
  for (const step of steps) {
    const message = style.message(step);
    words.push(...(message === '' ? [] : ['say', message]), ...step.step);
  }
  return [...words, '--', command, ...args];
}
