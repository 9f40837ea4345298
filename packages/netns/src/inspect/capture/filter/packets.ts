import { a, beside, type Instruction, type Question, type Size, x } from './program.ts';

/**
 * What a packet begins with where the filter sees it. `ethernet`: addresses and type; `raw`: an IP header; `cooked`: whatever the type says that the kernel
 * knows beside it.
 */
export type LinkLayer = 'ethernet' | 'raw' | 'cooked';

/** Which of two ends; both: each of them; either: one at least. */
export type End = 'src' | 'dst' | 'both' | 'either';

export const etherTypes = { ip: 0x0800, arp: 0x0806, rarp: 0x8035, ip6: 0x86dd } as const;
export type NetworkProtocol = keyof typeof etherTypes;

const vlanTypes = [0x8100, 0x88a8, 0x9100];
const fragmentHeader = 44;
export const withPorts = { tcp: 6, udp: 17, sctp: 132 } as const;
export type PortProtocol = keyof typeof withPorts;

/** Where the network protocols keep the addresses of both ends. */
const addresses = { ip: [12, 16], arp: [14, 24], rarp: [14, 24], ip6: [8, 24] } as const;
export const hasAddresses = (protocol: string): protocol is NetworkProtocol => protocol in addresses;

/**
 * What the words of a filter ask of the bytes of a packet. A VLAN tag moves what comes behind it: in the text of a filter all that
 * follows `vlan` is about what is inside.
 */
export class Packets {
  readonly #link: LinkLayer;
  #tags = 0;
  /** The kernel has taken the outermost tag out of the packet, and knows it beside. */
  #tagBeside: boolean;
  /** `vlan` was asked for. */
  asksForTags = false;

  constructor(link: LinkLayer, tagBeside: boolean) {
    this.#link = link;
    this.#tagBeside = tagBeside;
  }

  get hasEthernet(): boolean {
    return this.#link === 'ethernet';
  }

  /** Where the network header begins. */
  get network(): number {
    return this.#link === 'ethernet' ? 14 + 4 * this.#tags : 0;
  }

  etherType(type: number): Question {
    if (this.#link === 'cooked') return { load: [beside.protocol], is: '=', value: type };
    if (this.#link === 'ethernet') return equal([a.load(12 + 4 * this.#tags, 2)], type);
    const version = type === etherTypes.ip ? 0x40 : type === etherTypes.ip6 ? 0x60 : undefined;
    return version !== undefined && equal([a.load(0, 1), a.calculate('&', 0xf0)], version);
  }

  protocol(protocol: NetworkProtocol): Question {
    return this.etherType(etherTypes[protocol]);
  }

  vlan(id: number | undefined): Question {
    this.asksForTags = true;
    if (this.#tagBeside) {
      this.#tagBeside = false;
      return id === undefined || equal([beside.vlanTag, a.calculate('&', 0xfff)], id);
    }
    const type = a.load(12 + 4 * this.#tags, 2);
    const tag = a.load(14 + 4 * this.#tags, 2);
    this.#tags += 1;
    const tagged = { any: vlanTypes.map((each) => equal([type], each)) };
    return id === undefined ? tagged : { all: [tagged, equal([tag, a.calculate('&', 0xfff)], id)] };
  }

  /** What IP carries: by its number. */
  carried(by: 'ip' | 'ip6', number: number): Question {
    if (by === 'ip') return { all: [this.protocol('ip'), this.#byte(9, number)] };
    const behindFragmentHeader = { all: [this.#byte(6, fragmentHeader), this.#byte(40, number)] };
    return { all: [this.protocol('ip6'), { any: [this.#byte(6, number), behindFragmentHeader] }] };
  }

  carriedByEither(number: number): Question {
    return { any: [this.carried('ip', number), this.carried('ip6', number)] };
  }

  /** `address` and `mask`: four bytes, or sixteen for `ip6`. */
  address(protocol: NetworkProtocol, address: Uint8Array, mask: Uint8Array, end: End): Question {
    const [source, destination] = addresses[protocol];
    const at = (offset: number) => this.#bytes(this.network + offset, address, mask);
    return { all: [this.protocol(protocol), ends(end, at(source), at(destination))] };
  }

  hardwareAddress(address: Uint8Array, end: End): Question {
    return ends(end, this.#bytes(6, address), this.#bytes(0, address));
  }

  /** A port of one of these protocols is from `first` to `last`. Fragments other than the first have none. */
  ports(protocols: readonly PortProtocol[], first: number, last: number, end: End): Question {
    const of4 = this.network;
    const in4 = (offset: number) => between([x.headerLength(of4), a.loadAtX(of4 + offset, 2)], first, last);
    const in6 = (offset: number) => between([a.load(this.network + 40 + offset, 2)], first, last);
    const carries = (at: number) => ({ any: protocols.map((each) => this.#byte(at, withPorts[each])) });
    return {
      any: [
        { all: [this.protocol('ip'), carries(9), this.wholeOrFirst(), ends(end, in4(0), in4(2))] },
        { all: [this.protocol('ip6'), carries(6), ends(end, in6(0), in6(2))] },
      ],
    };
  }

  /** No fragment of IPv4 but the first. */
  wholeOrFirst(): Question {
    return { not: { load: [a.load(this.network + 6, 2)], is: '&', value: 0x1fff } };
  }

  etherMulticast(): Question {
    return { load: [a.load(0, 1)], is: '&', value: 1 };
  }

  multicast(by: 'ip' | 'ip6'): Question {
    const group: Question =
      by === 'ip' ? { load: [a.load(this.network + 16, 1)], is: '>=', value: 224 } : this.#byte(24, 0xff);
    return { all: [this.protocol(by), group] };
  }

  #byte(at: number, value: number): Question {
    return equal([a.load(this.network + at, 1)], value);
  }

  #bytes(at: number, value: Uint8Array, mask?: Uint8Array): Question {
    const all: Question[] = [];
    for (let offset = 0; offset < value.length; ) {
      const size: Size = value.length - offset >= 4 ? 4 : 2;
      const wanted = number(value, offset, size);
      const bits = mask === undefined ? ones(size) : number(mask, offset, size);
      const load = a.load(at + offset, size);
      if (bits === ones(size)) all.push(equal([load], wanted));
      else if (bits !== 0) all.push(equal([load, a.calculate('&', bits)], wanted));
      offset += size;
    }
    return { all };
  }
}

function equal(load: readonly Instruction[], value: number): Question {
  return { load, is: '=', value };
}

function between(load: readonly Instruction[], first: number, last: number): Question {
  if (first === last) return equal(load, first);
  return { all: [{ load, is: '>=', value: first }, { not: { load, is: '>', value: last } }] };
}

function ends(end: End, source: Question, destination: Question): Question {
  if (end === 'src') return source;
  if (end === 'dst') return destination;
  return end === 'both' ? { all: [source, destination] } : { any: [source, destination] };
}

const ones = (size: Size) => 2 ** (8 * size) - 1;

function number(bytes: Uint8Array, at: number, size: Size): number {
  let value = 0;
  for (let offset = 0; offset < size; offset++) value = value * 256 + (bytes[at + offset] ?? 0);
  return value;
}
