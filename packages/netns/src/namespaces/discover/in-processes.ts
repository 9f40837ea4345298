import { FileReader } from '../../native/file-reader.ts';
import type { NamespaceType } from '../type.ts';
import { parseStatLine } from './stat-line.ts';

/** A process, and the inode numbers of its namespaces: of those that may be looked at. */
export interface SeenProcess {
  readonly pid: number;
  readonly parent: number;
  readonly inodes: Readonly<Partial<Record<NamespaceType, number>>>;
}

/**
 * Every process of /proc by its main thread, in ascending order; `look` may look for more in its directory while that is open.
 * `readlink` names a namespace without opening it: a fraction of what `stat` costs.
 */
export function seeProcesses(
  types: readonly NamespaceType[],
  reader = new FileReader(),
  look: (pid: number, directory: number) => void = () => {},
): SeenProcess[] {
  const seen: SeenProcess[] = [];
  const links = linkNames(types, 'ns/');
  reader.with('/proc', (proc) => {
    for (const pid of reader.numbersIn(proc)) {
      reader.with(
        String(pid),
        (directory) => {
          const line = reader.start('stat', directory);
          const stat = line && parseStatLine(line);
          if (stat === undefined) return; // gone
          seen.push({ pid, parent: stat.parent, inodes: inodesIn(reader, directory, links) });
          look(pid, directory);
        },
        proc,
      );
    }
  });
  return seen;
}

/** Links to read, under the names that their numbers are to have. */
export interface LinkNames<T extends string> {
  readonly names: readonly T[];
  /** Their paths, each ended by NUL. */
  readonly paths: string;
}

export function linkNames<T extends string>(names: readonly T[], directory = ''): LinkNames<T> {
  return { names, paths: names.map((name) => `${directory}${name}\0`).join('') };
}

/** The numbers that links have which are found below a directory; those that cannot be read are missing. */
export function inodesIn<T extends string>(
  reader: FileReader,
  directory: number,
  { names, paths }: LinkNames<T>,
): Partial<Record<T, number>> {
  const inodes: Partial<Record<T, number>> = {};
  const numbers = reader.linkNumbers(directory, paths);
  names.forEach((name, index) => {
    const number = numbers[index];
    if (number !== undefined) inodes[name] = number;
  });
  return inodes;
}
