import type { NamespaceType } from '../../namespaces/type.ts';
import type { IdRange, SplitRange } from './id-map.ts';
import type { PlanStep } from './step.ts';

/**
 * Everything that is to happen between the start of `nsexec` and the command, as plain numbers and texts: what `orderSteps` puts
 * in order. Made from a SpawnPlan (`resolvePlan`), or from the options of `unshare` and `nsenter`.
 */
export interface SetUp {
  /** The process that enters, in digits; `{PARENT}` if it is not known yet. Only what other processes do for it is about it. */
  readonly parent: string;

  /** The SELinux context in which the command runs. */
  readonly context?: string;
  /** Control groups to join, before anything is entered: each a directory. */
  readonly joinCgroups?: readonly string[];
  /** A control group of its own in each of these directories, taken away at the end. */
  readonly limits?: readonly LimitPlace[];

  /** In the order in which they are tried. */
  readonly enter?: readonly Entry[];
  /** Entering a user namespace: give up the groups before, or else after it. */
  readonly dropGroups?: boolean;
  /** An open `cgroup.procs` to join after entering. */
  readonly cgroupFile?: PlanStep;

  /** The `CLONE_NEW…` flags of unshare(2); undefined: it is not called. */
  readonly unshare?: number;
  /** Who makes, and so owns, the new user namespace. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** Files onto which new namespaces are bound. */
  readonly persist?: readonly { readonly type: NamespaceType; readonly file: string }[];
  /** The files are bound by a process that stays in the old mount and user namespace. */
  readonly bindAside?: boolean;
  readonly users?: IdMapping;
  readonly groups?: IdMapping;
  /** Ranges are written by a process outside, if it is root, or else by these programs. */
  readonly mappers?: { readonly users: string; readonly groups: string };
  readonly setgroups?: 'allow' | 'deny';
  readonly offsets?: readonly ClockOffset[];

  readonly fork?: ForkSetUp;
  /** Sent to the command (to all of a pid namespace) when the process that started it ends. */
  readonly deathSignal?: { readonly signal: number; readonly parent: number };

  /** Mount flags for all mounts of the new mount namespace. */
  readonly propagation?: number;
  readonly hostname?: string;
  readonly domainname?: string;
  readonly root?: Place;
  readonly cwd?: Place;
  /** With a new root: the current directory stays what it is, inside or not. */
  readonly keepCwd?: boolean;
  readonly proc?: { readonly directory: string; readonly spreading?: Spreading };
  readonly sys?: { readonly name: string; readonly spreading?: Spreading };
  readonly binfmt?: Binfmt;

  readonly credentials?: Credentials;
  readonly capabilities?: CapabilityChanges;
  readonly noNewPrivileges?: boolean;
  readonly terminal?: boolean;
}

/** One thing to enter: a namespace file, or a process by its pidfd with several of its namespaces. */
export interface Entry {
  /** Takes it in hand. */
  readonly take: PlanStep;
  /** The `CLONE_NEW…` flags: what it is, or what of the process. */
  readonly flags: number;
  readonly by: 'file' | 'pidfd';
  readonly what: string;
  /** A user namespace that nobody asked for: it only gives the right to enter the others. */
  readonly passage?: true;
  /** No fault if it is not allowed. */
  readonly optional?: true;
}

/** The lines of `/proc/PID/uid_map`: one id that a process may write for itself, or ranges that only a privileged one can. */
export interface IdMapping {
  readonly single?: IdRange;
  readonly ranges: readonly SplitRange[];
}

export interface ClockOffset {
  readonly clock: 'monotonic' | 'boottime';
  /** A number, or a whole one as text: the kernel takes 64 bits. */
  readonly seconds: number | string;
  readonly nanoseconds: number;
}

/** Nothing but children can be in a new pid namespace: then one process waits outside. */
export interface ForkSetUp {
  /** Keys that end programs do not end the one who waits. */
  readonly blockInterrupts?: boolean;
  /** When the command stops, so does who waits for it. */
  readonly mirrorStops?: boolean;
  /** A set of signals that are passed on. */
  readonly forward?: bigint;
  /** When the process that waits is to end, too. */
  readonly deathSignal?: { readonly signal: number; readonly parent: number };
  /** The first process of the pid namespace is an init of its own, not the command. */
  readonly init?: boolean;
}

export type Place = { readonly path: string } | { readonly take: PlanStep };

export interface Binfmt {
  readonly directory: string;
  /** A line for `register`. */
  readonly interpreter?: string;
  /** The interpreter's file is opened before the root changes. */
  readonly beforeRoot?: boolean;
}

export interface Credentials {
  /** Supplementary groups; `late`: a second try after `dropGroups`; `late-if-allowed`: they stay if both are refused. */
  readonly groups?: readonly number[] | 'late' | 'late-if-allowed';
  /** `owner`: that of `file`, by its number inside. */
  readonly gid?: number | 'owner';
  readonly uid?: number | 'owner';
  /** Takes in hand, outside, what `owner` is about. */
  readonly file?: PlanStep;
}

/**
 * What keeps a fresh mount from appearing outside, too, where mounts are shared with those there. The mount below it is made private: where it is
 * a mount point (`if-mounted`, as others have it), or else nothing is mounted (`prevent`).
 */
export type Spreading = 'if-mounted' | 'prevent';

/** Sets of capabilities as bits. */
export interface CapabilityChanges {
  /** Those permitted ones that the command keeps though it is not root. */
  readonly ambient?: bigint;
  /** All others are given up for ever. */
  readonly bounding?: bigint;
}

/** A directory for a control group, and what to write into its files. */
export interface LimitPlace {
  readonly directory: string;
  readonly files: readonly (readonly [name: string, value: string])[];
  /** Whether the kernel can start a process in it (version 2). */
  readonly unified: boolean;
}
