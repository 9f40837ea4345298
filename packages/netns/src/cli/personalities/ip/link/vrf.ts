import { invalidArgument } from '../exit.ts';
import type { Lookup } from './lookup.ts';

/** The index of the link of a VRF. Throws Exit for a link that is none, too. */
export function vrfIndex(lookup: Lookup, name: string): number {
  const link = lookup.named(name);
  if (link?.attributes.linkinfo?.kind !== 'vrf') throw invalidArgument(name, 'Not a valid VRF name\n');
  return link.header.index;
}
