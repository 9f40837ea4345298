import { scopes } from '../../../netlink/families/route/address.ts';
import { routeProtocols, routeTables, routeTypes } from '../../../netlink/families/route/route.ts';
import { invalidArgument } from './exit.ts';
import { NameTable } from './name-table.ts';
import { parseUnsigned } from './numbers.ts';
import type { Options } from './options.ts';
import { isPrefix } from './words.ts';

/** Names of routing tables: `/etc/iproute2/rt_tables`. */
export const tables = new NameTable('rt_tables', {
  253: routeTables[253],
  254: routeTables[254],
  255: routeTables[255],
});
/** Names of who made a route: `/etc/iproute2/rt_protos`. */
export const protocols = new NameTable('rt_protos', routeProtocols);
/** Names of realms: `/etc/iproute2/rt_realms`. */
export const realms = new NameTable('rt_realms', { 0: 'unknown' });
/** Names of values of the TOS byte: `/etc/iproute2/rt_dsfield`. */
export const dsfields = new NameTable('rt_dsfield', { 0: 'default' });
/** Names of scopes: `/etc/iproute2/rt_scopes`. */
export const routeScopes = new NameTable('rt_scopes', scopes);

/** The name of a number, or the number itself; with `-Numeric` always that. */
export function named(table: NameTable, number: number, { numeric }: Options): string {
  return (numeric ? undefined : table.nameOf(number)) ?? String(number);
}

/** The TOS byte: its name, or two hexadecimal digits. */
export function dsfieldName(number: number, { numeric }: Options): string {
  return (numeric ? undefined : dsfields.nameOf(number)) ?? `0x${number.toString(16).padStart(2, '0')}`;
}

/** A class of service (the upper six bits of the TOS byte) as a number, by name, or as what `tos` takes; undefined if it is none. */
export function dscpNumber(word: string): number | undefined {
  const number = parseUnsigned(word, 8);
  if (number !== undefined) return number;
  const byte = dsfields.numberOf(word) ?? (/^[0-9a-fA-F]{1,2}$/.test(word) ? Number.parseInt(word, 16) : undefined);
  return byte === undefined ? undefined : byte >>> 2;
}

export function dscpName(dscp: number, { numeric }: Options): string {
  return (numeric ? undefined : dsfields.nameOf(dscp << 2)) ?? String(dscp);
}

export function typeName(type: number, { numeric }: Options): string {
  return (numeric ? undefined : routeTypes[type]) ?? String(type);
}

/** A number by its name or as it is; a wrong one is Exit (255) with this reason. */
export function numberIn(table: NameTable, word: string, bits: 8 | 16 | 32, reason: string): number {
  const number = table.numberOf(word) ?? parseUnsigned(word, bits);
  if (number === undefined) throw invalidArgument(word, reason);
  return number;
}

/** The TOS byte by name or as a hexadecimal number, or Exit (255) with this reason. */
export function dsfieldNumber(word: string, reason: string): number {
  const number = dsfields.numberOf(word) ?? parseUnsigned(word.replace(/^(\s*[+-]?)(?:0x)?/i, '$10x'), 8);
  if (number === undefined) throw invalidArgument(word, reason);
  return number;
}

/** Types of routes in the order in which `ip` compares them; those with a star may be shortened. */
const typeWords: readonly (readonly [string, (typeof routeTypes)[number]])[] = [
  ['local', 'local'],
  ['nat', 'nat'],
  ['broadcast*', 'broadcast'],
  ['brd', 'broadcast'],
  ['anycast*', 'anycast'],
  ['multicast*', 'multicast'],
  ['prohibit*', 'prohibit'],
  ['unreachable*', 'unreachable'],
  ['blackhole*', 'blackhole'],
  ['xresolve*', 'xresolve'],
  ['unicast*', 'unicast'],
  ['throw', 'throw'],
];

/** A type of routes by word or number; undefined if it is neither. */
export function typeNumber(word: string): number | undefined {
  const found = typeWords.find(([spelling]) =>
    spelling.endsWith('*') ? isPrefix(word, spelling.slice(0, -1)) : word === spelling,
  );
  return found === undefined ? parseUnsigned(word, 8) : routeTypes.indexOf(found[1]);
}

/** Two realms, `FROM/TO` or `TO`, in one number; undefined if they are wrong. */
export function realmsNumber(word: string): number | undefined {
  const [first = '', second, ...more] = word.split('/');
  if (word === '') return 0;
  if (second === undefined) return realms.numberOf(first) ?? parseUnsigned(first, 32);
  const from = realms.numberOf(first) ?? parseUnsigned(first, 16);
  const to = second === '' ? 0 : (realms.numberOf(second) ?? parseUnsigned(second, 16));
  return more.length > 0 || from === undefined || to === undefined ? undefined : ((from << 16) | to) >>> 0;
}
