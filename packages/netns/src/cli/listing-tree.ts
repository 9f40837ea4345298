import { sayContainer } from '../inspect/containers/cgroups.ts';
import { type Programs, programs } from '../inspect/programs.ts';
import { sumUpKeepers } from './keeper-words.ts';
import type { Listed } from './listing.ts';

/** What can hang a namespace below another. */
export const treeOrders: readonly string[] = ['owner', 'parent', 'process'];

/**
 * A tree of namespaces: below the user namespace that owns them (`user` and `pid` ones below that in which they were made), below
 * their parents alone, or below the namespaces in which the parents of their first processes are.
 */
export function treeOf(rows: readonly Listed[], order: string, of: Programs = programs): string[] {
  const byProcess = new Map(rows.flatMap((row) => row.pids.map((pid) => [`${row.type} ${pid}`, row.inode] as const)));
  const byInode = new Map(rows.flatMap((row) => (row.inode === undefined ? [] : [[row.inode, row] as const])));
  const above = (row: Listed): Listed | undefined => {
    const inode = order === 'process' ? aboveByProcess(row, byProcess, of) : aboveOf(row, order);
    return inode === row.inode ? undefined : byInode.get(inode ?? -1);
  };
  const children = new Map<Listed | undefined, Listed[]>();
  for (const row of rows) {
    const parent = above(row);
    children.set(parent, [...(children.get(parent) ?? []), row]);
  }
  const lines: string[] = [];
  const seen = new Set<Listed>();
  const add = (row: Listed, head: string, rest: string) => {
    if (seen.has(row)) return; // nothing is below itself; what a kernel says at two moments could be
    seen.add(row);
    lines.push(`${head}${lineOf(row, of)}`);
    const below = children.get(row) ?? [];
    for (const [index, child] of below.entries()) {
      const last = index === below.length - 1;
      add(child, `${rest}${last ? '└─ ' : '├─ '}`, `${rest}${last ? '   ' : '│  '}`);
    }
  };
  for (const row of children.get(undefined) ?? []) add(row, '', '');
  return lines;
}

function aboveOf({ type, owner, parent }: Listed, order: string): number | undefined {
  if (order === 'parent') return parent;
  return type === 'user' ? parent : owner;
}

/** Where the parent of the first process is. */
function aboveByProcess(
  { type, pids }: Listed,
  byProcess: ReadonlyMap<string, number | undefined>,
  of: Programs,
): number | undefined {
  const [pid] = pids;
  const parent = pid === undefined ? undefined : of.parentOf(pid);
  return parent === undefined ? undefined : byProcess.get(`${type} ${parent}`);
}

function lineOf({ name, type, inode, state, pids, keepers, container, current }: Listed, of: Programs): string {
  if (state === 'stale') return `${name} (stale)`;
  const [pid] = pids;
  const who = pid === undefined ? sumUpKeepers(keepers) || 'nothing visible' : `${pid} ${of.commandOf(pid)}`;
  return [
    `${type}:[${inode}]`,
    ...(name === undefined ? [] : [name]),
    ...(container === undefined ? [] : [sayContainer(container)]),
    ...(current ? ['(this one)'] : []),
    who,
  ].join('  ');
}
