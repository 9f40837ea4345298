import {
  FSCONFIG_CMD_CREATE,
  FSMOUNT_CLOEXEC,
  FSOPEN_CLOEXEC,
  MOUNT_ATTR_NODEV,
  MOUNT_ATTR_NOEXEC,
  MOUNT_ATTR_NOSUID,
} from './constants.ts';
import type { SyscallStep } from './syscall.ts';

/**
 * The calls that make a new instance of a file system which is mounted nowhere: the third gives the descriptor of its root, which
 * is all that there is of it. For steps that nothing stands before. fsopen(2), fsmount(2), Linux 5.2.
 */
export function detachedMount(type: 'proc' | 'sysfs'): readonly SyscallStep[] {
  return [
    ['fsopen', type, FSOPEN_CLOEXEC],
    ['fsconfig', { result: 0 }, FSCONFIG_CMD_CREATE, null, null, 0],
    ['fsmount', { result: 0 }, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC],
    ['close', { result: 0 }],
  ];
}
