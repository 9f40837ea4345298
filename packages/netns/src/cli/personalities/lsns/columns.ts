import type { OutputColumn } from '../util-linux/smartcols/column.ts';

/** A column of lsns(8). */
export interface LsnsColumn extends OutputColumn {
  readonly name: ColumnName;
  readonly summary: string;
}

export type ColumnName =
  | 'NS'
  | 'TYPE'
  | 'PATH'
  | 'NPROCS'
  | 'PID'
  | 'PPID'
  | 'COMMAND'
  | 'UID'
  | 'USER'
  | 'NETNSID'
  | 'NSFS'
  | 'PNS'
  | 'ONS';

const number = { json: 'number', right: true } as const;
const text = { json: 'string' } as const;

/** All columns, in the order of `--output-all`. */
export const lsnsColumns: readonly LsnsColumn[] = [
  { name: 'NS', ...number, hint: 10, summary: 'namespace identifier (inode number)' },
  { name: 'TYPE', ...text, hint: 5, summary: 'kind of namespace' },
  { name: 'PATH', ...text, summary: 'path to the namespace' },
  { name: 'NPROCS', ...number, hint: 5, summary: 'number of processes in the namespace' },
  { name: 'PID', ...number, hint: 5, summary: 'lowest PID in the namespace' },
  { name: 'PPID', ...number, hint: 5, summary: 'PPID of the PID' },
  { name: 'COMMAND', ...text, truncate: true, summary: 'command line of the PID' },
  { name: 'UID', ...number, summary: 'UID of the PID' },
  { name: 'USER', ...text, summary: 'username of the PID' },
  { name: 'NETNSID', ...text, right: true, summary: 'namespace ID as used by network subsystem' },
  { name: 'NSFS', ...text, lines: true, summary: 'nsfs mountpoint (usually used network subsystem)' },
  { name: 'PNS', ...number, hint: 10, summary: 'parent namespace identifier (inode number)' },
  { name: 'ONS', ...number, hint: 10, summary: 'owner namespace identifier (inode number)' },
];

/** A column by its name, in any case. */
export function findColumn(name: string): LsnsColumn | undefined {
  return lsnsColumns.find((column) => column.name === name.toUpperCase());
}
