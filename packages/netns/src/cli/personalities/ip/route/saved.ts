import { type RouteMessage, route } from '../../../../netlink/families/route/route.ts';
import { DeviceNames } from '../device-names.ts';
import { dumpOf } from '../dump.ts';
import { familyNumber } from '../families.ts';
import { typeNumber } from '../route-names.ts';
import { readSaved } from '../saved/read.ts';
import { restore } from '../saved/restore.ts';
import type { Saved } from '../saved/saved.ts';
import { encoded, verbatim } from '../saved/verbatim.ts';
import { writeSaved } from '../saved/write.ts';
import type { Session } from '../session.ts';
import { routeText } from './describe.ts';
import { readRouteFilter } from './filter.ts';
import { orNone, routeSearch, routeView } from './show.ts';
import { routeHelp } from './usage.ts';

const savedRoutes: Saved = { noun: 'route', magic: 0x45311224, declaration: route, wrongFile: 1, wrongMessage: 2 };

const local = typeNumber('local');

/** `ip route save SELECTOR`: the routes that the selector means, in the kernel's own form. */
export function saveRoutes(session: Session, words: readonly string[]): Promise<number> {
  return writeSaved(session, savedRoutes, async () => {
    const connection = await session.connection();
    const devices = new DeviceNames(connection);
    const filter = readRouteFilter(words, session.options, { devices, help: () => routeHelp() });
    const { request, matches } = routeSearch(devices, filter, session.options);
    const list = () => dumpOf(connection, verbatim(route), encoded(route, request), 'list routes');
    const found = orNone(list, filter);
    return found.filter((payload) => matches(route.decode(payload)));
  });
}

/** A route needs its source address, and a way to its gateway: these come first, wherever they stand in the file. */
const order: readonly ((message: RouteMessage) => boolean)[] = [
  ({ header }) => header.type === local,
  ({ attributes: { gateway, via } }) => gateway === undefined && via === undefined,
  () => true,
];

/** `ip route restore`: makes the routes that `ip route save` wrote. */
export function restoreRoutes(session: Session): Promise<number> {
  const rows = readSaved(savedRoutes).map((payload) => {
    const message = route.decode(payload);
    return { payload, rank: order.findIndex((comes) => comes(message)) };
  });
  rows.sort((a, b) => a.rank - b.rank);
  return restore(
    session,
    savedRoutes,
    rows.map(({ payload }) => payload),
  );
}

/** `ip route showdump`: prints what `ip route save` wrote; as text, whatever the options say. */
export async function showSavedRoutes(session: Session): Promise<number> {
  const devices = new DeviceNames(await session.connection());
  const family = session.options.family === undefined ? undefined : familyNumber(session.options.family);
  const routes = readSaved(savedRoutes).map((payload) => route.decode(payload));
  const shown = family === undefined ? routes : routes.filter(({ header }) => header.family === family);
  const view = await routeView(session, devices, shown, new Set());
  for (const each of shown) session.output.write(`${routeText(each, view)}\n`);
  return 0;
}
