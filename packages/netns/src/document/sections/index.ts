import { addresses } from './addresses.ts';
import { neighbours } from './neighbours.ts';
import { nexthops } from './nexthops.ts';
import { routes } from './routes.ts';
import { rules } from './rules.ts';
import type { AnyTable } from './table-section.ts';

/** The sections that are tables, in the order in which their entries are made; they are deleted the other way round. */
export const tables = { addresses, nexthops, routes, rules, neighbours } as const;

export type TableName = keyof typeof tables;
export const tableNames = Object.keys(tables) as readonly TableName[];

export function tableSection(name: TableName): AnyTable {
  return tables[name];
}
