import { integerAt, objectAt, optional, wordAt } from '../checked.ts';
import { dataTypes } from '../datatypes.ts';
import type { Path } from '../fault.ts';
import { ipsecKeys, metaKeys, rtKeys, socketKeys } from '../keys.ts';
import { machineNumber } from '../parts.ts';
import { registerAt } from '../registers.ts';
import type { Operand, RuleWriter } from './writer.ts';

export function loadMeta(writer: RuleWriter, value: unknown, into: number, path: Path): Operand {
  const { key } = objectAt(value, path);
  const known = wordAt(key, metaKeys.byName, 'key of meta', path.at('key'));
  writer.push({ kind: 'meta', data: { key: known.number, dreg: registerAt(into) } });
  return { type: known.type, bits: known.bits, order: known.order, key: known, of: 'meta' };
}

export function loadRoute(writer: RuleWriter, value: unknown, into: number, path: Path): Operand {
  const { key, family } = objectAt(value, path);
  const network = family ?? writer.headers.network?.name;
  const name = key === 'nexthop' ? `${network === 'ip6' ? 'ip6' : 'ip'} nexthop` : key;
  const known = wordAt(name, rtKeys.byName, 'key of rt', path.at('key'));
  writer.push({ kind: 'rt', data: { key: known.number, dreg: registerAt(into) } });
  return { type: known.type, bits: known.bits, order: known.order };
}

export function loadSocket(writer: RuleWriter, value: unknown, into: number, path: Path): Operand {
  const { key, level } = objectAt(value, path);
  const known = wordAt(key, socketKeys.byName, 'key of socket', path.at('key'));
  const depth = optional(level, integerAt, path.at('level'));
  writer.push({
    kind: 'socket',
    data: { key: known.number, dreg: registerAt(into), ...(depth !== undefined && { level: depth }) },
  });
  return { type: known.type, bits: known.bits, order: known.order };
}

export function loadIpsec(writer: RuleWriter, value: unknown, into: number, path: Path): Operand {
  const { key, family, dir, spnum } = objectAt(value, path);
  const network = family ?? writer.headers.network?.name;
  const isAddress = typeof key === 'string' && /^[sd]addr$/.test(key);
  const name = isAddress ? `${network === 'ip6' ? 'ip6' : 'ip'} ${key}` : key;
  const known = wordAt(name, ipsecKeys.byName, 'key of ipsec', path.at('key'));
  const way = wordAt(dir, { in: 0, out: 1 }, 'direction', path.at('dir'));
  const which = optional(spnum, (json, place) => integerAt(json, place, 0, 255), path.at('spnum')) ?? 0;
  writer.push({ kind: 'xfrm', data: { dreg: registerAt(into), key: known.number, dir: way, spnum: which } });
  return { type: known.type, bits: known.bits, order: known.order };
}

export function loadOsf(writer: RuleWriter, value: unknown, into: number, path: Path): Operand {
  const { key = 'name', ttl } = objectAt(value, path);
  const version = wordAt(key, { name: 0, version: 1 }, 'key of osf', path.at('key'));
  const word = ttl === undefined ? 0 : wordAt(ttl, { loose: 1, skip: 2 }, 'ttl', path.at('ttl'));
  writer.push({ kind: 'osf', data: { dreg: registerAt(into), ttl: word, ...(version !== 0 && { flags: version }) } });
  return { type: dataTypes.string, bits: 128, order: 'network' };
}

export function loadNumgen(writer: RuleWriter, value: unknown, into: number, path: Path): Operand {
  const { mode, mod, offset: start } = objectAt(value, path);
  const type = wordAt(mode, { inc: 0, random: 1 }, 'mode', path.at('mode'));
  const from = optional(start, integerAt, path.at('offset')) ?? 0;
  writer.push({
    kind: 'numgen',
    data: { dreg: registerAt(into), modulus: integerAt(mod, path.at('mod'), 1), type, offset: from },
  });
  return machineNumber;
}
