import { address } from './families/route/address.ts';
import { link, linkProperty } from './families/route/link.ts';
import { neighbour } from './families/route/neighbour.ts';
import { neighbourTable } from './families/route/neighbour-table.ts';
import { nsid } from './families/route/nsid.ts';
import { route } from './families/route/route.ts';
import { rule } from './families/route/rule.ts';

/** Every message that the library knows. Tests, the formatter and `describeMessage` loop over it; nothing keeps a list of its own. */
export const catalogue = [link, linkProperty, address, route, rule, neighbour, neighbourTable, nsid] as const;

export type KnownMessage = (typeof catalogue)[number];

/** The declaration of a message number: `16` of NETLINK_ROUTE is `link`. */
export function declarationOf(type: number, protocol = 0): KnownMessage | undefined {
  return catalogue.find((known) => known.protocol === protocol && Object.values<number>(known.types).includes(type));
}

/** The kernel's name of a message number: `16` is `RTM_NEWLINK`; a number that is not known stays one. */
export function messageTypeName(type: number, protocol = 0): string {
  for (const known of catalogue)
    for (const [verb, number] of Object.entries(known.types))
      if (number === type && known.protocol === protocol) return `RTM_${verb.toUpperCase()}${known.kernelName}`;
  return `type ${type}`;
}
