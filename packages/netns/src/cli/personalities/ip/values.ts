import { parseIpAddress } from '../../../wire/ip-address.ts';
import { failure, invalidArgument } from './exit.ts';
import { parseInteger, parseUnsigned } from './numbers.ts';

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

/** `on` or `off`, or Exit (1) that names the option. */
export function onOff(word: string, option: string): boolean {
  if (word === 'on' || word === 'off') return word === 'on';
  throw failure(`Error: argument of "${option}" must be "on" or "off", not "${word}"`);
}

/** The same for newer options, which `ip` reads and refuses in another way: the exit code is that of EINVAL. */
export function oneOfOnOff(word: string, option: string, code = 22): boolean {
  if (word === 'on' || word === 'off') return word === 'on';
  throw failure(`Error: argument of "${option}" must be one of "off", "on", not "${word}"`, code);
}

/** A hardware address, in the notation of the codec: two digits per byte. A dotted one is taken for an IPv4 address. */
export function hardwareAddress(word: string): string {
  if (word.includes('.')) {
    const bytes = parseIpAddress(word);
    if (bytes?.length !== 4) throw failure(`"${word}" is invalid lladdr.`);
    return toHex(bytes);
  }
  const parts = word.split(':');
  return toHex(
    parts.map((part) => {
      // As C reads it: from the first digit to the last one that there is, whatever follows.
      const digits = /^[ \t\n\v\f\r]*(?:0[xX])?([0-9a-fA-F]+)/.exec(part)?.[1];
      const byte = digits === undefined ? Number.NaN : Number.parseInt(digits, 16);
      if (!(byte <= 0xff)) throw failure(`"${part}" is invalid lladdr.`);
      return byte;
    }),
  );
}

function toHex(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':');
}
