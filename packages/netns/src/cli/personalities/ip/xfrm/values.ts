import { AF_INET, AF_INET6 } from '../../../../netlink/families/route/address-families.ts';
import {
  xfrmDirections,
  type xfrmLifetimeConfig,
  xfrmModes,
  xfrmProtocols,
} from '../../../../netlink/families/xfrm/structs.ts';
import { formatIpAddress } from '../../../../wire/ip-address.ts';
import type { In } from '../../../../wire/shape.ts';
import { invalidArgument } from '../exit.ts';
import { familyNumber } from '../families.ts';
import type { InetAddress } from '../inet.ts';
import { parseUnsigned, parseUnsigned64 } from '../numbers.ts';
import type { Family } from '../options.ts';
import type { Session } from '../session.ts';
import type { Words } from '../words.ts';

export type Lifetime = { -readonly [K in keyof In<typeof xfrmLifetimeConfig>]: In<typeof xfrmLifetimeConfig>[K] };

/** An address as the kernel has it in sixteen bytes, whatever its family. */
export function wireAddress({ bytes }: Pick<InetAddress, 'bytes'>): Uint8Array {
  const filled = new Uint8Array(16);
  filled.set(bytes);
  return filled;
}

export function addressText(bytes: Uint8Array, family: number): string {
  if (family === AF_INET6) return formatIpAddress(bytes);
  return family === AF_INET ? formatIpAddress(bytes.subarray(0, 4)) : '???';
}

/** An unsigned number of 32 bits, or Exit (255): `what value is invalid`, or what else is said. */
export function number32(word: string, reason: string): number {
  const value = parseUnsigned(word, 32);
  if (value === undefined) throw invalidArgument(word, reason);
  return value;
}

export function protocolNumber(word: string): number {
  const found = Object.entries(xfrmProtocols).find(([, name]) => name === word);
  if (found === undefined) throw invalidArgument(word, 'XFRM-PROTO value is invalid');
  return Number(found[0]);
}

export const protocolText = (number: number) => xfrmProtocols[number] ?? String(number);

/** The number of a word, which is its place among the words. Throws Exit (255). */
export function placeOf(word: string, words: readonly (string | undefined)[], reason: string): number {
  const place = words.indexOf(word);
  if (place < 0) throw invalidArgument(word, reason);
  return place;
}

export const modeNumber = (word: string) => placeOf(word, xfrmModes, 'MODE value is invalid');

export const directionNumber = (word: string) => placeOf(word, xfrmDirections, 'DIR value is invalid');

/** `mark NUMBER [ mask NUMBER ]`, behind the first word. */
export function readMark(words: Words): { value: number; mask: number } {
  const value = number32(words.value(), 'MARK value is invalid\n');
  if (words.peek() !== 'mask') return { value, mask: 0xffffffff };
  words.take();
  return { value, mask: number32(words.value(), 'MASK value is invalid\n') };
}

/** Names of bits, or bits in hexadecimal, as many as there are. */
export function readFlags(words: Words, names: readonly string[]): number {
  const first = words.value();
  if (/^0x/i.test(first)) {
    const bits = parseUnsigned(first, 32);
    if (bits === undefined) throw invalidArgument(first, 'FLAG value is invalid');
    return bits;
  }
  words.putBack();
  let flags = 0;
  for (let bit = names.indexOf(first); bit >= 0; bit = names.indexOf(words.peek() ?? '')) {
    words.take();
    flags |= 1 << bit;
  }
  return flags;
}

const limits: Readonly<Record<string, Exclude<keyof Lifetime, 'rest'>>> = {
  'time-soft': 'softAddExpiresSeconds',
  'time-hard': 'hardAddExpiresSeconds',
  'time-use-soft': 'softUseExpiresSeconds',
  'time-use-hard': 'hardUseExpiresSeconds',
  'byte-soft': 'softByteLimit',
  'byte-hard': 'hardByteLimit',
  'packet-soft': 'softPacketLimit',
  'packet-hard': 'hardPacketLimit',
};

/** XFRM_INF */
export const unlimited = (1n << 64n) - 1n;

export const noLimits = (): Lifetime => ({
  softByteLimit: unlimited,
  hardByteLimit: unlimited,
  softPacketLimit: unlimited,
  hardPacketLimit: unlimited,
});

/** `limit WHAT NUMBER`, behind the first word. */
export function readLimit(words: Words, lifetime: Lifetime): void {
  const word = words.value();
  const name = limits[word];
  if (name === undefined) throw invalidArgument(word, 'LIMIT value is invalid');
  const text = words.value();
  const value = parseUnsigned64(text);
  if (value === undefined) throw invalidArgument(text, `value after "${word}" is invalid`);
  lifetime[name] = value;
}

/** Security contexts of SELinux: XFRM_SC_DOI_LSM, XFRM_SC_ALG_SELINUX. */
export function securityContext(text: string) {
  const rest = new Uint8Array([...new TextEncoder().encode(text), 0]);
  return { len: 8 + rest.length, exttype: 8, ctxAlg: 1, ctxDoi: 1, ctxLen: rest.length, rest };
}

/** The family that `-family` asks for. */
export function preferredFamily({ options }: Session): Family | undefined {
  return options.family;
}

/** Its number (AF_*), or 0. */
export function preferredNumber({ options }: Session): number {
  return familyNumber(options.family);
}
