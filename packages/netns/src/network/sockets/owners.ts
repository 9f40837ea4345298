import { FileReader } from '../../native/file-reader.ts';
import { readText } from '../../wire/text.ts';
import type { SocketOwner } from './socket.ts';

/** Who has which sockets. */
export interface SocketOwners {
  /** By inode. */
  readonly of: ReadonlyMap<number, readonly SocketOwner[]>;
  /** There are processes that may not be looked at: a socket may have more owners than are known, or some though none is. */
  readonly partial: boolean;
}

/**
 * The processes that have sockets open: one pass over /proc, for all sockets at once. Only what is `wanted` (inodes) is kept, so it is no
 * matter how much else there is. A process that ends meanwhile is passed over.
 *
 * Needs the right to look at a process (ptrace access, or the same user). Descriptors are those of its main thread.
 */
export function socketOwners(wanted: ReadonlySet<number>): SocketOwners {
  const of = new Map<number, SocketOwner[]>();
  let partial = false;
  const reader = new FileReader();
  const look = (pid: number, proc: number) => {
    let command: string | undefined;
    const result = reader.linksIn(`${pid}/fd`, proc, (fd, kind, inode) => {
      if (kind !== 'socket' || !wanted.has(inode)) return;
      command ??= commandOf(reader, pid, proc);
      const owner = { pid, command, fd };
      const others = of.get(inode);
      if (others === undefined) of.set(inode, [owner]);
      else others.push(owner);
    });
    // It is there, but not for us; or it is gone by now.
    if (result < 0 && reader.start(`${pid}/stat`, proc) !== undefined) partial = true;
  };
  if (wanted.size > 0)
    reader.with('/proc', (proc) => {
      for (const pid of reader.numbersIn(proc)) look(pid, proc);
    });
  return { of, partial };
}

function commandOf(reader: FileReader, pid: number, proc: number): string {
  const line = reader.start(`${pid}/comm`, proc);
  if (line === undefined) return '';
  return readText(line, 0, line.length).replace(/\n$/, '');
}
