import { EINVAL } from '../../errno-numbers.ts';
import { MS_PRIVATE, MS_REC, MS_SHARED, MS_SLAVE } from '../../native/constants.ts';
import { keptSysMounts } from './enter-named.ts';
import { fileSteps } from './order-identity.ts';
import type { Binfmt, Place, SetUp, Spreading } from './set-up.ts';
import type { PlannedStep } from './step.ts';
import { kernelStep } from './step-makers.ts';

const MS_NOSUID = 2;
const MS_NODEV = 4;
const MS_NOEXEC = 8;
const hardened = MS_NOSUID | MS_NODEV | MS_NOEXEC;

function propagationName(flags: number): string {
  return flags & MS_SHARED ? 'MS_SHARED' : flags & MS_SLAVE ? 'MS_SLAVE' : 'MS_PRIVATE';
}

export function propagationSteps({ propagation }: SetUp): PlannedStep[] {
  if (propagation === undefined) return [];
  return [
    kernelStep(
      'propagation',
      'mount',
      'change the propagation of all mounts',
      ['mount', 'none', '/', '', String(propagation)],
      { call: `mount(/, MS_REC|${propagationName(propagation)})`, subject: 'root' },
    ),
  ];
}

export function rootSteps({ root, binfmt, keepCwd }: SetUp): PlannedStep[] {
  const before = binfmt?.beforeRoot ? binfmtSteps(binfmt, true) : [];
  if (root === undefined) return before;
  if ('path' in root)
    return [
      ...before,
      kernelStep('chroot', 'chroot', `make ${root.path} the root directory`, ['chroot', root.path], {
        call: `chroot(${root.path})`,
        subject: root.path,
      }),
      chdirStep('/'),
    ];
  return [
    ...(keepCwd
      ? [
          kernelStep('prepare', 'openat', 'open the current directory', ['open', '.']),
          kernelStep('prepare', 'openat', 'hold the current directory', ['hold', '15']),
        ]
      : []),
    kernelStep('prepare', 'openat', 'open the new root directory', root.take),
    kernelStep('root-descriptor', 'fchdir', 'go to the new root directory', ['fchdir'], { call: 'fchdir(root)' }),
    kernelStep('chroot', 'chroot', 'make it the root directory', ['chroot', '.'], { call: 'chroot(.)', subject: '.' }),
    chdirStep('/'),
    ...(keepCwd ? placeSteps({ take: ['take', '15'] }) : []),
  ];
}

export function cwdSteps({ cwd }: SetUp): PlannedStep[] {
  return cwd === undefined ? [] : placeSteps(cwd);
}

function placeSteps(place: Place): PlannedStep[] {
  if ('path' in place) return [chdirStep(place.path)];
  return [
    kernelStep('prepare', 'openat', 'open the working directory', place.take),
    kernelStep('cwd-descriptor', 'fchdir', 'go to the working directory', ['fchdir'], { call: 'fchdir(cwd)' }),
  ];
}

function chdirStep(path: string): PlannedStep {
  return kernelStep('chdir', 'chdir', `go to ${path}`, ['chdir', path], { call: `chdir(${path})`, subject: path });
}

export function mountSteps({ proc, sys, binfmt }: SetUp): PlannedStep[] {
  const steps: PlannedStep[] = [];
  if (proc !== undefined) steps.push(...spreadingSteps(proc.directory, proc.spreading));
  if (proc !== undefined) steps.push(mountStep('proc', proc.directory));
  if (sys !== undefined) steps.push(...sysSteps(sys));
  if (binfmt !== undefined) steps.push(...binfmtSteps(binfmt, !binfmt.beforeRoot));
  return steps;
}

function spreadingSteps(directory: string, spreading: Spreading | undefined): PlannedStep[] {
  if (spreading === undefined) return [];
  const step = kernelStep(
    'proc-private',
    'mount',
    `keep the mount at ${directory} from spreading`,
    ['mount', 'none', directory, '', String(MS_PRIVATE | MS_REC)],
    { call: `mount(${directory}, MS_REC|MS_PRIVATE)`, subject: directory },
  );
  return spreading === 'prevent' ? [step] : [kernelStep('prepare', 'mount', '', ['tolerate', String(EINVAL)]), step];
}

function mountStep(type: string, directory: string): PlannedStep {
  return kernelStep(
    'mount',
    'mount',
    `mount ${type} on ${directory}`,
    ['mount', type, directory, type, String(hardened)],
    {
      call: `mount(${type}, ${directory}, MS_NOSUID|MS_NOEXEC|MS_NODEV)`,
      subject: directory,
    },
  );
}

/**
 * A fresh /sys shows the devices of the network namespace; what is mounted below the old one comes back. The old one stays below where its
 * removal would be seen outside.
 */
function sysSteps({ name, spreading }: NonNullable<SetUp['sys']>): PlannedStep[] {
  const word = spreading === undefined ? 'sysfs' : 'sysfs-over';
  return [
    ...spreadingSteps('/sys', spreading),
    ...keptSysMounts.map((path) => kernelStep('prepare', 'open_tree', `keep ${path}`, ['keep', path])),
    kernelStep('mount', 'mount', 'mount /sys', [word, name], { call: 'mount(sysfs, /sys)', subject: '/sys' }),
    kernelStep('prepare', 'move_mount', 'put back the mounts below /sys', ['restore']),
  ];
}

function binfmtSteps({ directory, interpreter }: Binfmt, register: boolean): PlannedStep[] {
  const file = `${directory}/register`;
  return [
    mountStep('binfmt_misc', directory),
    ...(interpreter === undefined || !register ? [] : fileSteps(file, interpreter)),
  ];
}
