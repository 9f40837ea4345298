import type { NetlinkConnection } from '../../../../connection/connection.ts';
import { NetlinkError } from '../../../../errors.ts';
import type { JsonObject } from '../json.ts';
import { type NexthopView, nexthopJson, nexthopText } from './describe.ts';
import { askForNexthop } from './show.ts';

/** What `ip -details route` tells of the nexthop that a route refers to, asked for once each. */
export function nexthopInfo(connection: NetlinkConnection, view: NexthopView) {
  const known = new Map<number, { readonly text: string; readonly json: JsonObject } | undefined>();
  return (id: number) => {
    if (!known.has(id)) known.set(id, describe(connection, id, view));
    return known.get(id);
  };
}

function describe(connection: NetlinkConnection, id: number, view: NexthopView) {
  try {
    const [found] = askForNexthop(connection, id);
    if (found === undefined) return undefined;
    return { text: `\n\tnh_info ${nexthopText(found, view)}`, json: { nh_info: nexthopJson(found, view) } };
  } catch (error) {
    if (error instanceof NetlinkError) return undefined; // it went away meanwhile
    throw error;
  }
}
