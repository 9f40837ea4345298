import { bytesFor } from '../bits.ts';
import { checkKeys, flagsAt, isObject, type JsonObject, objectAt, optional, wordAt } from '../checked.ts';
import { constantAt, keyBytes } from '../constants.ts';
import type { PartType } from '../elements-show.ts';
import type { Path } from '../fault.ts';
import { address4, address6, link, port } from '../parts.ts';
import { registerAt } from '../registers.ts';
import { NAT_NETMAP, NAT_PROTO_SPECIFIED, natFlags } from '../units.ts';
import { immediateInto, isConstant, valueInto } from './load.ts';
import { REGISTER, type RuleWriter } from './writer.ts';

const natFamilies = { ip: 2, ip6: 10 } as const;

export function writeNat(writer: RuleWriter, kind: 'snat' | 'dnat', value: unknown, path: Path): void {
  const nat = objectAt(value, path);
  checkKeys(nat, ['family', 'addr', 'port', 'flags', 'type_flags'], path);
  const { family } = writer.target;
  const given = optional(nat.family, (each, at) => wordAt(each, natFamilies, 'family', at), path.at('family'));
  const number = given ?? (family === 'ip' ? 2 : family === 'ip6' ? 10 : familyOfAddress(writer, nat.addr));
  const part = number === 10 ? address6 : address4;
  const registers: Record<string, number> = {};
  let next = 0;
  if (nat.addr !== undefined)
    next = endsInto(writer, nat.addr, part, next, registers, ['regAddrMin', 'regAddrMax'], path.at('addr'));
  const flags = portsInto(writer, nat, next, registers, path);
  const prefixes = nat.type_flags === 'prefix' || (Array.isArray(nat.type_flags) && nat.type_flags.includes('prefix'));
  const all = flags | (prefixes ? NAT_NETMAP : 0);
  writer.push({
    kind: 'nat',
    data: { type: kind === 'snat' ? 0 : 1, family: number, ...registers, ...(all !== 0 && { flags: all }) },
  });
}

export function writeRedirect(writer: RuleWriter, kind: 'masquerade' | 'redirect', value: unknown, path: Path): void {
  const nat = value === null ? ({} as JsonObject) : objectAt(value, path);
  checkKeys(nat, ['port', 'flags'], path);
  const registers: Record<string, number> = {};
  const flags = portsInto(writer, nat, 0, registers, path);
  writer.push({
    kind: kind === 'masquerade' ? 'masq' : 'redir',
    data: { ...registers, ...(flags !== 0 && { flags }) },
  });
}

export function writeTproxy(writer: RuleWriter, value: unknown, path: Path): void {
  const { family, addr, port: to, ...more } = objectAt(value, path);
  checkKeys(more, [], path);
  const table = writer.target.family;
  const given = optional(family, (each, at) => wordAt(each, natFamilies, 'family', at), path.at('family'));
  const number = given ?? (table === 'ip' ? 2 : table === 'ip6' ? 10 : 0);
  let offset = 0;
  const registers: Record<string, number> = {};
  if (addr !== undefined) {
    valueInto(writer, addr, number === 10 ? address6 : address4, offset, path.at('addr'));
    registers.regAddr = registerAt(offset);
    offset += REGISTER;
  }
  if (to !== undefined) {
    valueInto(writer, to, port, offset, path.at('port'));
    registers.regPort = registerAt(offset);
  }
  writer.push({ kind: 'tproxy', data: { family: number, ...registers } });
}

export function writeDup(writer: RuleWriter, value: unknown, path: Path): void {
  const { addr, dev, ...more } = objectAt(value, path);
  checkKeys(more, [], path);
  if (writer.target.family === 'netdev') {
    valueInto(writer, addr ?? dev, link, 0, path.at(addr === undefined ? 'dev' : 'addr'));
    writer.push({ kind: 'dup', data: { sregDev: 1 } });
    return;
  }
  valueInto(writer, addr, writer.target.family === 'ip6' ? address6 : address4, 0, path.at('addr'));
  if (dev !== undefined) valueInto(writer, dev, link, REGISTER, path.at('dev'));
  writer.push({ kind: 'dup', data: { sregAddr: 1, ...(dev !== undefined && { sregDev: 2 }) } });
}

export function writeFwd(writer: RuleWriter, value: unknown, path: Path): void {
  const { dev, family, addr, ...more } = objectAt(value, path);
  checkKeys(more, [], path);
  valueInto(writer, dev, link, 0, path.at('dev'));
  if (addr === undefined) {
    writer.push({ kind: 'fwd', data: { sregDev: 1 } });
    return;
  }
  const number = wordAt(family, natFamilies, 'family', path.at('family'));
  valueInto(writer, addr, number === 10 ? address6 : address4, REGISTER, path.at('addr'));
  writer.push({ kind: 'fwd', data: { sregDev: 1, sregAddr: 2, nfproto: number } });
}

function familyOfAddress(writer: RuleWriter, addr: unknown): number {
  const network = writer.headers.network?.name;
  if (addr === undefined) return 1;
  if (typeof addr === 'string') return addr.includes(':') ? 10 : 2;
  return network === 'ip6' ? 10 : 2;
}

function portsInto(
  writer: RuleWriter,
  nat: JsonObject,
  offset: number,
  registers: Record<string, number>,
  path: Path,
): number {
  const flags = flagsAt(nat.flags, natFlags, 'flag', path.at('flags'));
  if (nat.port === undefined) return flags;
  endsInto(writer, nat.port, port, offset, registers, ['regProtoMin', 'regProtoMax'], path.at('port'));
  return flags | NAT_PROTO_SPECIFIED;
}

/** One value or the ends of a range, each in a register of its own, from `offset` on; gives where the next one is free. */
function endsInto(
  writer: RuleWriter,
  json: unknown,
  part: PartType,
  offset: number,
  registers: Record<string, number>,
  names: readonly [string, string],
  path: Path,
): number {
  if (isObject(json) && (isConstant(json) || 'range' in json || 'prefix' in json)) {
    const { low, high, range } = constantAt(json, part, path, writer.target);
    immediateInto(writer, offset, keyBytes([part], [low]));
    registers[names[0]] = registerAt(offset);
    if (!range) return offset + REGISTER;
    immediateInto(writer, offset + REGISTER, keyBytes([part], [high]));
    registers[names[1]] = registerAt(offset + REGISTER);
    return offset + 2 * REGISTER;
  }
  const operand = valueInto(writer, json, part, offset, path);
  registers[names[0]] = registerAt(offset);
  const data = operand.data;
  const behind = registerAt(offset + Math.ceil(bytesFor(part.bits) / 4) * 4);
  if (data?.dataRanges) registers[names[1]] = behind;
  if (data?.data?.kind === 'value' && data.data.parts.length > 1) registers.regProtoMin = behind;
  return offset + REGISTER;
}
