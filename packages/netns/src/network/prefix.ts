import { InvalidArgumentError } from '../errors.ts';
import { AF_INET, AF_INET6 } from '../netlink/families/route/address-families.ts';
import { parseIpAddress } from '../wire/ip-address.ts';

/** IP versions as `ip` names them. */
export type IpFamily = 'inet' | 'inet6';

/** A family in the kernel's numbers. */
export function familyNumber(family: IpFamily): number {
  return family === 'inet6' ? AF_INET6 : AF_INET;
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

/** The parts of `10.0.0.0/8`; an address alone is the prefix of all its bits. Throws InvalidArgumentError naming `argument`. */
export function parsePrefix(text: string, argument: string): Prefix {
  const slash = text.indexOf('/');
  const address = slash === -1 ? text : text.slice(0, slash);
  const parsed = parseIpAddress(address);
  if (parsed === undefined)
    throw new InvalidArgumentError(argument, text, 'it must be an IP address, or one with a prefix length');
  const bits = 8 * parsed.length;
  const digits = slash === -1 ? String(bits) : text.slice(slash + 1);
  const length = /^[0-9]{1,3}$/.test(digits) ? Number(digits) : Number.NaN;
  if (!(length <= bits))
    throw new InvalidArgumentError(argument, text, `the prefix length must be a whole number from 0 to ${bits}`);
  return { address, length, family: bits === 128 ? 'inet6' : 'inet' };
}

/** `/0`, `/1`, …: strings that exist already need no putting together. */
const slashed = Array.from({ length: 129 }, (_, length) => `/${length}`);

/** `10.0.0.0/8`; all of a family where there is no address. */
export function formatPrefix(address: string | undefined, length: number, family: IpFamily): string {
  return (address ?? (family === 'inet6' ? '::' : '0.0.0.0')) + (slashed[length] ?? `/${length}`);
}
