import type { LimitStatement, QuotaStatement } from './schema.ts';
import { jsonNumber } from './values.ts';

/** Units of sizes, each 1024 times the one before. */
export const sizeUnits = ['bytes', 'kbytes', 'mbytes'] as const;

/** A size in the largest unit in which it is whole. */
export function inUnits(bytes: bigint): { value: number | bigint; unit: string } {
  let value = bytes;
  let unit = 0;
  while (unit + 1 < sizeUnits.length && value >= 1024n && value % 1024n === 0n) {
    value /= 1024n;
    unit++;
  }
  return { value: jsonNumber(value), unit: sizeUnits[unit] as string };
}

/** What rates are per, in seconds. */
export const timeUnits = { second: 1, minute: 60, hour: 3600, day: 86_400, week: 604_800 } as const;

interface WireLimit {
  readonly rate?: bigint | undefined;
  readonly unit?: bigint | undefined;
  readonly burst?: number | undefined;
  readonly type?: number | undefined;
  readonly flags?: number | undefined;
}

/** The word for a number of seconds. */
export function timeUnit(seconds: bigint): string | undefined {
  for (const [word, unit] of Object.entries(timeUnits)) if (BigInt(unit) === seconds) return word;
  return undefined;
}

/** A limit as a statement has it; undefined if its time has no word. */
export function showLimit(limit: WireLimit): LimitStatement | undefined {
  const per = timeUnit(limit.unit ?? 1n);
  if (per === undefined) return undefined;
  const inv = (limit.flags ?? 0) & 1 ? { inv: true } : {};
  if (limit.type !== 1) return { rate: jsonNumber(limit.rate ?? 0n), burst: limit.burst ?? 0, per, ...inv };
  const rate = inUnits(limit.rate ?? 0n);
  const burst = inUnits(BigInt(limit.burst ?? 0));
  return { rate: rate.value, burst: burst.value, per, ...inv, rate_unit: rate.unit, burst_unit: burst.unit };
}

interface WireQuota {
  readonly bytes?: bigint | undefined;
  readonly consumed?: bigint | undefined;
  readonly flags?: number | undefined;
}

/** A quota as a statement has it. */
export function showQuota(quota: WireQuota): QuotaStatement {
  const { value, unit } = inUnits(quota.bytes ?? 0n);
  const used = inUnits(quota.consumed ?? 0n);
  return {
    val: value,
    val_unit: unit,
    ...((quota.flags ?? 0) & 1 ? { inv: true } : {}),
    ...(quota.consumed ? { used: used.value, used_unit: used.unit } : {}),
  };
}

/** The words of the bits that are set, in the order of the table. */
export function wordsOfBits(table: Readonly<Record<string, number>>, value: number): string[] {
  return Object.entries(table)
    .filter(([, bit]) => (value & bit) !== 0)
    .map(([word]) => word);
}

/** One word alone, several as a list, none as nothing. */
export function oneOrMore(words: readonly string[]): string | readonly string[] | undefined {
  return words.length > 1 ? words : words[0];
}

/** Flags of statements, in the order in which they are shown. */
export const natFlags = { random: 4, 'fully-random': 16, persistent: 8, netmap: 64 } as const;
export const logFlags = { 'tcp sequence': 1, 'tcp options': 2, 'ip options': 4, skuid: 8, ether: 32 } as const;
export const fibFlags = { saddr: 1, daddr: 2, mark: 4, iif: 8, oif: 16 } as const;
/** Beside them: only whether there is a route. */
export const FIB_PRESENT = 32;
/** By their numbers. */
export const logLevels = ['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug', 'audit'] as const;
export const queueFlags = { bypass: 1, fanout: 2 } as const;
export const synproxyFlags = { timestamp: 8, 'sack-perm': 4 } as const;
/** Bits of `flags` of a synproxy that say which numbers there are, and ECN. */
export const SYNPROXY_MSS = 1;
export const SYNPROXY_WSCALE = 2;
/** NF_NAT_RANGE_*: what a nat statement says of its registers. */
export const NAT_MAP_IPS = 1;
export const NAT_PROTO_SPECIFIED = 2;
export const NAT_NETMAP = 64;
