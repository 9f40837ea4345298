import type { NamespaceType } from '../namespaces/type.ts';

/** A descriptor of a process; of one of its threads, where that has a table of descriptors of its own. */
export interface Holder {
  readonly pid: number;
  readonly tid?: number;
  readonly fd: number;
}

/** What holds a namespace: as long as there is one, it lives. */
export type Keeper =
  /** A process that is in it by its main thread. */
  | { readonly kind: 'process'; readonly pid: number }
  /** A thread that is in it, unlike the main thread of its process. */
  | { readonly kind: 'thread'; readonly pid: number; readonly tid: number }
  /** Whose children will be in it, though it is not: pid and time namespaces. */
  | { readonly kind: 'for-children'; readonly pid: number; readonly tid?: number }
  /** An open file of the namespace itself; `detached`: it is a mount that is mounted nowhere (open_tree(2)), or no more. */
  | ({ readonly kind: 'descriptor'; readonly detached?: true } & Holder)
  /** A socket that was made in it, with all who have it. */
  | { readonly kind: 'socket'; readonly socket: number; readonly holders: readonly Holder[] }
  /** `/dev/net/tun` that was opened in it; `device` is what it feeds. `copy`: another keeper is the same open file, by fork(2) or dup(2). */
  | ({ readonly kind: 'tun'; readonly device?: string; readonly copy?: true } & Holder)
  /** An open file of `/proc/PID/net`; of the namespace that the process was in when it was opened: most likely this one. */
  | ({ readonly kind: 'proc-file'; readonly path: string } & Holder)
  /**
   * Registered with an io_uring, of which the descriptor is: the file of the namespace, or a socket that was made in it, and that no
   * process has otherwise.
   */
  | ({ readonly kind: 'registered'; readonly what: 'descriptor' | 'socket'; readonly socket?: number } & Holder)
  /**
   * A mount of its file; `covered`: something else is mounted over it, so that the path does not lead to it; `raw`: the path, a character for
   * each byte, where it is no UTF-8.
   */
  | {
      readonly kind: 'mount';
      readonly path: string;
      readonly mountNamespace: number;
      readonly covered?: true;
      readonly raw?: string;
    }
  /** On its way through a unix socket: `receiver` has it in its queue, first in line. `socket`: which one it is, if it is one. */
  | {
      readonly kind: 'in-flight';
      readonly what: 'descriptor' | 'socket' | 'tun';
      readonly socket?: number;
      readonly receiver: Holder;
    }
  /** A namespace that this one is the parent or the owner of. */
  | { readonly kind: 'child'; readonly type: NamespaceType; readonly inode: number };

/** The sorts of things that keep a namespace alive, each by its word. */
export type KeeperKind = Keeper['kind'];
