import { failure } from '../exit.ts';
import { familyNumber, inetFamilyOf } from '../families.ts';
import type { Options } from '../options.ts';

/** Which rules are meant: the number of the family that they belong to. */
export type RuleTables = (options: Options) => number;

/** Rules of routes: `ip rule`. */
export const ruleTables: RuleTables = ({ family }) => familyNumber(family ?? 'inet');

const RTNL_FAMILY_IPMR = 128;
const RTNL_FAMILY_IP6MR = 129;

/** Rules of multicast routes, which are in tables of their own: `ip mrule`. Throws Exit. */
export const multicastRuleTables: RuleTables = (options) => {
  const { family } = options;
  if (family !== undefined && inetFamilyOf(options) === undefined) {
    throw failure(`Multicast rules are only supported for IPv4/IPv6, was: ${familyNumber(family)}`, 255);
  }
  return family === 'inet6' ? RTNL_FAMILY_IP6MR : RTNL_FAMILY_IPMR;
};
