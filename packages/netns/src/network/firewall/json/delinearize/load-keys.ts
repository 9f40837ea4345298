import { bytesFor } from '../bits.ts';
import { booleanPart, dataTypes } from '../datatypes.ts';
import { fibResults, ipsecKeys, rtKeys, socketKeys } from '../keys.ts';
import { machineNumber } from '../parts.ts';
import { bitsOf } from '../terms.ts';
import { FIB_PRESENT, fibFlags, wordsOfBits } from '../units.ts';
import { type DataOf, NoWords, type RuleReader } from './reader.ts';

export function readFib(reader: RuleReader, data: DataOf<'fib'>): void {
  const { dreg = 0, result = 0, flags = 0 } = data;
  const key = fibResults.byNumber.get(result);
  if (key === undefined) throw new NoWords(`fib result ${result}`);
  const present = (flags & FIB_PRESENT) !== 0;
  const words = wordsOfBits(fibFlags, flags);
  const json = { fib: { result: key.name, flags: words } };
  reader.set(dreg, { kind: 'plain', json, ...(present ? booleanPart : key) });
}

export function readRoute(reader: RuleReader, data: DataOf<'rt'>): void {
  const { dreg = 0, key: number = 0 } = data;
  const key = rtKeys.byNumber.get(number);
  if (key === undefined) throw new NoWords(`rt key ${number}`);
  const json = key.family === undefined ? { rt: { key: key.name } } : { rt: { key: 'nexthop', family: key.family } };
  reader.set(dreg, { kind: 'plain', json, type: key.type, bits: key.bits, order: key.order });
}

export function readSocket(reader: RuleReader, data: DataOf<'socket'>): void {
  const { dreg = 0, key: number = 0, level } = data;
  const key = socketKeys.byNumber.get(number);
  if (key === undefined) throw new NoWords(`socket key ${number}`);
  const json = { socket: { key: key.name, ...(level !== undefined && key.name === 'cgroupv2' && { level }) } };
  reader.set(dreg, { kind: 'plain', json, type: key.type, bits: key.bits, order: key.order });
}

export function readIpsec(reader: RuleReader, data: DataOf<'xfrm'>): void {
  const { dreg = 0, key: number = 0, dir = 0, spnum = 0 } = data;
  const key = ipsecKeys.byNumber.get(number);
  if (key === undefined) throw new NoWords(`ipsec key ${number}`);
  const name = key.name.replace(/^ip6? /, '') as 'saddr' | 'daddr' | 'spi' | 'reqid';
  const way = dir === 0 ? ('in' as const) : ('out' as const);
  const json = { ipsec: { key: name, ...(key.family && { family: key.family }), dir: way, spnum } };
  reader.set(dreg, { kind: 'plain', json, type: key.type, bits: key.bits, order: key.order });
}

export function readOsf(reader: RuleReader, data: DataOf<'osf'>): void {
  const { dreg = 0, ttl = 0, flags = 0 } = data;
  const word = ([undefined, 'loose', 'skip'] as const)[ttl];
  const json = { osf: { key: flags & 1 ? ('version' as const) : ('name' as const), ...(word && { ttl: word }) } };
  reader.set(dreg, { kind: 'plain', json, type: dataTypes.string, bits: 128, order: 'network' });
}

export function readNumgen(reader: RuleReader, data: DataOf<'numgen'>): void {
  const { dreg = 0, modulus = 0, type = 0, offset = 0 } = data;
  const json = { numgen: { mode: type === 1 ? ('random' as const) : ('inc' as const), mod: modulus, offset } };
  reader.set(dreg, { kind: 'plain', json, ...machineNumber });
}

export function readHash(reader: RuleReader, data: DataOf<'hash'>): void {
  const { sreg = 0, dreg = 0, len = 0, modulus = 0, seed = 0, offset = 0, type = 0 } = data;
  if (type === 1) {
    const json = { symhash: { mod: modulus, ...(offset !== 0 && { offset }) } };
    reader.set(dreg, { kind: 'plain', json, ...machineNumber });
    return;
  }
  const keys = reader.registers.sequence(sreg, len, (term) => bytesFor(bitsOf(term)));
  if (keys === undefined) throw new NoWords('a hash of what is not known');
  reader.set(dreg, { kind: 'hash', keys, mod: modulus, seed, offset });
}
