import { InvalidArgumentError } from '../errors.ts';
import {
  CLONE_NEWCGROUP,
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWTIME,
  CLONE_NEWUSER,
  CLONE_NEWUTS,
} from '../native/constants.ts';

/** What a namespace separates: the names that `/proc/PID/ns` uses. */
export type NamespaceType = 'mnt' | 'pid' | 'net' | 'ipc' | 'uts' | 'user' | 'cgroup' | 'time';

/** The `CLONE_NEW…` flag of each type, as clone(2), unshare(2), setns(2) and NS_GET_NSTYPE use it (`linux/sched.h`). */
export const namespaceFlags: Readonly<Record<NamespaceType, number>> = {
  mnt: CLONE_NEWNS,
  pid: CLONE_NEWPID,
  net: CLONE_NEWNET,
  ipc: CLONE_NEWIPC,
  uts: CLONE_NEWUTS,
  user: CLONE_NEWUSER,
  cgroup: CLONE_NEWCGROUP,
  time: CLONE_NEWTIME,
};

/** The eight types of namespaces: `mnt`, `pid`, `net`, … namespaces(7). */
export const namespaceTypes = Object.keys(namespaceFlags) as readonly NamespaceType[];

/** The flag of a type; throws InvalidArgumentError if there is no such type. */
export function flagOfType(type: NamespaceType): number {
  if (!Object.hasOwn(namespaceFlags, type)) {
    throw new InvalidArgumentError('namespace type', type, `it must be one of ${namespaceTypes.join(', ')}`);
  }
  return namespaceFlags[type];
}

/** The type that has this `CLONE_NEW…` flag. */
export function typeOfFlag(flag: number): NamespaceType | undefined {
  return namespaceTypes.find((type) => namespaceFlags[type] === flag);
}
