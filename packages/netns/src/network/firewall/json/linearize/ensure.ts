import { bytesFor, bytesOfNumber } from '../bits.ts';
import type { Item } from '../elements-read.ts';
import { fault, Path } from '../fault.ts';
import { type Key, metaKeys } from '../keys.ts';
import { type Field, type Protocol, protocols, transportProtocols } from '../protocols.ts';
import { anonymousSet, lookIn } from './lookup.ts';
import { equals, type RuleWriter } from './writer.ts';

const transportNumbers = new Map<string, bigint>(
  Object.entries(transportProtocols).map(([number, name]) => [name, BigInt(number)]),
);

/** Sees to it that the rule goes on only for packets that have this header. */
export function ensure(writer: RuleWriter, protocol: Protocol, path: Path): void {
  if (protocol.name === 'th') return;
  if (protocol.base === 'll') ensureLink(writer, protocol);
  else if (protocol.base === 'nh') ensureNetwork(writer, protocol, path);
  else ensureTransport(writer, protocol, path);
}

function ensureLink(writer: RuleWriter, protocol: Protocol): void {
  if (writer.headers.at('ll') === undefined) {
    askMeta(writer, 'iiftype', 1n);
    writer.headers.learn('ether');
  }
  if (protocol.name === 'vlan' && writer.headers.at('ll')?.name !== 'vlan') askType(writer, 0x8100n, 'vlan');
}

export function ensureNetwork(writer: RuleWriter, protocol: Protocol, path: Path): void {
  const known = writer.headers.network;
  if (known === protocol) return;
  if (known !== undefined) throw fault(path, protocol.name, `is not there in packets of ${known.name}`);
  const link = writer.headers.at('ll');
  const type = etherType(protocol.name);
  if (writer.target.family === 'bridge' && link?.name === 'ether' && protocol.name !== 'arp')
    askMeta(writer, 'protocol', type);
  else if (link !== undefined) askType(writer, type, protocol.name);
  else if (writer.target.family === 'inet') askMeta(writer, 'nfproto', protocol.name === 'ip' ? 2n : 10n);
  else askMeta(writer, 'protocol', type);
  writer.headers.learn(protocol.name);
}

export function ensureTransport(writer: RuleWriter, protocol: Protocol, path: Path): void {
  const known = writer.headers.transport;
  if (known === protocol) return;
  if (known !== undefined) throw fault(path, protocol.name, `is not there in packets of ${known.name}`);
  const network = { icmp: 'ip', igmp: 'ip', icmpv6: 'ip6' }[protocol.name];
  if (network !== undefined && writer.headers.network === undefined) {
    if (writer.headers.at('ll') !== undefined) askType(writer, etherType(network), network);
    else ensureNetwork(writer, protocols[network] as Protocol, path);
  }
  const number = transportNumbers.get(protocol.name);
  if (number === undefined) return;
  askMeta(writer, 'l4proto', number);
  writer.headers.learn(protocol.name);
}

function askMeta(writer: RuleWriter, name: string, value: bigint): void {
  const key = metaKeys.byName.get(name) as Key;
  writer.before(() => {
    const bytes = bytesOfNumber(value, bytesFor(key.bits), key.order);
    writer.push({ kind: 'meta', data: { key: key.number, dreg: 1 } }, equals(1, bytes));
  });
}

/** Asks the innermost link header what is behind it. */
function askType(writer: RuleWriter, value: bigint, next: string): void {
  const link = writer.headers.at('ll') as Protocol;
  const field = link.fields.find(({ name }) => name === 'type') as Field;
  const offset = (writer.headers.startOf(link) + field.offset) / 8;
  const bytes = bytesOfNumber(value, 2, 'network');
  writer.before(() => writer.push({ kind: 'payload', data: { dreg: 1, base: 0, offset, len: 2 } }, equals(1, bytes)), {
    base: 0,
    offset,
    bytes,
  });
  writer.headers.learn(next);
}

/** Fields that only some kinds of ICMP have: asks for these. */
export function ensureIcmpType(writer: RuleWriter, protocol: Protocol, field: Field): void {
  if (field.onlyFor === undefined || writer.headers.icmpTypes !== undefined) return;
  const type = { type: (protocol.fields[0] as Field).type, bits: 8, order: 'network' } as const;
  const [only] = field.onlyFor;
  // An echo's are asked for in the order in which `nft` does it: the request first.
  const types = protocol.name === 'icmp' ? [...field.onlyFor].reverse() : field.onlyFor;
  writer.before(() => {
    writer.push({ kind: 'payload', data: { dreg: 1, base: 2, offset: 0, len: 1 } });
    if (types.length === 1) writer.push(equals(1, Uint8Array.of(only as number)));
    else {
      const items = types.map((value) => pointItem(BigInt(value)));
      lookIn(writer, anonymousSet(writer, items, [type], undefined), 1, false);
    }
  });
  writer.headers.icmpTypes = field.onlyFor;
}

function etherType(name: string): bigint {
  return { ip: 0x0800n, arp: 0x0806n, ip6: 0x86ddn, vlan: 0x8100n }[name] ?? 0n;
}

function pointItem(value: bigint): Item {
  return { key: [{ low: value, high: value, range: false }], index: 0, path: new Path(''), details: undefined };
}

export function isIcmp(protocol: Protocol | undefined): boolean {
  return protocol?.name === 'icmp' || protocol?.name === 'icmpv6';
}
