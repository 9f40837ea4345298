import {
  checkKeys,
  flagsAt,
  integerAt,
  isObject,
  type JsonObject,
  objectAt,
  optional,
  stringAt,
  wordAt,
} from '../checked.ts';
import { constantAt } from '../constants.ts';
import { dataTypes } from '../datatypes.ts';
import { fault, type Path } from '../fault.ts';
import { isMixed } from '../headers.ts';
import { type Protocol, protocols } from '../protocols.ts';
import { logFlags, logLevels, queueFlags } from '../units.ts';
import { ensureNetwork, ensureTransport } from './ensure.ts';
import { load, valueInto } from './load.ts';
import { oneValueAt } from './operate.ts';
import type { RuleWriter } from './writer.ts';

const rejectCodes = {
  icmp: { type: dataTypes.icmp_code, usual: 3n },
  icmpv6: { type: dataTypes.icmpv6_code, usual: 4n },
  icmpx: { type: dataTypes.icmpx_code, usual: 1n },
} as const;

const levelNumbers = Object.fromEntries(logLevels.map((level, number) => [level, number]));

export function writeReject(writer: RuleWriter, value: unknown, path: Path): void {
  const { type, expr, ...more } = value === null ? ({} as JsonObject) : objectAt(value, path);
  checkKeys(more, [], path);
  const { family } = writer.target;
  const network = family === 'ip' || family === 'ip6' ? family : writer.headers.network?.name;
  const usual = network === 'ip' ? 'icmp' : network === 'ip6' ? 'icmpv6' : 'icmpx';
  const word = type === undefined ? usual : stringAt(type, path.at('type'));
  if (word === 'tcp reset') {
    ensureTransport(writer, protocols.tcp as Protocol, path);
    writer.push({ kind: 'reject', data: { type: 1, icmpCode: 0 } });
    return;
  }
  const codes = wordAt(word, rejectCodes, 'way to reject', path.at('type'));
  const code =
    expr === undefined
      ? codes.usual
      : oneValueAt(writer, expr, { type: codes.type, bits: 8, order: 'network' }, path.at('expr'));
  if (word !== 'icmpx' && isMixed(family))
    ensureNetwork(writer, protocols[word === 'icmp' ? 'ip' : 'ip6'] as Protocol, path);
  writer.push({ kind: 'reject', data: { type: word === 'icmpx' ? 2 : 0, icmpCode: Number(code) } });
}

export function writeLog(writer: RuleWriter, value: unknown, path: Path): void {
  const log = value === null ? ({} as JsonObject) : objectAt(value, path);
  checkKeys(log, ['prefix', 'group', 'snaplen', 'queue-threshold', 'level', 'flags'], path);
  const group = optional(log.group, (each, at) => integerAt(each, at, 0, 65_535), path.at('group'));
  const snaplen = optional(log.snaplen, integerAt, path.at('snaplen'));
  const qthreshold = optional(
    log['queue-threshold'],
    (each, at) => integerAt(each, at, 0, 65_535),
    path.at('queue-threshold'),
  );
  const all = log.flags === 'all' || (Array.isArray(log.flags) && log.flags.includes('all'));
  const flags = all
    ? Object.values(logFlags).reduce((a, b) => a | b, 0)
    : flagsAt(log.flags, logFlags, 'flag', path.at('flags'));
  const prefix = optional(log.prefix, stringAt, path.at('prefix'));
  if (prefix !== undefined && prefix.length > 127)
    throw fault(path.at('prefix'), prefix, 'must have at most 127 letters');
  const level = optional(log.level, (each, at) => wordAt(each, levelNumbers, 'level', at), path.at('level'));
  writer.push({
    kind: 'log',
    data: {
      ...(prefix !== undefined && { prefix }),
      ...(group !== undefined && { group }),
      ...(snaplen !== undefined && { snaplen }),
      ...(qthreshold !== undefined && { qthreshold }),
      ...(level !== undefined && { level }),
      ...(flags !== 0 && { flags }),
    },
  });
}

export function writeQueue(writer: RuleWriter, value: unknown, path: Path): void {
  const { num, flags, ...more } = value === null ? ({} as JsonObject) : objectAt(value, path);
  checkKeys(more, [], path);
  const bits = flagsAt(flags, queueFlags, 'flag', path.at('flags'));
  const number = { type: dataTypes.integer, bits: 16, order: 'machine' } as const;
  if (isObject(num) && !('range' in num)) {
    // What counts or hashes is in the machine's order already, and so are the values of a map.
    if ('map' in num) valueInto(writer, num, number, 0, path.at('num'));
    else load(writer, num, 0, path.at('num'));
    writer.push({ kind: 'queue', data: { sregQnum: 1, ...(bits !== 0 && { flags: bits }) } });
    return;
  }
  const { low, high } =
    num === undefined ? { low: 0n, high: 0n } : constantAt(num, number, path.at('num'), writer.target);
  const total = Number(high - low) + 1;
  writer.push({ kind: 'queue', data: { num: Number(low), total, ...(bits !== 0 && { flags: bits }) } });
}
