import type { NetlinkConnection } from '../../../../connection/connection.ts';
import { AF_INET } from '../../../../netlink/families/route/address-families.ts';
import { type RouteMessage, RTM_F_CLONED, route } from '../../../../netlink/families/route/route.ts';
import { DeviceNames } from '../device-names.ts';
import { dumpOf } from '../dump.ts';
import { Exit } from '../exit.ts';
import { familyNumber } from '../families.ts';
import type { Options } from '../options.ts';
import type { Session } from '../session.ts';
import { viewOf } from '../show/view.ts';
import { type Fixed, type RouteView, routeJson, routeText } from './describe.ts';
import { fixedBy, isShown, mainTable, type RouteFilter, readRouteFilter } from './filter.ts';
import { routeHelp } from './usage.ts';

/** `ip route list …`. */
export async function listRoutes(session: Session, words: readonly string[]): Promise<number> {
  const connection = await session.connection();
  const devices = new DeviceNames(connection);
  const filter = readRouteFilter(words, session.options, { devices, help: () => routeHelp() });
  const routes = findRoutes(connection, devices, filter, session.options, 'Dump');
  await printRoutes(session, devices, routes, fixedBy(filter));
  return 0;
}

/** The routes that a selector means. Throws Exit (2) that says what was terminated. */
export function findRoutes(
  connection: NetlinkConnection,
  devices: DeviceNames,
  filter: RouteFilter,
  options: Options,
  what: 'Dump' | 'Flush',
): readonly RouteMessage[] {
  const { request, matches } = routeSearch(devices, filter, options);
  const ask = () => dumpOf(connection, route, request, 'list routes', `${what} terminated`);
  return (what === 'Dump' ? orNone(ask, filter) : ask()).filter(matches);
}

/** The kernel makes the main table when the first route is put into it: to list it before shows none. */
export function orNone<T>(list: () => readonly T[], { table }: RouteFilter): readonly T[] {
  try {
    return list();
  } catch (error) {
    if (table === mainTable && error instanceof Exit && error.message.includes('FIB table does not exist')) return [];
    throw error;
  }
}

/** What to ask the kernel for, and which of its answers are meant. Throws Exit. */
export function routeSearch(devices: DeviceNames, filter: RouteFilter, options: Options) {
  const indexes = {
    output: filter.device === undefined ? undefined : devices.needed(filter.device),
    input: filter.inputDevice === undefined ? undefined : devices.needed(filter.inputDevice),
  };
  const family = askedFamily(filter, options);
  const request = {
    header: {
      family: family ?? 0,
      table: filter.table < 256 ? filter.table : 0,
      flags: filter.cloned ? RTM_F_CLONED : 0,
      protocol: filter.protocol ?? 0,
    },
    attributes: { oif: indexes.output, table: filter.table === 0 ? undefined : filter.table },
  };
  return { request, matches: (each: RouteMessage) => isShown(each, filter, indexes, family) };
}

/** Of one table, `ip` shows the routes of IPv4 unless told otherwise; of all tables, those of all families. */
function askedFamily(filter: RouteFilter, { family }: Options): number | undefined {
  if (family !== undefined) return familyNumber(family);
  return filter.table === 0 ? undefined : AF_INET;
}

/** Prints routes in the way that the options ask for. */
export async function printRoutes(
  session: Session,
  devices: DeviceNames,
  routes: readonly RouteMessage[],
  fixed: ReadonlySet<Fixed>,
): Promise<void> {
  const view = await routeView(session, devices, routes, fixed);
  if (session.options.json) session.printJson(routes.map((each) => routeJson(each, view)));
  else for (const each of routes) session.output.write(`${routeText(each, view)}\n`);
}

export async function routeView(
  session: Session,
  devices: DeviceNames,
  routes: readonly RouteMessage[],
  fixed: ReadonlySet<Fixed>,
): Promise<RouteView> {
  const view = { ...viewOf(session), fixed, deviceName: (index: number) => devices.nameOf(index) };
  if (session.options.details === 0 || routes.every(({ attributes }) => attributes.nhId === undefined)) return view;
  const { nexthopInfo } = await import('../nexthop/info.ts');
  return { ...view, nexthop: nexthopInfo(await session.connection(), view) };
}
