import { dataTypes } from '../datatypes.ts';
import { isMixed } from '../headers.ts';
import type { Expression, LogStatement, Statement } from '../schema.ts';
import {
  logFlags,
  logLevels,
  oneOrMore,
  queueFlags,
  SYNPROXY_MSS,
  SYNPROXY_WSCALE,
  synproxyFlags,
  wordsOfBits,
} from '../units.ts';
import { showValue } from '../values.ts';
import { describe } from './describe.ts';
import type { RuleReader } from './reader.ts';

const rejectCodes = {
  icmp: dataTypes.icmp_code,
  icmpv6: dataTypes.icmpv6_code,
  icmpx: dataTypes.icmpx_code,
} as const;

const WARN = logLevels.indexOf('warn');

export function showReject(
  reader: RuleReader,
  { type = 0, icmpCode = 0 }: { type?: number | undefined; icmpCode?: number | undefined },
): Statement {
  const { family } = reader.context;
  const network = reader.headers.network?.name;
  if (type === 1) {
    if (!isMixed(family)) reader.drop('th');
    return { reject: { type: 'tcp reset' } };
  }
  const word = type === 2 ? 'icmpx' : network === 'ip6' ? 'icmpv6' : 'icmp';
  if (type === 0 && isMixed(family)) reader.drop('nh');
  return { reject: { type: word, expr: showValue(rejectCodes[word], BigInt(icmpCode)) } };
}

export function showQueue(
  reader: RuleReader,
  data: {
    num?: number | undefined;
    total?: number | undefined;
    flags?: number | undefined;
    sregQnum?: number | undefined;
  },
) {
  const { num, total = 1, sregQnum, flags = 0 } = data;
  const words = oneOrMore(wordsOfBits(queueFlags, flags));
  const last = (num ?? 0) + total - 1;
  const where: Expression | undefined =
    sregQnum !== undefined
      ? describe(reader, reader.term(sregQnum)).json
      : num === undefined
        ? undefined
        : total > 1
          ? { range: [num, last] }
          : num;
  if (where === undefined && words === undefined) return null;
  return { ...(where !== undefined && { num: where }), ...(words !== undefined && { flags: words }) };
}

export function orNull<T extends object>(value: T): T | null {
  return Object.keys(value).length === 0 ? null : value;
}

export function showLog(data: {
  prefix?: string | undefined;
  group?: number | undefined;
  snaplen?: number | undefined;
  qthreshold?: number | undefined;
  level?: number | undefined;
  flags?: number | undefined;
}): LogStatement | null {
  const { prefix, group, snaplen, qthreshold, level = WARN, flags = 0 } = data;
  const words = wordsOfBits(logFlags, flags);
  const shown = words.length === Object.keys(logFlags).length ? 'all' : oneOrMore(words);
  return orNull({
    ...(prefix !== undefined && { prefix }),
    ...(group !== undefined && { group }),
    ...(snaplen ? { snaplen } : {}),
    ...(qthreshold ? { 'queue-threshold': qthreshold } : {}),
    ...(level !== WARN && logLevels[level] !== undefined && { level: logLevels[level] }),
    ...(shown !== undefined && { flags: shown }),
  });
}

/** A synproxy, of a rule or an object. */
export function showSynproxy(data: {
  mss?: number | undefined;
  wscale?: number | undefined;
  flags?: number | undefined;
}) {
  const { mss = 0, wscale = 0, flags = 0 } = data;
  const words = wordsOfBits(synproxyFlags, flags);
  return orNull({
    ...(flags & SYNPROXY_MSS ? { mss } : {}),
    ...(flags & SYNPROXY_WSCALE ? { wscale } : {}),
    ...(words.length > 0 && { flags: words }),
  });
}
