import { formatIpAddress, parseIpAddress } from '../../../wire/ip-address.ts';
import { parseDotted } from './dotted.ts';
import { Exit, failure } from './exit.ts';
import { parseUnsigned } from './numbers.ts';
import type { Family } from './options.ts';
import { hardwareAddress } from './values.ts';

export type InetFamily = 'inet' | 'inet6';

/** An address: of IP, unless `-family` chose another family, which is then also the family of all addresses. */
export interface InetAddress {
  readonly family: Family;
  readonly bytes: Uint8Array;
}

export interface InetPrefix extends InetAddress {
  readonly length: number;
  /** A length was written, and not only implied. */
  readonly lengthGiven: boolean;
}

/** Words for the address of all zeroes. */
const anyWords = ['default', 'any', 'all'];

/** Whether a word means all zeroes of whatever family: it tells of none itself. */
export function isAnyWord(word: string): boolean {
  return anyWords.includes(word);
}

/** An address in `ip`'s notation, of this family if one is given. Throws Exit (1), which also ends a batch. */
export function address(word: string, family?: Family): InetAddress {
  const found = family === 'link' && !isAnyWord(word) ? linkAddress(word) : parseAddress(word, family);
  if (found === undefined) throw expected(`${family ?? 'any valid'} address`, word);
  return found;
}

/** An address with a length behind a slash; a missing one means all bits. Throws Exit (1), which also ends a batch. */
export function prefix(word: string, family?: Family): InetPrefix {
  if (family === 'link') throw refused(`"${word}" may be inet prefix, but it is not allowed in this context.`);
  const found = parsePrefix(word, family);
  if (found === undefined) throw expected(`${family ?? 'any valid'} prefix`, word);
  return found;
}

/** An IPv4 address, for options that word their refusal in their own way. */
export function dottedAddress(word: string): InetAddress {
  const bytes = parseDotted(word);
  if (bytes === undefined) throw failure(`Error: an IP address is expected rather than "${word}"`);
  return { family: 'inet', bytes };
}

export function toText({ bytes }: InetAddress): string {
  return formatIpAddress(bytes);
}

export function isMulticast({ family, bytes }: InetAddress): boolean {
  const [first = 0] = bytes;
  return family === 'inet' ? first >= 224 && first < 240 : first === 0xff;
}

export function isAny({ bytes }: InetAddress): boolean {
  return bytes.every((byte) => byte === 0);
}

/** Whether an address lies within a prefix. */
export function isWithin({ family, bytes }: InetAddress, outer: InetPrefix): boolean {
  if (family !== outer.family) return false;
  for (let bit = 0; bit < outer.length; bit += 8) {
    const mask = outer.length - bit >= 8 ? 0xff : (0xff00 >> (outer.length - bit)) & 0xff;
    if ((((bytes[bit / 8] ?? 0) ^ (outer.bytes[bit / 8] ?? 0)) & mask) !== 0) return false;
  }
  return true;
}

/** The broadcast address of a network (all host bits one), or its first (all zero). Undefined where there is none. */
export function hostBits({ bytes, length, family }: InetPrefix, ones: boolean): InetAddress | undefined {
  if (length > 30) return undefined;
  const host = 0xffffffff >>> length;
  const view = new DataView(Uint8Array.from(bytes).buffer);
  const network = view.getUint32(0);
  view.setUint32(0, ones ? network | host : network & ~host);
  return { family, bytes: new Uint8Array(view.buffer) };
}

function parseAddress(word: string, family: Family | undefined): InetAddress | undefined {
  if (family === 'mpls') return labelStack(word);
  if (isAnyWord(word)) {
    return { family: family ?? 'inet', bytes: new Uint8Array(family === 'inet6' ? 16 : 4) };
  }
  const found: InetFamily = word.includes(':') ? 'inet6' : 'inet';
  if (family !== undefined && family !== found) return undefined;
  const bytes = found === 'inet6' ? parseIpAddress(word) : parseDotted(word);
  return bytes === undefined ? undefined : { family: found, bytes };
}

function parsePrefix(word: string, family: Family | undefined): InetPrefix | undefined {
  if (isAnyWord(word) && family !== 'mpls') {
    return {
      family: family ?? 'inet',
      bytes: new Uint8Array(family === 'inet6' ? 16 : 4),
      length: 0,
      lengthGiven: false,
    };
  }
  const slash = word.indexOf('/');
  const found = parseAddress(slash < 0 ? word : word.slice(0, slash), family);
  if (found === undefined) return undefined;
  const bits = family === 'mpls' ? labelBits : found.bytes.length * 8;
  if (slash < 0) return { ...found, length: bits, lengthGiven: false };
  const length = parseUnsigned(word.slice(slash + 1), 32) ?? maskLength(word.slice(slash + 1), found.family);
  return length === undefined || length > bits ? undefined : { ...found, length, lengthGiven: true };
}

/** `255.255.255.0` as a length. */
function maskLength(word: string, family: Family): number | undefined {
  const bytes = family === 'inet' ? parseDotted(word) : undefined;
  if (bytes === undefined) return undefined;
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  return /^1*0*$/.test(bits) ? bits.lastIndexOf('1') + 1 : undefined;
}

const labelBits = 20;
const mostLabels = 30;

/** Labels of MPLS as its packets have them: each on top of 12 other bits, of which one says that it is the last. */
function labelStack(word: string): InetAddress | undefined {
  const numbers = word.split('/').map((part) => parseUnsigned(part, 32));
  if (numbers.length > mostLabels) return undefined;
  const view = new DataView(new ArrayBuffer(numbers.length * 4));
  for (const [index, number] of numbers.entries()) {
    if (number === undefined || number >= 1 << labelBits) return undefined;
    view.setUint32(index * 4, number * 0x1000 + (index === numbers.length - 1 ? 0x100 : 0));
  }
  return { family: 'mpls', bytes: new Uint8Array(view.buffer) };
}

/** The numbers of labels, the outermost first. */
export function labelsOf({ bytes }: InetAddress): readonly number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / 4 }, (_, index) => view.getUint32(index * 4) >>> 12);
}

/** What `ip` sends of an address as it was written: nothing for `any` and `all`, nor for `default` where no family is known. */
export function bytesSent(word: string, { bytes }: InetAddress, family: Family | undefined): Uint8Array {
  return isAnyWord(word) && (word !== 'default' || family === undefined) ? new Uint8Array(0) : bytes;
}

function linkAddress(word: string): InetAddress {
  try {
    return {
      family: 'link',
      bytes: Uint8Array.from(hardwareAddress(word).split(':'), (byte) => Number.parseInt(byte, 16)),
    };
  } catch (error) {
    if (!(error instanceof Exit)) throw error;
    throw new Exit(`${error.message}Error: link address is expected rather than "${word}".\n`, 1, true);
  }
}

function expected(what: string, word: string): Exit {
  return refused(`${what} is expected rather than "${word}".`);
}

function refused(reason: string): Exit {
  return new Exit(`Error: ${reason}\n`, 1, true);
}
