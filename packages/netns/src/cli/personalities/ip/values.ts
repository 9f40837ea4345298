import { parseDotted } from './dotted.ts';
import { failure, invalidArgument } from './exit.ts';
import { parseInteger, parseUnsigned, parseUnsigned64 } from './numbers.ts';

/** A signed number, or Exit (255) with this reason. */
export function integer(word: string, reason: string): number {
  const value = parseInteger(word);
  if (value === undefined) throw invalidArgument(word, reason);
  return value;
}

/** An unsigned number of so many bits, or Exit (255) with this reason. */
export function unsigned(word: string, bits: 8 | 16 | 32, reason: string): number {
  const value = parseUnsigned(word, bits);
  if (value === undefined) throw invalidArgument(word, reason);
  return value;
}

/** An unsigned number of 64 bits, or Exit (255) with this reason. */
export function unsigned64(word: string, reason: string): bigint {
  const value = parseUnsigned64(word);
  if (value === undefined) throw invalidArgument(word, reason);
  return value;
}

/** `on` or `off`, or Exit (1) that names the option. */
export function onOff(word: string, option: string): boolean {
  if (word === 'on' || word === 'off') return word === 'on';
  throw failure(`Error: argument of "${option}" must be "on" or "off", not "${word}"`);
}

/** The same for newer options, which `ip` reads and refuses in another way: the exit code is that of EINVAL. */
export function oneOfOnOff(word: string, option: string, code = 22): boolean {
  return oneOf(['off', 'on'], word, option, code) === 1;
}

/** The position of a word among all that there are, or Exit that names the option. */
export function oneOf(words: readonly string[], word: string, option: string, code = 22): number {
  const position = words.indexOf(word);
  if (position >= 0) return position;
  const known = words.map((each) => `"${each}"`).join(', ');
  throw failure(`Error: argument of "${option}" must be one of ${known}, not "${word}"`, code);
}

/** The longest hardware address (MAX_ADDR_LEN). */
const longest = 32;

/** A hardware address, in the notation of the codec: two digits per byte. A dotted one is taken for an IPv4 address. Throws Exit (1). */
export function hardwareAddress(word: string): string {
  const parts = word.split(':');
  const bytes = word.includes('.')
    ? parseDotted(word)
    : parts.map((part) => (/^(?:0[xX])?[0-9a-fA-F]+$/.test(part) ? Number.parseInt(part, 16) : Number.NaN));
  if (bytes === undefined || bytes.length > longest || !bytes.every((byte) => byte <= 0xff))
    throw failure(`"${word}" is invalid lladdr.`);
  return toHex(bytes);
}

function toHex(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':');
}
