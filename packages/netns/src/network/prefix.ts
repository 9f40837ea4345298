import { InvalidArgumentError } from '../errors.ts';
import { AF_INET, AF_INET6 } from '../netlink/families/route/address-families.ts';
import { ipv4Number, parseIpAddress } from '../wire/ip-address.ts';

/** IP versions as `ip` names them. */
export type IpFamily = 'inet' | 'inet6';

/** A family in the kernel's numbers. Throws InvalidArgumentError for another word. */
export function familyNumber(family: IpFamily): number {
  if (family === 'inet6') return AF_INET6;
  if (family === 'inet') return AF_INET;
  throw new InvalidArgumentError('family', family, 'it must be inet or inet6');
}

/** A family by its name; numbers other than that of IPv6 are IPv4. */
export function familyName(number: number): IpFamily {
  return number === AF_INET6 ? 'inet6' : 'inet';
}

/** An address with how many of its bits count. */
export interface Prefix {
  readonly address: string;
  readonly length: number;
  readonly family: IpFamily;
}

/** The family of an address, by its look: the address itself is checked where it is written. */
export function familyOf(text: string, argument: string): IpFamily {
  if (typeof text !== 'string') throw new InvalidArgumentError(argument, text, 'it must be an IP address');
  return text.includes(':') ? 'inet6' : 'inet';
}

/** The same address. Throws InvalidArgumentError naming `argument` where it is not of the family that all else is of. */
export function addressIn(family: IpFamily, text: string | undefined, argument: string): string | undefined {
  if (text === undefined || familyOf(text, argument) === family) return text;
  throw new InvalidArgumentError(argument, text, `it must be an ${family === 'inet6' ? 'IPv6' : 'IPv4'} address`);
}

/**
 * The parts of `10.0.0.0/8`; an address alone is the prefix of all its bits. Throws InvalidArgumentError naming `argument`, also where
 * it is not of `family`, if that is given.
 */
export function parsePrefix(text: string, argument: string, family: IpFamily = familyOf(text, argument)): Prefix {
  addressIn(family, text, argument);
  const slash = text.indexOf('/');
  const end = slash === -1 ? text.length : slash;
  const bits = family === 'inet6' ? 128 : 32;
  const sound = family === 'inet6' ? parseIpAddress(text.slice(0, end)) !== undefined : ipv4Number(text, 0, end) >= 0;
  if (!sound) throw new InvalidArgumentError(argument, text, 'it must be an IP address, or one with a prefix length');
  if (slash === -1) return { address: text, length: bits, family };
  const length = lengthIn(text, slash + 1);
  if (length < 0 || length > bits)
    throw new InvalidArgumentError(argument, text, `the prefix length must be a whole number from 0 to ${bits}`);
  return { address: text.slice(0, end), length, family };
}

/** The one to three digits that stand there up to the end; -1 for anything else. */
function lengthIn(text: string, start: number): number {
  let length = text.length > start && text.length <= start + 3 ? 0 : -1;
  for (let at = start; at < text.length && length >= 0; at++) {
    const digit = text.charCodeAt(at) - 48;
    length = digit >= 0 && digit <= 9 ? length * 10 + digit : -1;
  }
  return length;
}

/** `/0`, `/1`, …: strings that exist already need no putting together. */
const slashed = Array.from({ length: 129 }, (_, length) => `/${length}`);

/** `10.0.0.0/8`; all of a family where there is no address. */
export function formatPrefix(address: string | undefined, length: number, family: IpFamily): string {
  return (address ?? (family === 'inet6' ? '::' : '0.0.0.0')) + (slashed[length] ?? `/${length}`);
}
