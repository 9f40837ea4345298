import type { NftSetMessage } from '../../../../netlink/families/netfilter/nft-set.ts';
import { type Found, isMixed, protocolAfter } from '../headers.ts';
import type { MatchOperator } from '../schema.ts';
import { ANONYMOUS } from '../set-flags.ts';
import type { Term } from '../terms.ts';
import type { Layer, Output, RuleReader } from './reader.ts';

export function learnKey(
  reader: RuleReader,
  term: Extract<Term, { kind: 'plain' }>,
  value: bigint,
  output: Output,
): void {
  const { key, of } = term;
  if (key?.tells === undefined) return;
  if (of === 'meta' && key.name === 'l4proto') leaveOutNetworkOfIcmp(reader, value);
  const learnt = reader.headers.learnFromKey(key, value);
  if (learnt !== undefined && of === 'meta')
    reader.dependencies.set(key.tells, { output, found: undefined, key, value });
}

/** ICMP is of IPv4 and ICMPv6 of IPv6: who asks for one of them need not say so. */
function leaveOutNetworkOfIcmp(reader: RuleReader, transport: bigint): void {
  const dependency = reader.dependencies.get('nh');
  const network = reader.headers.network?.name;
  if (dependency === undefined) return;
  if ((transport === 1n && network === 'ip') || (transport === 58n && network === 'ip6')) reader.drop('nh');
}

export function learnField(reader: RuleReader, found: Found, op: MatchOperator, value: bigint, output: Output): void {
  leaveOut(reader, found);
  if (op !== '==') return;
  const { protocol, field } = found;
  const { network } = reader.headers;
  const learnt = reader.headers.learn(protocolAfter(protocol, field, value));
  // In a table of one family nothing has to say it: what does, is meant.
  const isMeant =
    !isMixed(reader.context.family) && (protocol.name === 'vlan' || (learnt?.base === 'nh' && learnt !== network));
  if (learnt !== undefined && !isMeant)
    reader.dependencies.set(learnt.base as Layer, { output, found, key: undefined, value });
  if (learnt === undefined && field.name === 'type' && isIcmp(protocol.name)) reader.icmpDependency = { output, value };
}

/** Leaves out the statement that only said which protocol this field is of. */
export function leaveOut(reader: RuleReader, found: Found | undefined): void {
  if (found === undefined) return;
  const { protocol, field } = found;
  const layer = protocol.base as Layer;
  if (mayLeaveOut(reader, layer, found)) reader.drop(layer);
  // The kinds of ICMP with a number of their own follow from the field; an echo's can be two.
  const dependency = reader.icmpDependency;
  if (dependency !== undefined && field.onlyFor?.length === 1 && field.onlyFor[0] === Number(dependency.value)) {
    dependency.output.left = true;
    reader.icmpDependency = undefined;
  }
}

function mayLeaveOut(reader: RuleReader, layer: Layer, found: Found): boolean {
  const dependency = reader.dependencies.get(layer);
  if (dependency === undefined) return false;
  // Ports are those of any protocol.
  if (found.protocol.name === 'th') return false;
  const told = dependency.found?.protocol.name;
  const mixed = isMixed(reader.context.family);
  if (layer === 'll' && told !== undefined) {
    const isTagged = told === 'ether' && found.protocol.name === 'vlan' && dependency.value === 0x8100n;
    return isTagged && (found.field.name !== 'type' || !mixed);
  }
  if (layer === 'th') return !(mixed && (told === 'ip' || told === 'ip6'));
  return true;
}

export function learnIcmpTypes(reader: RuleReader, keys: readonly Term[], set: NftSetMessage): void {
  const [term] = keys;
  if (keys.length !== 1 || term?.kind !== 'payload' || term.base !== 'th' || term.offset !== 0 || term.bits !== 8)
    return;
  if (!isIcmp(reader.headers.transport?.name) || ((set.attributes.flags ?? 0) & ANONYMOUS) === 0) return;
  reader.headers.icmpTypes = reader.context
    .elements(set)
    .flatMap(({ key }) => (key?.value === undefined ? [] : [key.value[0] as number]));
}

export function isIcmp(name: string | undefined): boolean {
  return name === 'icmp' || name === 'icmpv6';
}
