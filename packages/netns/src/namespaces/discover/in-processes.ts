import { AT_FDCWD, O_DIRECTORY } from '../../native/constants.ts';
import type { NamespaceType } from '../type.ts';
import { FileReader } from './file-reader.ts';
import { parseStatLine } from './stat-line.ts';

/** A process, and the inode numbers of its namespaces: of those that may be looked at. */
export interface SeenProcess {
  readonly pid: number;
  readonly parent: number;
  readonly inodes: Readonly<Partial<Record<NamespaceType, number>>>;
}

/**
 * Every process of /proc by its main thread, in ascending order. `readlink` names a namespace without opening it: a fraction of
 * what `stat` costs.
 */
export function seeProcesses(types: readonly NamespaceType[], reader = new FileReader()): SeenProcess[] {
  const seen: SeenProcess[] = [];
  for (const pid of reader.numbers('/proc') ?? []) {
    const line = reader.start(`/proc/${pid}/stat`);
    const stat = line && parseStatLine(line);
    if (stat === undefined) continue; // gone
    seen.push({ pid, parent: stat.parent, inodes: inodesIn(reader, `/proc/${pid}/ns`, types) ?? {} });
  }
  return seen;
}

/** The numbers that the links of a directory like /proc/PID/ns have; undefined if there is no such directory. */
export function inodesIn<T extends string>(
  reader: FileReader,
  directory: string,
  names: readonly T[],
): Partial<Record<T, number>> | undefined {
  return reader.with(
    directory,
    (fd) => {
      const inodes: Partial<Record<T, number>> = {};
      for (const name of names) {
        const number = reader.linkNumber(fd, name);
        if (number !== undefined) inodes[name] = number;
      }
      return inodes;
    },
    AT_FDCWD,
    O_DIRECTORY,
  );
}
