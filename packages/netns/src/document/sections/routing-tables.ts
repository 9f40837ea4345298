import { either, integer, words } from '../schema.ts';

/** The tables that have a name; all others are numbers. */
const names = { 253: 'default', 254: 'main', 255: 'local' } as const;
type TableName = (typeof names)[keyof typeof names];

export const tableSchema = either(
  [words(Object.values(names) as TableName[]), integer(1, 0xffffffff)],
  'number or name of a routing table; usually main',
);

/** A table by its name where it has one. */
export function tableOf(table: number | TableName): number | TableName {
  return (names as Readonly<Record<number | string, TableName>>)[table] ?? table;
}
