import type { PlannedStep } from '../../../process/plan/step.ts';

/** What nsenter(1) says when a step fails, before the reason. */
export function nsenterMessage({ name, subject = '', operation }: PlannedStep): string {
  switch (name) {
    case 'enter':
      return `reassociate to namespace '${subject}' failed`;
    case 'enter-pidfd':
      return 'reassociate to namespaces failed';
    case 'context':
      return `failed to set exec context to '${subject}'`;
    case 'prepare':
      return 'cannot open current working directory';
    case 'root-descriptor':
      return 'change directory by root file descriptor failed';
    case 'cwd-descriptor':
      return 'change directory by working directory file descriptor failed';
    case 'chroot':
      return 'chroot failed';
    case 'chdir':
      return `change directory to ${subject} failed`;
    case 'cgroup':
      return 'write cgroup.procs failed';
    case 'fork':
      return 'fork failed';
    case 'groups':
      return 'setgroups failed';
    case 'gid':
      return 'setgid() failed';
    case 'uid':
      return 'setuid() failed';
    case 'capabilities':
      return 'prctl failed';
    default:
      return `cannot ${operation}`;
  }
}
