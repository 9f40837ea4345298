import { notImplemented } from '../exit.ts';
import { familyNumber } from '../families.ts';
import { address, toText } from '../inet.ts';
import type { Family } from '../options.ts';

export interface Router {
  readonly family: Family;
  readonly attribute:
    | { readonly gateway: string }
    | { readonly via: { readonly family: number; readonly address: string } };
}

/**
 * Reads what stands behind `via`: an address, with its family in front where that is another one than the route's. Where the family of the
 * route is not known yet, the router's is taken.
 */
export function readRouter(family: Family | undefined, take: () => string): Router {
  const word = take();
  if (word === 'link' || word === 'mpls' || word === 'bridge') throw notImplemented(`A router of the family "${word}"`);
  const named = word === 'inet' || word === 'inet6' ? word : undefined;
  const text = named === undefined ? word : take();
  const found = address(text, named ?? family);
  if (family === undefined || found.family === family)
    return { family: found.family, attribute: { gateway: toText(found) } };
  return { family: found.family, attribute: { via: { family: familyNumber(found.family), address: toText(found) } } };
}
