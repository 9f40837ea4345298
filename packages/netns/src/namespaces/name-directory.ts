import { type ChildOutcome, forEachInChild, inChild, type Share } from '../native/child.ts';
import type { SyscallStep } from '../native/syscall.ts';

/** Where `ip netns` keeps its names: each is a file with a network namespace mounted on it. */
export const defaultRunDirectory = '/run/netns';

/** Where names are kept. Root's are in `/run/netns`; those of an ordinary user are their own, and nobody else sees them. */
export interface RunDirectoryOptions {
  /** A directory for names of this process's own mount namespace, and no other, whoever the caller is. */
  readonly runDirectory?: string | undefined;
  /**
   * The directory for what an ordinary user runs, `$XDG_RUNTIME_DIR`: their names belong to it. Default: `/run/user/UID` if the user
   * has that, else `/tmp/netns-UID` is made.
   */
  readonly userRuntimeDirectory?: string | undefined;
}

/** How names are made. */
export interface NamingOptions extends RunDirectoryOptions {
  /** How many milliseconds to wait for another process that holds the lock on the directory of names. Default: 10,000. */
  readonly lockPatienceMs?: number | undefined;
  /** Gets the warning that the lock could not be had. Default: `process.emitWarning`. */
  readonly onWarning?: ((warning: string) => void) | undefined;
}

/** A directory of names: it may be in a mount namespace other than our own. */
export interface NameDirectory {
  /** Its path in its own mount namespace, which is how messages call it. */
  readonly path: string;
  /** How its names can be looked at from here; undefined: there are none. Throws KernelError if it may not be trusted. */
  view(): NameView | undefined;
  /** Makes it ready to hold names. Throws KernelError. */
  prepare(options: NamingOptions): NameChanges;
  /** The way to take names away; undefined: there are none. Throws KernelError. */
  changes(): NameChanges | undefined;
  /** The same as `view`, of a directory that is made if need be and lasts until this is disposed of. */
  hold(): NameView & Disposable;
}

export interface NameView {
  /** A path that leads to the directory from here. */
  readonly path: string;
  /** The mount table that tells when a namespace is mounted in there. */
  readonly mountTable: string;
}

/** Runs system calls where the names are, by their paths in there. To be disposed of as soon as that is done. */
export interface NameChanges extends Disposable {
  /** As `inChild`; `failed.step` is negative if the place could not be reached. */
  run(operation: string, steps: readonly SyscallStep[]): ChildOutcome;
  /** As `forEachInChild`, for paths. */
  forEach(paths: readonly string[], steps: readonly SyscallStep[], children?: 1 | 2): readonly Share[];
}

/** Where this process is. */
export const inPlace: NameChanges = {
  run: inChild,
  forEach: (paths, steps, children) => forEachInChild(paths, steps, { children }),
  [Symbol.dispose]: () => {},
};
