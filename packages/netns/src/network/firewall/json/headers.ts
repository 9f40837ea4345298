import type { Key } from './keys.ts';
import { type Field, type PayloadBase, type Protocol, protocols, transportProtocols } from './protocols.ts';

/** Families of tables, as JSON and `nft` name them. */
export const families = ['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev'] as const;
export type Family = (typeof families)[number];

/** Families whose packets may be of several network protocols, so that a rule has to ask first. */
export function isMixed(family: Family): boolean {
  return family === 'inet' || family === 'bridge' || family === 'netdev';
}

/** A header of the packet, and at which bit behind its base it begins. */
export interface Header {
  readonly protocol: Protocol;
  readonly start: number;
}

const ETHER_BITS = 112;
const VLAN_BITS = 32;
const ARPHRD_ETHER = 1;

/** A field of a header that a payload expression means, or the part at its beginning. */
export interface Found {
  readonly protocol: Protocol;
  readonly field: Field;
  readonly bits: number;
}

/** What is known of a packet's headers at one point of a rule: from the table's family, and from what the rule has asked. */
export class Headers {
  readonly family: Family;
  /** Link headers: Ethernet and what VLAN tags stand behind it. */
  readonly #link: Header[] = [];
  network: Protocol | undefined;
  transport: Protocol | undefined;
  /** The values that `type` of the ICMP header can have. */
  icmpTypes: readonly number[] | undefined;

  constructor(family: Family) {
    this.family = family;
    if (family === 'ip' || family === 'ip6' || family === 'arp') this.network = protocols[family];
    if (family === 'bridge') this.#pushLink('ether');
  }

  /** The last header of a base. */
  at(base: PayloadBase): Protocol | undefined {
    if (base === 'll') return this.#link.at(-1)?.protocol;
    return base === 'nh' ? this.network : base === 'th' ? this.transport : undefined;
  }

  /** The header of this protocol that a new field would be of: the innermost one. */
  startOf(protocol: Protocol): number {
    return this.#link.findLast((header) => header.protocol === protocol)?.start ?? 0;
  }

  /** The rule goes on only for packets with this protocol. */
  learn(name: string | undefined): Protocol | undefined {
    const protocol = name === undefined ? undefined : protocols[name];
    if (protocol === undefined) return undefined;
    if (protocol.base === 'll') this.#pushLink(protocol.name);
    else if (protocol.base === 'nh') this.network = protocol;
    else {
      this.transport = protocol;
      this.icmpTypes = undefined;
    }
    return protocol;
  }

  /** The same where a key of `meta` or `ct` says it. In a table of one family, one that says another protocol is never so: fields keep their names. */
  learnFromKey(key: Key, value: bigint): Protocol | undefined {
    const name = protocolOfKey(key, value);
    const never = key.tells === 'nh' && !isMixed(this.family) && name !== this.network?.name;
    return never ? undefined : this.learn(name);
  }

  #pushLink(name: string): void {
    const last = this.#link.at(-1);
    const start = last === undefined ? 0 : last.start + (last.protocol.name === 'vlan' ? VLAN_BITS : ETHER_BITS);
    const protocol = protocols[name];
    if (protocol !== undefined) this.#link.push({ protocol, start });
  }

  /** The field that begins at this bit behind the base and is at most so wide, or a part of one; undefined if none is known there. */
  find(base: PayloadBase, offset: number, bits: number): Found | undefined {
    const header = this.#headerAt(base, offset);
    if (header === undefined) return undefined;
    const { protocol, start } = header;
    for (const field of protocol.fields) {
      if (start + field.offset !== offset || !this.#isThere(field)) continue;
      return { protocol, field, bits: Math.min(field.bits, bits) };
    }
    return undefined;
  }

  /** The field that is exactly these bits. */
  findExactly(base: PayloadBase, offset: number, bits: number): Found | undefined {
    const header = this.#headerAt(base, offset);
    return header === undefined ? this.findPort(base, offset, bits) : this.#fieldOf(header, offset, bits);
  }

  /** A port, which stands where it does in any protocol that has some. */
  findPort(base: PayloadBase, offset: number, bits: number): Found | undefined {
    const protocol = base === 'th' ? protocols.th : undefined;
    return protocol && this.#fieldOf({ protocol, start: 0 }, offset, bits);
  }

  #fieldOf({ protocol, start }: Header, offset: number, bits: number): Found | undefined {
    const field = protocol.fields.find(
      (each) => start + each.offset === offset && each.bits === bits && this.#isThere(each),
    );
    return field && { protocol, field, bits };
  }

  #headerAt(base: PayloadBase, offset: number): Header | undefined {
    if (base === 'll') return this.#link.findLast((header) => header.start <= offset);
    const protocol = this.at(base);
    return protocol === undefined ? undefined : { protocol, start: 0 };
  }

  #isThere({ onlyFor }: Field): boolean {
    return onlyFor === undefined || this.icmpTypes === undefined
      ? onlyFor === undefined
      : this.icmpTypes.every((type) => onlyFor.includes(type));
  }
}

/** The protocol that a value of this field says is next; undefined if the field says no such thing. */
export function protocolAfter(protocol: Protocol, field: Field, value: bigint): string | undefined {
  return protocol.next?.field === field.name ? protocol.next.protocols[Number(value)] : undefined;
}

/** The protocol that a value of a key of `meta` or `ct` says there is. */
function protocolOfKey(key: Key, value: bigint): string | undefined {
  const number = Number(value);
  switch (key.name) {
    case 'iiftype':
    case 'oiftype':
      return number === ARPHRD_ETHER ? 'ether' : undefined;
    case 'protocol':
      return { 2048: 'ip', 2054: 'arp', 34525: 'ip6' }[number];
    case 'nfproto':
    case 'l3proto':
      return { 2: 'ip', 10: 'ip6' }[number];
    case 'l4proto':
      return (transportProtocols as Readonly<Record<number, string>>)[number];
    default:
      return undefined;
  }
}
