import type { RulesetObject } from '../../src/network/firewall/json/schema.ts';
import { isOlder } from '../differential/version.ts';

// Ours has the words of nft 1.0.6, and the details that 1.1 added. Where 1.1 has other words for the same, both are brought to ours.

/** From here on; which of the versions between changed what, nobody needs to know. */
const FIRST = '1.1.0';

export function isLater(version: string): boolean {
  return !isOlder(version, FIRST);
}

type Json = Readonly<Record<string, unknown>>;

/** A mask in the middle of a word, which 1.1 reads as a field there: it shows the value in a place where it does not take it back. */
const rawWords: Readonly<Record<string, string>> = {
  '{"op":"==","left":{"payload":{"base":"th","offset":4,"len":4}},"right":5}':
    '{"op":"==","left":{"&":[{"payload":{"base":"th","offset":0,"len":8}},15]},"right":5}',
  '{"op":"==","left":{"payload":{"base":"th","offset":16,"len":16}},"right":1179700}':
    '{"op":"==","left":{"&":[{"payload":{"base":"th","offset":0,"len":32}},4278255360]},"right":302003200}',
};

/** Whether nft itself refuses what it listed: `@th,16,16 0x120034: Service out of range`. */
export function isRefusedByItself(object: RulesetObject): boolean {
  return JSON.stringify(object).includes('"payload":{"base":"th","offset":16,"len":16}},"right":1179700}');
}

/** Codes of ICMP have names in 1.0, and in 1.1 only where a reject says them. */
const codes: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  icmp: { 'net-unreachable': 0, 'port-unreachable': 3, 'frag-needed': 4 },
  icmpv6: { 'no-route': 0, 'port-unreachable': 4 },
};

/** `fin | syn | ack`, which 1.0 writes in pairs, or as a list where it is a mask. */
function flagsOf(json: unknown): readonly unknown[] {
  const inner = Array.isArray(json) ? json : (json as Json | null)?.['|'];
  return Array.isArray(inner) ? inner.flatMap(flagsOf) : [json];
}

function reworded(_key: string, json: unknown): unknown {
  if (typeof json !== 'object' || json === null) return json;
  const { '|': either, match } = json as { '|'?: unknown[]; match?: { left: Json; right: unknown } };
  if (either !== undefined) {
    const flags = flagsOf(json);
    return flags.every((flag) => typeof flag === 'string') ? flags : json;
  }
  if (match === undefined) return json;
  const known = rawWords[JSON.stringify(match)];
  if (known !== undefined) return { match: JSON.parse(known) };
  const { protocol, field } = (match.left.payload ?? {}) as { protocol?: string; field?: string };
  const code = field === 'code' ? codes[protocol ?? '']?.[match.right as string] : undefined;
  return code === undefined ? json : { match: { ...match, right: code } };
}

/** The same for ours and for what a later nft shows. */
export function inTheSameWords(object: RulesetObject): RulesetObject {
  const again = JSON.parse(JSON.stringify(object), reworded) as RulesetObject;
  const [[kind, value] = []] = Object.entries(again) as [string, Json][];
  if (kind === 'chain' && value?.dev !== undefined) {
    const { dev, ...others } = value;
    return { chain: { ...others, dev: [dev].flat().sort() } } as unknown as RulesetObject;
  }
  if (kind !== 'set' && kind !== 'map') return again;
  const { type, typeof: declared, map, ...others } = value as Json;
  const words = declared !== undefined && !('unknown' in (declared as object)) ? { typeof: declared } : type;
  const target = Array.isArray(map) ? map.join(' . ') : map;
  return {
    [kind]: { ...others, type: words, ...(target !== undefined && { map: target }) },
  } as unknown as RulesetObject;
}

/** Chains stand behind the sets that their rules name, as 1.0 has them; 1.1 lists them before. */
export function inOurOrder(objects: readonly RulesetObject[]): RulesetObject[] {
  const rank = (object: RulesetObject) => ('table' in object ? 0 : 'chain' in object ? 2 : 'rule' in object ? 3 : 1);
  const tableOf = (object: RulesetObject) => {
    const [value] = Object.values(object) as Json[];
    return `${value?.family} ${'table' in object ? value?.name : value?.table}`;
  };
  const tables = [...new Set(objects.map(tableOf))];
  return tables.flatMap((table) =>
    objects.filter((object) => tableOf(object) === table).sort((a, b) => rank(a) - rank(b)),
  );
}
