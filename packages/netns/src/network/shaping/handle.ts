import { InvalidArgumentError } from '../../errors.ts';
import { TC_H_INGRESS, TC_H_MIN_EGRESS, TC_H_MIN_INGRESS, TC_H_ROOT } from '../../netlink/families/route/tcmsg.ts';

/** Words for places that have no number of their own. `egress` is the other half of clsact. */
const places: Readonly<Record<string, number>> = {
  root: TC_H_ROOT,
  none: 0,
  clsact: TC_H_INGRESS,
  ingress: TC_H_INGRESS,
};

/** Where filters hang. */
const filterPlaces: Readonly<Record<string, number>> = {
  root: 0, // the kernel takes the qdisc that is there
  ingress: (0xffff_0000 | TC_H_MIN_INGRESS) >>> 0,
  egress: (0xffff_0000 | TC_H_MIN_EGRESS) >>> 0,
};

/**
 * The number of a handle: `1:` is a qdisc, `1:10` one of its classes; both parts are hexadecimal, at most `ffff`. `10` alone is `10:`.
 * Undefined for what is none.
 */
export function handleNumber(text: string): number | undefined {
  const match = /^([0-9a-f]{0,4})(?::([0-9a-f]{0,4}))?$/i.exec(text);
  if (match === null || text === '') return undefined;
  const [, major = '', minor = ''] = match;
  return ((Number.parseInt(major || '0', 16) << 16) | Number.parseInt(minor || '0', 16)) >>> 0;
}

/** The number of a handle or of the place that a word means. Throws InvalidArgumentError that names the option. */
export function parseHandle(text: string, option: string): number {
  const number = typeof text !== 'string' ? undefined : Object.hasOwn(places, text) ? places[text] : handleNumber(text);
  if (number !== undefined) return number;
  throw new InvalidArgumentError(option, text, 'it must be a handle such as "1:" or "1:10" (hexadecimal), or "root"');
}

/** The same of the parent of a filter: `1:`, `ingress`, `egress`. */
export function parseFilterParent(text: string, option: string): number {
  return typeof text === 'string' && Object.hasOwn(filterPlaces, text)
    ? (filterPlaces[text] as number)
    : parseHandle(text, option);
}

/** A handle as `tc` writes it: `1:`, `1:10`. */
export function formatHandle(handle: number): string {
  const minor = handle & 0xffff;
  return `${(handle >>> 16).toString(16)}:${minor === 0 ? '' : minor.toString(16)}`;
}

/** Where something hangs: `root`, `ingress`, a handle, or undefined for nowhere. */
export function formatParent(parent: number): string | undefined {
  if (parent === 0) return undefined;
  if (parent === TC_H_ROOT) return 'root';
  return parent === TC_H_INGRESS ? 'ingress' : formatHandle(parent);
}

/** Where a filter hangs: `ingress` and `egress` of clsact, else a handle. */
export function formatFilterParent(parent: number): string {
  if (parent === filterPlaces.ingress) return 'ingress';
  return parent === filterPlaces.egress ? 'egress' : formatHandle(parent);
}

/** A class in the qdisc that has it: `20` or `1:20`; only the minor number counts. Throws InvalidArgumentError. */
export function parseMinor(text: string, option: string): number {
  const minor = handleNumber(text.includes(':') ? text : `0:${text}`);
  if (minor === undefined)
    throw new InvalidArgumentError(option, text, 'it must be a class such as "1:20" or "20" (hexadecimal)');
  return minor & 0xffff;
}
