import type { xfrmSelector } from '../../../../netlink/families/xfrm/structs.ts';
import { parseIpAddress } from '../../../../wire/ip-address.ts';
import type { In, Out } from '../../../../wire/shape.ts';
import type { DeviceNames } from '../device-names.ts';
import { failure, invalidArgument, misuse } from '../exit.ts';
import { familyNumber } from '../families.ts';
import { type InetPrefix, isAnyWord, prefix } from '../inet.ts';
import { getIpProtocol, ipProtocolName } from '../ip-protocols.ts';
import { parseUnsigned } from '../numbers.ts';
import type { Family } from '../options.ts';
import type { Words } from '../words.ts';
import { addressText, wireAddress } from './values.ts';

export type Selector = In<typeof xfrmSelector>;
type Fields = { -readonly [K in keyof Selector]: Selector[K] };

/** Two ends, whose families have to agree. Throws Exit (255) that names the last word. */
export class Ends {
  src: InetPrefix | undefined;
  dst: InetPrefix | undefined;
  #given: Family | undefined;
  readonly #preferred: Family | undefined;

  constructor(preferred: Family | undefined) {
    this.#preferred = preferred;
  }

  take(end: 'src' | 'dst', word: string): void {
    const found = prefix(word, this.#preferred);
    this[end] = found;
    if (this.#preferred === undefined && isAnyWord(word)) return;
    this.#given ??= found.family;
  }

  family(last: string): Family | undefined {
    const { src, dst } = this;
    if (src !== undefined && dst !== undefined && src.family !== dst.family)
      throw invalidArgument(last, 'the same address family is required between values after "src" and "dst"');
    return this.#given ?? this.#preferred ?? src?.family ?? dst?.family;
  }
}

const withPorts = [6, 17, 132, 33];
/** ICMP, ICMPv6, and the mobility header. */
const withTypes = [1, 58, 135];
const gre = 47;
const anyPort = 0xffff;

/** What a selector says, and which words it said: for filters. */
export interface ReadSelector {
  readonly selector: Selector;
  readonly family: Family | undefined;
  readonly given: ReadonlySet<string>;
}

/** The words of a selector, as far as they go. */
export function readSelector(words: Words, preferred: Family | undefined, devices: () => DeviceNames): ReadSelector {
  const ends = new Ends(preferred);
  const fields: Fields = {};
  const given = new Set<string>();
  let last = '';
  for (;;) {
    const word = words.peek();
    if (word === 'src' || word === 'dst') {
      words.take();
      last = words.value();
      ends.take(word, last);
    } else if (word === 'dev') {
      words.take();
      last = words.value();
      fields.ifindex = devices().indexOf(last);
      if (fields.ifindex === 0) throw invalidArgument(last, 'DEV value is invalid');
    } else if (word !== undefined && upperWords.includes(word)) last = readUpper(words, fields, given);
    else break;
    given.add(word);
  }
  const family = ends.family(last);
  const { src, dst } = ends;
  if (src !== undefined) Object.assign(fields, { saddr: wireAddress(src), prefixlenS: src.length });
  if (dst !== undefined) Object.assign(fields, { daddr: wireAddress(dst), prefixlenD: dst.length });
  if (family !== undefined) fields.family = familyNumber(family);
  return { selector: fields, family, given };
}

const upperWords = ['proto', 'sport', 'dport', 'type', 'code', 'key'];

/** What is above IP: a protocol with its ports, types or key. Returns the last word. */
function readUpper(words: Words, fields: Fields, all: Set<string>): string {
  const given = new Set<string>();
  let name = '';
  let last = '';
  for (let word = words.peek(); word !== undefined && upperWords.includes(word); word = words.peek()) {
    words.take();
    last = words.value();
    given.add(word);
    all.add(word);
    if (word === 'proto') {
      name = last;
      const number = getIpProtocol(last);
      if (number === undefined) throw invalidArgument(last, 'PROTO value is invalid');
      fields.proto = number;
    } else if (word === 'key') {
      const dotted = last.includes('.') ? parseIpAddress(last) : undefined;
      const key =
        dotted === undefined ? parseUnsigned(last, 32) : new DataView(dotted.buffer, dotted.byteOffset).getUint32(0);
      if (key === undefined || (last.includes('.') && dotted?.length !== 4))
        throw misuse('value after "key" is invalid\n');
      Object.assign(fields, { sport: key >>> 16, dport: key & anyPort, sportMask: anyPort, dportMask: anyPort });
    } else {
      const value = parseUnsigned(last, word === 'sport' || word === 'dport' ? 16 : 8);
      if (value === undefined) throw invalidArgument(last, `value after "${word}" is invalid`);
      if (word === 'sport' || word === 'type') Object.assign(fields, { sport: value, sportMask: anyPort });
      else Object.assign(fields, { dport: value, dportMask: anyPort });
    }
  }
  const { proto = 0 } = fields;
  const shown = () => ipProtocolName(proto) ?? name;
  if (given.has('proto')) {
    if ((given.has('sport') || given.has('dport')) && !withPorts.includes(proto))
      throw failure(`"sport" and "dport" are invalid with PROTO value "${shown()}"`);
    if ((given.has('type') || given.has('code')) && !withTypes.includes(proto))
      throw failure(`"type" and "code" are invalid with PROTO value "${shown()}"`);
    if (given.has('key') && proto !== gre) throw failure(`"key" is invalid with PROTO value "${shown()}"`);
  }
  return last;
}

/** One line, without its end. */
export function selectorText(
  selector: Out<typeof xfrmSelector>,
  family: number,
  { deviceName, withUser }: { readonly deviceName: (index: number) => string; readonly withUser: boolean },
): string {
  const { saddr, daddr, prefixlenS, prefixlenD, proto, sport, dport, sportMask, dportMask, ifindex, user } = selector;
  const parts = [
    `src ${addressText(saddr, family)}/${prefixlenS} dst ${addressText(daddr, family)}/${prefixlenD} `,
    proto === 0 ? '' : `proto ${ipProtocolName(proto) ?? proto} `,
  ];
  if (proto === gre) {
    if (sportMask !== 0 && dportMask !== 0) parts.push(`key ${sport * 0x10000 + dport} `);
  } else {
    const [from, to] = withTypes.includes(proto) ? ['type', 'code'] : ['sport', 'dport'];
    if (sportMask !== 0) parts.push(`${from} ${sport} `);
    if (dportMask !== 0) parts.push(`${to} ${dport} `);
  }
  if (ifindex > 0) parts.push(`dev ${deviceName(ifindex)} `);
  if (withUser) parts.push(`uid ${user}`);
  return parts.join('');
}
