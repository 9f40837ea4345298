import type { PlannedStep } from '../../../process/plan/step.ts';

/** What unshare(1) says when a step fails, before the reason. */
export function unshareMessage({ name, subject = '', operation }: PlannedStep): string {
  switch (name) {
    case 'unshare':
      return 'unshare failed';
    case 'bind-namespace':
      return `mount ${subject} failed`;
    case 'open-file':
      return `cannot open ${subject}`;
    case 'write-file':
      return `write failed ${subject}`;
    case 'write-map':
      return `failed to write ${subject}`;
    case 'run-mapper':
      return `failed to execute ${subject}`;
    case 'time-offset':
      return 'failed to write to /proc/self/timens_offsets';
    case 'fork':
    case 'aside':
      return 'fork failed';
    case 'join':
      return 'waitpid failed';
    case 'propagation':
      return 'cannot change root filesystem propagation';
    case 'proc-private':
      return `cannot change ${subject} filesystem propagation`;
    case 'mount':
      return `mount ${subject} failed`;
    case 'chroot':
      return `cannot change root directory to '${subject}'`;
    case 'chdir':
      return `cannot change directory to ${subject}`;
    case 'groups':
      return 'setgroups failed';
    case 'gid':
      return 'setgid() failed';
    case 'uid':
      return 'setuid() failed';
    case 'death-signal':
    case 'capabilities':
      return 'prctl failed';
    default:
      return `cannot ${operation}`;
  }
}
