import { closest } from '../../../closest.ts';
import { InvalidArgumentError } from '../../../errors.ts';
import { protocols as protocolNumbers, services } from '../../../network/firewall/json/datatypes.ts';
import { parseIpAddress } from '../../../wire/ip-address.ts';
import { type Expression, type Relation, relate } from './arithmetic.ts';
import {
  type End,
  etherTypes,
  hasAddresses,
  type NetworkProtocol,
  type Packets,
  type PortProtocol,
  withPorts,
} from './packets.ts';
import type { Calculation, Question, Size } from './program.ts';
import { faultAt, type Token, tokensOf } from './tokens.ts';

/** Protocols that IP carries, and by which of the two. */
const carried = {
  tcp: [6, 'either'],
  udp: [17, 'either'],
  sctp: [132, 'either'],
  icmp: [1, 'ip'],
  icmp6: [58, 'ip6'],
  igmp: [2, 'ip'],
  pim: [103, 'either'],
  vrrp: [112, 'ip'],
  carp: [112, 'ip'],
  ah: [51, 'either'],
  esp: [50, 'either'],
} as const satisfies Record<string, readonly [number, 'ip' | 'ip6' | 'either']>;
type Carried = keyof typeof carried;

type Protocol = NetworkProtocol | Carried | 'ether';
type Kind = 'host' | 'net' | 'port' | 'portrange' | 'proto';

const kinds: readonly string[] = ['host', 'net', 'port', 'portrange', 'proto'] satisfies Kind[];
const isKind = (text: string): text is Kind => kinds.includes(text);
const isNetwork = (text: string): text is NetworkProtocol => Object.hasOwn(etherTypes, text);
const isCarried = (text: string): text is Carried => Object.hasOwn(carried, text);
const hasPorts = (text: string): text is PortProtocol => Object.hasOwn(withPorts, text);

/** What stands before an address or a number; what follows `and` or `or` may leave it out. */
interface Qualifiers {
  readonly protocol: Protocol | undefined;
  readonly end: End | undefined;
  readonly kind: Kind | undefined;
}

/** Words for numbers in expressions. */
const numbers: Readonly<Record<string, number>> = {
  tcpflags: 13,
  'tcp-fin': 1,
  'tcp-syn': 2,
  'tcp-rst': 4,
  'tcp-push': 8,
  'tcp-ack': 16,
  'tcp-urg': 32,
  'tcp-ece': 64,
  'tcp-cwr': 128,
  icmptype: 0,
  icmpcode: 1,
  'icmp-echoreply': 0,
  'icmp-unreach': 3,
  'icmp-redirect': 5,
  'icmp-echo': 8,
  'icmp-timxceed': 11,
  'icmp-paramprob': 12,
  icmp6type: 0,
  icmp6code: 1,
  'icmp6-destinationrunreach': 1,
  'icmp6-packettoobig': 2,
  'icmp6-timeexceeded': 3,
  'icmp6-parameterproblem': 4,
  'icmp6-echo': 128,
  'icmp6-echoreply': 129,
  'icmp6-routersolicit': 133,
  'icmp6-routeradvert': 134,
  'icmp6-neighborsolicit': 135,
  'icmp6-neighboradvert': 136,
};

/** By how tightly they bind, the loosest first. */
const calculations: readonly (readonly Calculation[])[] = [
  ['|', '^'],
  ['&'],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];
const relations: readonly string[] = ['=', '==', '!=', '>', '>=', '<', '<='] satisfies Relation[];

/** More would be nobody's, and take the stack that there is. */
const deepest = 200;

/** Every word that a primitive can begin with: for suggestions. */
const words = [
  ...Object.keys(etherTypes),
  ...Object.keys(carried),
  ...kinds,
  ...['ether', 'src', 'dst', 'not', 'and', 'or', 'vlan', 'less', 'greater', 'len', 'broadcast', 'multicast'],
];

/**
 * Reads a filter in the syntax of pcap-filter(7). Throws InvalidArgumentError that names the column.
 *
 * `and` and `or` bind equally, from the left; `not` binds tightest. Names of hosts are not looked up.
 */
export function parseFilter(text: string, packets: Packets): Question {
  return new Parser(text, packets).whole();
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #packets: Packets;
  #next = 0;
  #depth = 0;
  /** What stood before the last address or number. */
  #qualifiers: Qualifiers | undefined;

  constructor(text: string, packets: Packets) {
    this.#text = text;
    this.#tokens = tokensOf(text);
    this.#packets = packets;
  }

  whole(): Question {
    if (this.#tokens.length === 1) return true;
    const question = this.#joined(() => this.#termOrValue());
    if (this.#token.kind !== 'end') this.#fail(`'and' or 'or' is expected before ${this.#said()}`);
    return question;
  }

  /** Some with `and` and `or` between them, from the left. */
  #joined(one: () => Question): Question {
    let left = one();
    for (;;) {
      const word = this.#takeOne('and', '&&', 'or', '||');
      if (word === undefined) return left;
      const right = one();
      left = word === 'and' || word === '&&' ? { all: [left, right] } : { any: [left, right] };
    }
  }

  /** What stands before an address or a number may be left out behind another that has it. */
  #termOrValue(): Question {
    return this.#qualifiers !== undefined && this.#isValue() ? this.#value(this.#qualifiers) : this.#term();
  }

  #term(): Question {
    this.#deepen();
    const question = this.#termHere();
    this.#depth--;
    return question;
  }

  #termHere(): Question {
    if (this.#takeOne('not', '!') !== undefined) return { not: this.#termOrValue() };
    return this.#relation() ?? this.#group() ?? this.#primitive();
  }

  #group(): Question | undefined {
    if (this.#takeOne('(') === undefined) return undefined;
    const question = this.#joined(() => this.#termOrValue());
    this.#expect(')');
    return question;
  }

  /** Undefined, and nothing read, if no relation stands here. */
  #relation(): Question | undefined {
    const begin = this.#next;
    if (!this.#beginsExpression()) return undefined;
    const grouped = this.#token.text === '(';
    const depth = this.#depth;
    try {
      const left = this.#expression(0);
      const relation = this.#takeOne(...relations) as Relation | undefined;
      if (relation === undefined) this.#fail(`one of ${relations.join(' ')} is expected`);
      const question = relate(left, relation, this.#expression(0));
      return question ?? this.#fail('this is nested too deeply', begin);
    } catch (error) {
      // The parenthesis may be one of a group instead; then that says what is wrong.
      if (!grouped || !(error instanceof InvalidArgumentError)) throw error;
      this.#next = begin;
      this.#depth = depth;
      return undefined;
    }
  }

  #deepen(): void {
    if (++this.#depth > deepest) this.#fail('this is nested too deeply');
  }

  /** Whether what stands here, behind any parentheses, is a number that is computed. */
  #beginsExpression(): boolean {
    let at = this.#next;
    while (['(', '-'].includes(this.#tokens[at]?.text ?? '')) at++;
    const [token, behind] = [this.#tokens[at], this.#tokens[at + 1]];
    if (token?.kind === 'number' || token?.text === 'len') return true;
    return token?.kind === 'word' && (behind?.text === '[' || Object.hasOwn(numbers, token.text));
  }

  #expression(level: number): Expression {
    const signs = calculations[level];
    if (signs === undefined) return this.#operand();
    let left = this.#expression(level + 1);
    for (;;) {
      const at = this.#next;
      const how = this.#takeOne(...signs) as Calculation | undefined;
      if (how === undefined) return left;
      const right = this.#expression(level + 1);
      if ((how === '/' || how === '%') && 'number' in right && right.number === 0) this.#fail('this divides by 0', at);
      left = { how, left, right };
    }
  }

  #operand(): Expression {
    this.#deepen();
    const operand = this.#operandHere();
    this.#depth--;
    return operand;
  }

  #operandHere(): Expression {
    if (this.#takeOne('-') !== undefined) return { negative: this.#operand() };
    if (this.#takeOne('(') !== undefined) {
      const inner = this.#expression(0);
      this.#expect(')');
      return inner;
    }
    const { kind, text } = this.#token;
    if (kind === 'number') return { number: this.#number(0xffff_ffff) };
    if (kind === 'word' && Object.hasOwn(numbers, text)) {
      this.#next++;
      return { number: numbers[text] ?? 0 };
    }
    if (this.#takeOne('len') !== undefined) return { length: true };
    return this.#bytesOf();
  }

  /** `tcp[13]`, `ip[2:2]`. */
  #bytesOf(): Expression {
    const name = this.#token.text;
    if (this.#tokens[this.#next + 1]?.text !== '[')
      this.#fail('a number, or a protocol with bytes in brackets, is expected');
    const place = this.#placeOf(name);
    this.#next += 2;
    const at = this.#expression(0);
    let size = 1;
    if (this.#takeOne(':') !== undefined) {
      const where = this.#next;
      size = this.#number(4);
      if (![1, 2, 4].includes(size)) this.#fail('1, 2 or 4 bytes can be taken', where);
    }
    this.#expect(']');
    return { ...place, at, size: size as Size };
  }

  #placeOf(name: string): { readonly base: number; readonly behind: boolean; readonly if: Question } {
    const packets = this.#packets;
    if (name === 'ether') return { base: 0, behind: false, if: true };
    if (isNetwork(name)) return { base: packets.network, behind: false, if: packets.protocol(name) };
    if (!isCarried(name)) this.#fail(`${this.#said()} has no bytes that can be taken`);
    const [number] = carried[name];
    if (name === 'icmp6') return { base: packets.network + 40, behind: false, if: packets.carried('ip6', number) };
    return {
      base: packets.network,
      behind: true,
      if: { all: [packets.carried('ip', number), packets.wholeOrFirst()] },
    };
  }

  #primitive(): Question {
    const begin = this.#next;
    const protocol = this.#takeProtocol();
    if (this.#takeOne('broadcast') !== undefined) return this.#broadcast(protocol, begin);
    if (this.#takeOne('multicast') !== undefined) return this.#multicast(protocol, begin);
    const end = this.#takeEnd();
    const kind = isKind(this.#token.text) ? (this.#take().text as Kind) : undefined;
    if (end === undefined && kind === undefined)
      return protocol === undefined ? this.#single() : this.#protocolAlone(protocol, begin);
    this.#qualifiers = { protocol, end, kind };
    return this.#value(this.#qualifiers);
  }

  #takeProtocol(): Protocol | undefined {
    const { text } = this.#token;
    if (text === 'ether' || isNetwork(text) || isCarried(text)) {
      this.#next++;
      return text;
    }
    return undefined;
  }

  /** `src`, `dst`, `src or dst`, `src and dst`. */
  #takeEnd(): End | undefined {
    const first = this.#takeOne('src', 'dst');
    if (first === undefined) return undefined;
    const [joint, second] = [this.#token.text, this.#tokens[this.#next + 1]?.text];
    if (second !== (first === 'src' ? 'dst' : 'src')) return first as End;
    if (!['and', '&&', 'or', '||'].includes(joint)) return first as End;
    this.#next += 2;
    return joint === 'and' || joint === '&&' ? 'both' : 'either';
  }

  /** Words that are no protocol, and stand alone or before one number. */
  #single(): Question {
    const begin = this.#next;
    const { kind, text, at } = this.#take();
    if (text === 'vlan') this.#needEthernet(begin);
    if (text === 'vlan') return this.#packets.vlan(this.#token.kind === 'number' ? this.#number(0xfff) : undefined);
    if (text === 'less' || text === 'greater') {
      const limit = { number: this.#number(0xffff_ffff) };
      return relate({ length: true }, text === 'less' ? '<=' : '>=', limit) as Question;
    }
    this.#next--;
    if (kind === 'end') this.#fail('something is expected here');
    if (text === 'inbound' || text === 'outbound')
      this.#fail('the direction is no part of a filter here: it is an option');
    if (kind === 'word') {
      const near = closest(text, words);
      this.#fail(`${JSON.stringify(text)} is unknown${near === undefined ? '' : `; did you mean '${near}'?`}`);
    }
    throw faultAt(this.#text, at, `${this.#said()} stands alone: say what it is, as in 'host 192.0.2.1' or 'port 80'`);
  }

  #protocolAlone(protocol: Protocol, at: number): Question {
    if (protocol === 'ether') this.#fail("'ether' needs more: host, src, dst, proto, broadcast or multicast", at);
    if (isNetwork(protocol)) return this.#packets.protocol(protocol);
    const [number, by] = carried[protocol];
    return by === 'either' ? this.#packets.carriedByEither(number) : this.#packets.carried(by, number);
  }

  #broadcast(protocol: Protocol | undefined, at: number): Question {
    if (protocol !== undefined && protocol !== 'ether')
      this.#fail('only Ethernet has a broadcast address that is known', at);
    this.#needEthernet(at);
    return this.#packets.hardwareAddress(new Uint8Array(6).fill(255), 'dst');
  }

  #multicast(protocol: Protocol | undefined, at: number): Question {
    if (protocol === 'ip' || protocol === 'ip6') return this.#packets.multicast(protocol);
    if (protocol !== undefined && protocol !== 'ether') this.#fail(`${protocol} has no multicast`, at);
    this.#needEthernet(at);
    return this.#packets.etherMulticast();
  }

  #needEthernet(at: number): void {
    if (!this.#packets.hasEthernet) this.#fail('packets of this interface are not of Ethernet', at);
  }

  /** Whether an address, a number, or a list of these stands here, with what is before it left out. */
  #isValue(): boolean {
    let at = this.#next;
    while (this.#tokens[at]?.text === '(') at++;
    const token = this.#tokens[at];
    if (token === undefined) return false;
    if (token.kind === 'number') return !this.#computes(at);
    if (token.kind === 'word') return token.text.startsWith('\\') || this.#isServiceHere(token.text);
    return ['ipv4', 'ipv6', 'mac'].includes(token.kind);
  }

  /** A number at which a calculation begins. */
  #computes(at: number): boolean {
    const sign = this.#tokens[at + 1]?.text ?? '';
    return relations.includes(sign) || calculations.some((signs) => (signs as readonly string[]).includes(sign));
  }

  #isServiceHere(text: string): boolean {
    const kind = this.#qualifiers?.kind;
    return (kind === 'port' || kind === 'portrange') && Object.hasOwn(services, text);
  }

  /** One, or `(80 or 443)`, or `not 80`. */
  #value(qualifiers: Qualifiers): Question {
    if (this.#takeOne('not', '!') !== undefined) return { not: this.#value(qualifiers) };
    if (this.#takeOne('(') === undefined) return this.#one(qualifiers);
    this.#deepen();
    const question = this.#joined(() => this.#value(qualifiers));
    this.#depth--;
    this.#expect(')');
    return question;
  }

  #one({ protocol, end = 'either', kind }: Qualifiers): Question {
    const begin = this.#next;
    if (protocol === 'ether' && kind !== 'proto') return this.#hardwareHost(end, kind, begin);
    switch (kind) {
      case 'port':
      case 'portrange':
        return this.#port(protocol, end, kind, begin);
      case 'proto':
        return this.#protocolNumber(protocol, begin);
      default:
        return this.#host(protocol, end, kind, begin);
    }
  }

  #hardwareHost(end: End, kind: Kind | undefined, begin: number): Question {
    if (kind !== undefined && kind !== 'host') this.#fail(`'ether' has no ${kind}`, begin);
    this.#needEthernet(begin);
    if (this.#token.kind !== 'mac') this.#fail('a hardware address such as 52:54:00:12:34:56 is expected');
    const bytes = this.#take()
      .text.split(/[:-]/)
      .map((part) => Number.parseInt(part, 16));
    return this.#packets.hardwareAddress(Uint8Array.from(bytes), end);
  }

  #port(protocol: Protocol | undefined, end: End, kind: Kind, begin: number): Question {
    if (protocol !== undefined && !hasPorts(protocol)) this.#fail(`${protocol} has no ports`, begin);
    const of = protocol === undefined ? (Object.keys(withPorts) as PortProtocol[]) : [protocol];
    const first = this.#portNumber();
    const last = kind === 'portrange' && this.#takeOne('-') !== undefined ? this.#portNumber() : first;
    return this.#packets.ports(of, Math.min(first, last), Math.max(first, last), end);
  }

  #portNumber(): number {
    const { kind, text } = this.#token;
    if (kind !== 'word') return this.#number(0xffff, 'a port');
    const name = text.replace(/^\\/, '');
    if (!Object.hasOwn(services, name)) this.#fail(`the port ${JSON.stringify(name)} is not known by name`);
    this.#next++;
    return services[name as keyof typeof services];
  }

  #protocolNumber(protocol: Protocol | undefined, begin: number): Question {
    const { kind, text } = this.#token;
    const name = kind === 'word' ? text.replace(/^\\/, '') : undefined;
    if (protocol === 'ether') {
      if (name !== undefined && isNetwork(name)) {
        this.#next++;
        return this.#packets.protocol(name);
      }
      const type = this.#number(0xffff, 'a type of Ethernet');
      if (type <= 1500) this.#fail('types of Ethernet begin above 1500', begin);
      return this.#packets.etherType(type);
    }
    const number = name === undefined ? this.#number(0xff, 'a protocol') : this.#protocolNamed(name);
    if (protocol === undefined) return this.#packets.carriedByEither(number);
    if (protocol !== 'ip' && protocol !== 'ip6') this.#fail(`${protocol} carries no other protocols`, begin);
    return this.#packets.carried(protocol, number);
  }

  #protocolNamed(name: string): number {
    const known: Readonly<Record<string, number>> = { icmp6: 58, carp: 112, ...protocolNumbers };
    const number = Object.hasOwn(known, name) ? known[name] : undefined;
    if (number === undefined) this.#fail(`there is no protocol ${JSON.stringify(name)}`);
    this.#next++;
    return number;
  }

  #host(protocol: Protocol | undefined, end: End, kind: Kind | undefined, begin: number): Question {
    if (protocol !== undefined && !hasAddresses(protocol))
      this.#fail(`${protocol} has no addresses of its own`, begin - 1);
    const { address, mask } = this.#network(kind);
    const ask = (by: NetworkProtocol) => this.#packets.address(by, address, mask, end);
    if (address.length === 16) {
      if (protocol !== undefined && protocol !== 'ip6') this.#fail(`${protocol} has no addresses of IPv6`, begin);
      return ask('ip6');
    }
    if (protocol === 'ip6') this.#fail('ip6 has no addresses of IPv4', begin);
    return protocol === undefined ? { any: [ask('ip'), ask('arp'), ask('rarp')] } : ask(protocol);
  }

  /** An address, with a length or a mask behind it if it is that of a network. */
  #network(kind: Kind | undefined): { readonly address: Uint8Array; readonly mask: Uint8Array } {
    const begin = this.#next;
    const { kind: form, text } = this.#token;
    if (form === 'word') this.#fail(`an address is expected: names such as ${JSON.stringify(text)} are not looked up`);
    if (form !== 'ipv4' && form !== 'ipv6' && !(form === 'number' && kind === 'net'))
      this.#fail('an address is expected');
    this.#next++;
    const octets = text.split('.');
    const short = form !== 'ipv6' && octets.length < 4;
    if (short && kind !== 'net') this.#fail('an address has four numbers', begin);
    const address = parseIpAddress(short ? [...octets, '0', '0', '0'].slice(0, 4).join('.') : text);
    if (address === undefined) this.#fail(`${text} is no address`, begin);
    const mask = this.#mask(kind, address.length, short ? octets.length * 8 : address.length * 8);
    if (address.some((byte, index) => (byte & ~(mask[index] ?? 0)) !== 0))
      this.#fail('it has bits behind the length of the network', begin);
    return { address, mask };
  }

  #mask(kind: Kind | undefined, size: number, usual: number): Uint8Array {
    if (kind !== 'host' && this.#takeOne('/') !== undefined)
      return prefixMask(size, this.#number(size * 8, 'a length'));
    if (kind !== 'net' || this.#takeOne('mask') === undefined) return prefixMask(size, usual);
    const mask = this.#token.kind === 'ipv4' && size === 4 ? parseIpAddress(this.#token.text) : undefined;
    if (mask === undefined) this.#fail('a mask such as 255.255.255.0 is expected');
    this.#next++;
    return mask;
  }

  #number(most: number, what = 'a number'): number {
    const { kind, text } = this.#token;
    if (kind !== 'number') this.#fail(`${what} is expected, not ${this.#said()}`);
    const value = Number(text);
    if (value > most) this.#fail(`${what} is at most ${most}`);
    this.#next++;
    return value;
  }

  get #token(): Token {
    return this.#tokens[this.#next] as Token;
  }

  #take(): Token {
    const token = this.#token;
    this.#next++;
    return token;
  }

  /** Goes on if one of these words stands here. */
  #takeOne(...texts: readonly string[]): string | undefined {
    const { text } = this.#token;
    if (!texts.includes(text)) return undefined;
    this.#next++;
    return text;
  }

  #expect(text: string): void {
    if (this.#takeOne(text) === undefined) this.#fail(`'${text}' is expected, not ${this.#said()}`);
  }

  #said(): string {
    return this.#token.kind === 'end' ? 'the end' : `'${this.#token.text}'`;
  }

  #fail(reason: string, token = this.#next): never {
    throw faultAt(this.#text, this.#tokens[token]?.at ?? 0, reason);
  }
}

function prefixMask(size: number, length: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, index) => 0xff00 >> Math.min(8, Math.max(0, length - 8 * index)));
}
