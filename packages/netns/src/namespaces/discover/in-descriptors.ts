import type { FileReader } from '../../native/file-reader.ts';
import { type NamespaceType, namespaceTypes } from '../type.ts';

/** A namespace file that a process has open. */
export interface SeenDescriptor {
  readonly type: NamespaceType;
  readonly inode: number;
  readonly pid: number;
  readonly fd: number;
}

/** A socket that a process has open; its namespace is not told by its link. */
export interface SeenSocket {
  /** The inode number of the socket: the same in each process that has it. */
  readonly socket: number;
  readonly pid: number;
  readonly fd: number;
}

/** What processes have open. */
export interface SeenOpen {
  readonly files: SeenDescriptor[];
  readonly sockets: SeenSocket[];
}

/** Adds the namespace files and sockets that a process has open; none if it may not be looked at. `directory` is its one in /proc. */
export function seeDescriptors(reader: FileReader, pid: number, directory: number, { files, sockets }: SeenOpen): void {
  reader.linksIn('fd', directory, (fd, kind, number) => {
    const type = namespaceTypes.find((each) => each === kind);
    if (type !== undefined) files.push({ type, inode: number, pid, fd });
    else if (kind === 'socket') sockets.push({ socket: number, pid, fd });
  });
}
