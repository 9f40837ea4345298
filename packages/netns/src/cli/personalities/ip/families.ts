import {
  AF_BRIDGE,
  AF_INET,
  AF_INET6,
  AF_MPLS,
  AF_PACKET,
  AF_UNSPEC,
  addressFamilies,
} from '../../../netlink/families/route/address-families.ts';
import type { InetFamily } from './inet.ts';
import type { Family, Options } from './options.ts';

const numbers: Readonly<Record<Family, number>> = {
  inet: AF_INET,
  inet6: AF_INET6,
  link: AF_PACKET,
  mpls: AF_MPLS,
  bridge: AF_BRIDGE,
};

/** The number of what `-family` chooses; AF_UNSPEC without a choice. */
export function familyNumber(family: Family | undefined): number {
  return family === undefined ? AF_UNSPEC : numbers[family];
}

/** The name of a family in a message of the kernel. */
export function familyName(family: number): string {
  return (addressFamilies as Readonly<Record<number, string>>)[family] ?? '???';
}

/** The family that addresses on the command line must be of, if `-family` says so. */
export function inetFamilyOf({ family }: Options): InetFamily | undefined {
  return family === 'inet' || family === 'inet6' ? family : undefined;
}
