import type { NamespaceRef } from '../../namespaces/reference.ts';
import type { NamespaceType } from '../../namespaces/type.ts';
import type { Fd } from '../../native/fd.ts';
import type { IdRange } from './id-map.ts';
import type { Signal } from './signals.ts';

/**
 * Where and how a command shall run, as plain data: what to enter, what to make new, and what to set up inside. `unshare`,
 * `nsenter`, `setpriv`, `chroot` and `systemd-run` in one.
 *
 *     await exec({ command: 'id', create: ['user', 'net'], users: 'root', groups: 'root' })
 *
 * What is not mentioned stays as it is. `validatePlan` says what cannot be right before anything is done; `describePlan` shows the
 * steps and their system calls in order.
 */
export interface SpawnPlan {
  readonly command: string;
  readonly args?: readonly string[];
  /** What the command is told that it is called; the default is `command`. */
  readonly argv0?: string;

  /** Namespaces that exist. A user namespace is entered when that gives privilege, else last. setns(2). */
  readonly enter?: readonly EnterTarget[];
  /** New namespaces, made after those were entered. unshare(2). A new `pid` or `time` namespace needs no more care than others. */
  readonly create?: readonly NamespaceType[];

  /** Which users a new user namespace has. */
  readonly users?: IdMap;
  /** Which groups it has; the default is as `users` says. */
  readonly groups?: IdMap;
  /** Whether setgroups(2) is allowed in the new user namespace; it must not be where an ordinary user maps only their own group. */
  readonly setgroups?: 'allow' | 'deny';

  /** Whether mounts spread between outside and a new mount namespace. Default: `private`. mount_namespaces(7). */
  readonly propagation?: 'private' | 'slave' | 'shared' | 'unchanged';
  /**
   * Mounts a fresh /proc (or on that directory), which shows the new pid namespace. Needs a mount namespace of its own. It never appears outside: with
   * `propagation` shared or unchanged the directory has to be a mount point for that, as /proc is.
   */
  readonly proc?: boolean | string;
  /** Mounts a fresh /sys, which shows the devices of the network namespace. Needs a mount namespace of its own. */
  readonly sys?: boolean;
  /** The new root directory, as it is called inside what was entered. chroot(2). */
  readonly root?: string;
  /** The working directory, inside the new root. */
  readonly cwd?: string;
  readonly hostname?: string;
  readonly domainname?: string;
  /** What is added to the clocks of a new time namespace, in seconds. time_namespaces(7), Linux 5.6. */
  readonly clocks?: { readonly monotonic?: number; readonly boottime?: number };

  /** A control group that exists, by its directory (or several, one of each hierarchy of version 1). cgroups(7). */
  readonly cgroup?: string | readonly string[];
  /**
   * Limits: the command gets a control group of its own, which is removed when it has ended. It is inside of the `cgroup` of its hierarchy; one
   * of version 2 needs the controllers in its `cgroup.subtree_control` for that.
   */
  readonly limits?: Limits;

  /** Who the command runs as, inside its user namespace. */
  readonly uid?: number;
  readonly gid?: number;
  /** The supplementary groups; with `uid` or `gid` the default is none. */
  readonly supplementaryGroups?: readonly number[];
  /** Capabilities that the command has though it is not root. capabilities(7), ambient: Linux 4.3. */
  readonly keepCapabilities?: 'all' | readonly string[];
  /** Capabilities that neither the command nor any child of it can ever have. */
  readonly dropCapabilities?: 'all' | readonly string[];
  /** No program that it runs gets more privileges: no set-user-id. prctl(2) PR_SET_NO_NEW_PRIVS. */
  readonly noNewPrivileges?: boolean;

  /** Standard input becomes its controlling terminal, in a session of its own. */
  readonly terminal?: boolean;
  /** What it gets when this process ends, or the worker thread that has started it. prctl(2) PR_SET_PDEATHSIG. In a new pid namespace the default is SIGKILL, for all that is in there. */
  readonly killSignal?: Signal | 'none';
  /** What is passed on by the process that waits outside of a pid namespace. Default: what programs send each other. */
  readonly forwardSignals?: readonly Signal[];
  /** In a new pid namespace: an init that reaps orphans, so that the command need not. Default: false, the command is process 1. */
  readonly init?: boolean;

  /** The whole environment of the command. Default: that of this process. */
  readonly env?: NodeJS.ProcessEnv;
}

/** What a command is to enter: one namespace, or all that a process is in. `nsenter`. */
export type EnterTarget =
  | { readonly type: NamespaceType; readonly namespace: NamespaceRef }
  | {
      /** A process by its number, or by a pidfd, which cannot be mistaken for a later process. */
      readonly process: number | Fd;
      /** Which of its namespaces. Default: all that are not our own. */
      readonly types?: readonly NamespaceType[];
    };

/**
 * `root`: we are root in there, and nobody else exists. `current`: we keep our id. `auto`: we are root, and the ids that /etc/subuid
 * and /etc/subgid give us are the others. `subids`: those ids as they are. `all`: all ids as they are (for root). Or ranges.
 */
export type IdMap = 'root' | 'current' | 'auto' | 'subids' | 'all' | readonly IdRange[];

/** What all processes of a command together may use, by a control group of their own. cgroups(7). */
export interface Limits {
  /** How many processes and threads there may be (`pids.max`). */
  readonly pids?: number;
  /** How much memory, in bytes (`memory.max`). */
  readonly memory?: number;
  /** How many processors' time: 0.5 is half of one (`cpu.max`). */
  readonly cpu?: number;
}
