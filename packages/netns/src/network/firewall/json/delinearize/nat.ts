import type { NftExpression } from '../../../../netlink/families/netfilter/expressions.ts';
import { bytesFor, numberOfBytes } from '../bits.ts';
import { type PartType, showPart } from '../elements-show.ts';
import { isMixed } from '../headers.ts';
import { address4, address6, link, port } from '../parts.ts';
import type { Expression, NatStatement, Statement } from '../schema.ts';
import { NAT_NETMAP, natFlags, oneOrMore, wordsOfBits } from '../units.ts';
import { describeAs } from './describe.ts';
import { type DataOf, NoWords, type RuleReader } from './reader.ts';

type NatData = Extract<NftExpression, { kind: 'nat' }>['data'] & object;

export function showNat(reader: RuleReader, data: NatData): Statement {
  const { regAddrMin, regAddrMax, flags = 0, family } = data;
  const { family: table } = reader.context;
  const addr =
    regAddrMin === undefined ? undefined : showEnds(reader, regAddrMin, regAddrMax, addressPart(reader, family));
  const nat: NatStatement = {
    ...(isMixed(table) ? familyWord(family) : {}),
    ...(addr !== undefined && { addr }),
    ...showPorts(reader, data),
    ...(flags & NAT_NETMAP ? { type_flags: 'prefix' } : {}),
  };
  return data.type === 0 ? { snat: nat } : { dnat: nat };
}

export function showPorts(
  reader: RuleReader,
  data: {
    regProtoMin?: number | undefined;
    regProtoMax?: number | undefined;
    flags?: number | undefined;
  },
): Pick<NatStatement, 'port' | 'flags'> {
  const words = oneOrMore(wordsOfBits(natFlags, data.flags ?? 0));
  // A map that gives address and port has filled both registers: the port has no term of its own then.
  const own = data.regProtoMin !== undefined && reader.registers.get(data.regProtoMin) !== undefined;
  return {
    ...(own && { port: showEnds(reader, data.regProtoMin as number, data.regProtoMax, port) }),
    ...(words !== undefined && { flags: words }),
  };
}

function showEnds(reader: RuleReader, min: number, max: number | undefined, part: PartType): Expression {
  const low = reader.term(min);
  const high = max === undefined || max === min ? undefined : reader.registers.get(max);
  if (low.kind !== 'value' || high?.kind !== 'value') return describeAs(reader, low, part);
  const [from, to] = [low, high].map(({ bytes }) => numberOfBytes(bytes.subarray(0, bytesFor(part.bits)), part.order));
  if (from === undefined || to === undefined) throw new NoWords('a range without ends');
  return { range: [showPart(part, from, reader.context), showPart(part, to, reader.context)] };
}

function addressPart(reader: RuleReader, family: number | undefined): PartType {
  const ip6 = family === 10 || (family !== 2 && reader.context.family === 'ip6');
  return ip6 ? address6 : address4;
}

function familyWord(family: number | undefined): { family?: 'ip' | 'ip6' } {
  return family === 2 ? { family: 'ip' } : family === 10 ? { family: 'ip6' } : {};
}

export function showDup(reader: RuleReader, data: DataOf<'dup'>): Statement {
  const { sregAddr, sregDev } = data;
  const dev = sregDev === undefined ? undefined : describeAs(reader, reader.term(sregDev), link);
  // Where there are only devices, the schema has them in the address's place.
  if (sregAddr === undefined) return { dup: { addr: dev ?? '' } };
  return {
    dup: {
      addr: describeAs(reader, reader.term(sregAddr), addressPart(reader, undefined)),
      ...(dev !== undefined && { dev }),
    },
  };
}

export function showFwd(reader: RuleReader, data: DataOf<'fwd'>): Statement {
  const { sregDev, sregAddr, nfproto } = data;
  const dev = describeAs(reader, reader.term(sregDev ?? 0), link);
  if (sregAddr === undefined) return { fwd: { dev } };
  const addr = describeAs(reader, reader.term(sregAddr), addressPart(reader, nfproto));
  return { fwd: { dev, ...familyWord(nfproto), addr } };
}

export function showTproxy(reader: RuleReader, data: DataOf<'tproxy'>): Statement {
  const { family, regAddr, regPort } = data;
  return {
    tproxy: {
      ...(isMixed(reader.context.family) ? familyWord(family) : {}),
      ...(regAddr !== undefined && { addr: describeAs(reader, reader.term(regAddr), addressPart(reader, family)) }),
      ...(regPort !== undefined && { port: describeAs(reader, reader.term(regPort), port) }),
    },
  };
}
