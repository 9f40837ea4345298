import type { NetlinkConnection } from '../../../../connection/connection.ts';
import { type NeighbourMessage, neighbour, neighbourFlag } from '../../../../netlink/families/route/neighbour.ts';
import { DeviceNames } from '../device-names.ts';
import { dumpOf } from '../dump.ts';
import { familyNumber } from '../families.ts';
import type { Session } from '../session.ts';
import { viewOf } from '../show/view.ts';
import { type NeighbourView, neighbourJson, neighbourText } from './describe.ts';
import { isNeighbourShown, type NeighbourFilter, readNeighbourFilter, shownStates } from './filter.ts';
import { neighbourHelp } from './usage.ts';

/** `ip neighbour show …`. */
export async function showNeighbours(session: Session, words: readonly string[]): Promise<number> {
  const connection = await session.connection();
  const devices = new DeviceNames(connection);
  const filter = readNeighbourFilter(words, session.options.family, { devices, help: () => neighbourHelp() });
  const found = findNeighbours(session, connection, devices, filter, shownStates);
  printNeighbours(session, found, neighbourView(session, devices, filter));
  return 0;
}

/** The neighbours that a selector means. Throws Exit (2). */
export function findNeighbours(
  { options }: Session,
  connection: NetlinkConnection,
  devices: DeviceNames,
  filter: NeighbourFilter,
  defaultStates: number,
): readonly NeighbourMessage[] {
  const index = filter.device === undefined ? undefined : devices.needed(filter.device);
  const family = familyNumber(options.family ?? filter.family);
  const request = {
    header: { family, flags: filter.proxy ? neighbourFlag('proxy') : 0 },
    attributes: { ifindex: index, master: filter.master },
  };
  const found = dumpOf(connection, neighbour, request, 'list neighbours', 'Dump terminated', filter.proxy ? 1 : 2);
  return found.filter(
    (each) =>
      (family === 0 || each.header.family === family) &&
      (index === undefined || each.header.ifindex === index) &&
      isNeighbourShown(each, filter, defaultStates),
  );
}

export function neighbourView(session: Session, devices: DeviceNames, filter?: NeighbourFilter): NeighbourView {
  return {
    ...viewOf(session),
    deviceName: (index) => devices.nameOf(index),
    deviceKnown: filter?.device !== undefined,
  };
}

export function printNeighbours(session: Session, neighbours: readonly NeighbourMessage[], view: NeighbourView): void {
  if (session.options.json) session.printJson(neighbours.map((each) => neighbourJson(each, view)));
  else for (const each of neighbours) session.output.write(`${neighbourText(each, view)}\n`);
}
