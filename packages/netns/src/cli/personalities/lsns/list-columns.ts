import type { OutputColumn, OutputLine } from '../util-linux/smartcols/column.ts';
import { lsnsColumns } from './columns.ts';

/** The output of `--list-columns`. */
export const columnListColumns: readonly OutputColumn[] = [
  { name: 'HOLDER', json: 'string', right: true },
  { name: 'TYPE', json: 'string' },
  { name: 'DESCRIPTION', json: 'string' },
];

export const columnListLines: readonly OutputLine[] = lsnsColumns.map(({ name, json, summary }) => ({
  cells: [name, json === 'number' ? '<integer>' : '<string>', summary],
  children: [],
}));
