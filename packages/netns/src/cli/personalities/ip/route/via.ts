import { AF_INET, AF_INET6 } from '../../../../netlink/families/route/address-families.ts';
import { notImplemented } from '../exit.ts';
import { address, type InetFamily, toText } from '../inet.ts';
import type { RouteFamily } from './draft.ts';

export interface Router {
  readonly family: InetFamily;
  readonly attribute:
    | { readonly gateway: string }
    | { readonly via: { readonly family: number; readonly address: string } };
}

/**
 * Reads what stands behind `via`: an address, with its family in front where that is another one than the route's. Where the family of the
 * route is not known yet, the router's is taken.
 */
export function readRouter(family: RouteFamily | undefined, take: () => string): Router {
  const word = take();
  if (word === 'link' || word === 'mpls' || word === 'bridge') throw notImplemented(`A router of the family "${word}"`);
  const named = word === 'inet' || word === 'inet6' ? word : undefined;
  const text = named === undefined ? word : take();
  const found = address(text, named ?? (family === 'mpls' ? undefined : family));
  if (family === undefined || found.family === family)
    return { family: found.family, attribute: { gateway: toText(found) } };
  const number = found.family === 'inet6' ? AF_INET6 : AF_INET;
  return { family: found.family, attribute: { via: { family: number, address: toText(found) } } };
}
