import type { CensusEntry } from '../../../namespaces/discover/census.ts';
import type { SeenProcess } from '../../../namespaces/discover/in-processes.ts';
import type { LsnsRequest } from './request.ts';

/** A row: a namespace with its first process, or one process of a namespace. */
export interface Row {
  readonly entry: CensusEntry;
  readonly process: SeenProcess | undefined;
  readonly children: readonly Row[];
}

/** The rows as a tree, and one after the other for an output that has no column to draw a tree in. */
export interface Rows {
  readonly tree: readonly Row[];
  readonly list: readonly Row[];
}

export interface RowSource {
  /** In the order of the list. */
  readonly entries: readonly CensusEntry[];
  readonly processes: readonly SeenProcess[];
}

type Wanted = (entry: CensusEntry, process: SeenProcess | undefined) => boolean;

/**
 * Arranges namespaces as lsns does. In a tree of processes, a row hangs below the last row so far that shows the parent of its process;
 * in one of owners or parents, below the row of that namespace, which is drawn first even if it was not asked for.
 */
export function arrangeNamespaces(
  { entries, processes }: RowSource,
  { tree, pid, persistent }: Pick<LsnsRequest, 'tree' | 'pid' | 'persistent'>,
  wanted: Wanted,
): Rows {
  const drawing = new Drawing(processes, tree, wanted);
  const byInode = new Map(entries.map((entry) => [entry.inode, entry]));
  const find = (inode: number | undefined) => (inode === undefined ? undefined : byInode.get(inode));
  const show = (entry: CensusEntry) => {
    const above = tree === 'parent' ? (find(entry.parent) ?? find(entry.owner)) : find(entry.owner);
    if ((tree === 'owner' || tree === 'parent') && above !== undefined && !drawing.has(above)) show(above);
    drawing.add(entry, entry.processes[0]);
  };
  for (const entry of entries) {
    if (pid !== undefined && !entry.processes.some((process) => process.pid === pid)) continue;
    if (persistent && entry.processes.length > 0) continue;
    if (!drawing.has(entry)) show(entry);
  }
  return drawing.rows;
}

/** One row for each process of a namespace; a tree of those whose parents are in it, too. */
export function arrangeProcesses(
  entry: CensusEntry,
  processes: readonly SeenProcess[],
  { tree }: Pick<LsnsRequest, 'tree'>,
  wanted: Wanted,
): Rows {
  const drawing = new Drawing(processes, tree, wanted);
  const inside = new Map(entry.processes.map((process) => [process.pid, process]));
  const show = (process: SeenProcess) => {
    const parent = inside.get(process.parent);
    if (tree === 'process' && parent !== undefined && !drawing.shows(parent)) show(parent);
    drawing.add(entry, process);
  };
  for (const process of entry.processes) if (!drawing.shows(process)) show(process);
  return drawing.rows;
}

interface OpenRow extends Row {
  readonly children: OpenRow[];
}

class Drawing {
  readonly rows = { tree: [] as OpenRow[], list: [] as OpenRow[] };
  readonly #rowOfProcess = new Map<number, OpenRow>();
  readonly #rowOfNamespace = new Map<number, OpenRow>();
  readonly #pids: ReadonlySet<number>;
  readonly #tree: LsnsRequest['tree'];
  readonly #wanted: Wanted;

  constructor(processes: readonly SeenProcess[], tree: LsnsRequest['tree'], wanted: Wanted) {
    this.#pids = new Set(processes.map(({ pid }) => pid));
    this.#tree = tree;
    this.#wanted = wanted;
  }

  has({ inode }: CensusEntry): boolean {
    return this.#rowOfNamespace.has(inode);
  }

  shows({ pid }: SeenProcess): boolean {
    return this.#rowOfProcess.has(pid);
  }

  add(entry: CensusEntry, process: SeenProcess | undefined): void {
    if (!this.#wanted(entry, process)) return;
    const row: OpenRow = { entry, process, children: [] };
    this.rows.list.push(row);
    (this.#above(entry, process)?.children ?? this.rows.tree).push(row);
    if (this.#tree === 'owner' || this.#tree === 'parent') this.#rowOfNamespace.set(entry.inode, row);
    else if (process !== undefined) this.#rowOfProcess.set(process.pid, row);
  }

  #above({ owner, parent }: CensusEntry, process: SeenProcess | undefined): OpenRow | undefined {
    switch (this.#tree) {
      case 'process':
        return process !== undefined && this.#pids.has(process.parent)
          ? this.#rowOfProcess.get(process.parent)
          : undefined;
      case 'parent':
        return parent === undefined ? undefined : this.#rowOfNamespace.get(parent);
      case 'owner':
        return owner === undefined ? undefined : this.#rowOfNamespace.get(owner);
      default:
        return undefined;
    }
  }
}
