import { addresses } from './addresses.ts';
import { fdb } from './fdb.ts';
import { firewall } from './firewall.ts';
import { mdb } from './mdb.ts';
import { neighbours } from './neighbours.ts';
import { nexthops } from './nexthops.ts';
import type { PartSection } from './part-section.ts';
import { routes } from './routes.ts';
import { rules } from './rules.ts';
import { shaping } from './shaping.ts';
import { sysctls } from './sysctls.ts';
import type { AnyTable } from './table-section.ts';
import { vlans } from './vlans.ts';

/** The sections that are tables, in the order in which their entries are made; they are deleted the other way round. */
export const tables = { addresses, nexthops, routes, rules, neighbours, fdb, mdb } as const;

export type TableName = keyof typeof tables;
export const tableNames = Object.keys(tables) as readonly TableName[];

export function tableSection(name: TableName): AnyTable {
  return tables[name];
}

/** The sections whose values are set as a whole. */
export const parts = { vlans, sysctls, firewall, shaping } as const;

export type PartName = keyof typeof parts;
export const partNames = Object.keys(parts) as readonly PartName[];

export function partSection(name: PartName): PartSection {
  return parts[name];
}
