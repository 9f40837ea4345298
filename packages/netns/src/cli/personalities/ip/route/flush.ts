import { writeFileSync } from 'node:fs';
import { NetlinkError } from '../../../../errors.ts';
import { type RouteMessage, type RouteMessageInput, route } from '../../../../netlink/families/route/route.ts';
import { DeviceNames } from '../device-names.ts';
import { failure, notImplemented } from '../exit.ts';
import { flushRounds } from '../flush.ts';
import type { Session } from '../session.ts';
import { routeText } from './describe.ts';
import { fixedBy, readRouteFilter } from './filter.ts';
import { findRoutes, routeView } from './show.ts';
import { routeHelp } from './usage.ts';

/** Writing here makes the kernel forget what it learnt about IPv4 routes. */
const forget = '/proc/sys/net/ipv4/route/flush';

/** `ip route flush SELECTOR`: deletes the routes that the selector means. */
export async function flushRoutes(session: Session, words: readonly string[]): Promise<number> {
  if (words.length === 0) throw failure('"ip route flush" requires arguments.');
  const connection = await session.connection();
  const devices = new DeviceNames(connection);
  const filter = readRouteFilter(words, session.options, { devices, help: () => routeHelp() });
  if (filter.cloned && filter.family !== 'inet6') {
    if (session.namespace !== undefined) throw notImplemented('"ip -netns NAME route flush cache"');
    writeFileSync(forget, '-1');
    if (session.options.statistics > 0) session.output.write('*** IPv4 routing cache is flushed.\n');
    if (filter.family === 'inet') return 0;
  }
  const view = await routeView(session, devices, [], fixedBy(filter));
  return flushRounds(session, {
    find: () => findRoutes(connection, devices, filter, session.options, 'Flush'),
    rounds: 10,
    text: (each) => routeText(each, view),
    remove: (each) => {
      try {
        connection.requestSync(route, 'del', asRequest(each), { operation: 'delete a route' });
      } catch (error) {
        if (!(error instanceof NetlinkError && error.code === 'ESRCH')) throw error;
      }
    },
  });
}

/** What is known of a route, as a request for it; of a nexthop object only the number, which the kernel takes alone. */
function asRequest({ header, attributes }: RouteMessage): RouteMessageInput {
  const { unknown: _unknown, cacheinfo: _cacheinfo, ...rest } = attributes;
  if (rest.nhId === undefined) return { header, attributes: rest };
  const { gateway: _gateway, via: _via, oif: _oif, multipath: _multipath, encap: _encap, ...byId } = rest;
  return { header: { ...header, type: 0 }, attributes: byId };
}
