import type { Holder } from '../keeper.ts';

/** What the link of a descriptor says that is of an io_uring. */
export const linkOfRing = 'anon_inode:[io_uring]';

/** An io_uring with sockets that no process has otherwise: each keeps a network namespace, which nobody tells. */
export interface SeenRing {
  readonly holder: Holder;
  /** Their inode numbers. */
  readonly sockets: readonly number[];
}

/** A file that is registered with an io_uring. */
export interface RegisteredFile {
  /** `net`, `socket`: as the link of a descriptor would have it. */
  readonly kind: string;
  readonly inode: number;
}

const lineOfFile = /^ *\d+: (\w+):\[(\d+)\]$/gm;

/**
 * What is registered with an io_uring (IORING_REGISTER_FILES), from its /proc/PID/fdinfo/FD: of that which is closed otherwise, nothing
 * else tells. Undefined: the ring was busy, and the kernel left them out. Pure.
 */
export function registeredFiles(info: string): readonly RegisteredFile[] | undefined {
  const at = info.indexOf('UserFiles:');
  if (at < 0) return undefined;
  return [...info.slice(at).matchAll(lineOfFile)].map(([, kind = '', inode]) => ({ kind, inode: Number(inode) }));
}
