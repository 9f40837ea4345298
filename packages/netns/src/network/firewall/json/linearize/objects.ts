import { flagsAt, integerAt, isObject, type JsonObject, nameAt, objectAt, optional } from '../checked.ts';
import { haveRanges, itemsAt } from '../elements-read.ts';
import type { Path } from '../fault.ts';
import { objectNumbers } from '../object-kinds.ts';
import { readStateful } from '../stateful-read.ts';
import { SYNPROXY_MSS, SYNPROXY_WSCALE, synproxyFlags } from '../units.ts';
import { loadKey } from './load.ts';
import { anonymousSet, inNetworkOrder, setContents, setName } from './lookup.ts';
import type { RuleWriter } from './writer.ts';

/** `counter`, `limit`, … of the rule itself, or an object by its name. */
export function writeStateful(writer: RuleWriter, kind: string, value: unknown, path: Path): void {
  if (isReference(value)) {
    writeObjectReference(writer, kind, value, path);
    return;
  }
  const expression = readStateful(kind, value, path);
  if (expression !== undefined) writer.push(expression);
}

/** An object by its name, or by a map of names. */
function isReference(value: unknown): boolean {
  return typeof value === 'string' || (isObject(value) && 'map' in value);
}

export function writeObjectReference(writer: RuleWriter, kind: string, value: unknown, path: Path): void {
  const immType = objectNumbers[kind] as number;
  if (typeof value === 'string') {
    writer.push({ kind: 'objref', data: { immType, immName: nameAt(value, path) } });
    return;
  }
  const map = objectAt(objectAt(value, path).map, path.at('map'));
  const at = path.at('map');
  const { parts } = loadKey(writer, map.key, 0, at.at('key'));
  if (typeof map.data === 'string') {
    writer.push({ kind: 'objref', data: { setSreg: 1, setName: setName(map.data, at.at('data')) } });
    return;
  }
  const items = itemsAt(
    setContents(map.data, at.at('data')),
    parts,
    { kind: 'object' },
    at.at('data').at('set'),
    writer.target,
  );
  if (haveRanges(items)) inNetworkOrder(writer, parts, 0);
  const { attributes } = anonymousSet(writer, items, parts, { kind: 'object' }, immType);
  writer.push({ kind: 'objref', data: { setSreg: 1, setName: attributes.name, setId: attributes.id } });
}

export function writeSynproxy(writer: RuleWriter, value: unknown, path: Path): void {
  if (isReference(value)) {
    writeObjectReference(writer, 'synproxy', value, path);
    return;
  }
  writer.push({ kind: 'synproxy', data: readSynproxy(value, path) });
}

/** A synproxy, of a rule or an object. */
export function readSynproxy(value: unknown, path: Path) {
  const synproxy = value === null ? ({} as JsonObject) : objectAt(value, path);
  const mss = optional(synproxy.mss, (each, at) => integerAt(each, at, 0, 65_535), path.at('mss'));
  const wscale = optional(synproxy.wscale, (each, at) => integerAt(each, at, 0, 14), path.at('wscale'));
  const flags = flagsAt(synproxy.flags, synproxyFlags, 'flag', path.at('flags'));
  return {
    mss: mss ?? 0,
    wscale: wscale ?? 0,
    flags: flags | (mss === undefined ? 0 : SYNPROXY_MSS) | (wscale === undefined ? 0 : SYNPROXY_WSCALE),
  };
}
