import type { NetlinkConnection } from '../../../../connection/connection.ts';
import { type NexthopMessage, nexthop } from '../../../../netlink/families/route/nexthop.ts';
import { DeviceNames } from '../device-names.ts';
import { dumpOf } from '../dump.ts';
import { incompleteCommand } from '../exit.ts';
import { familyNumber } from '../families.ts';
import type { Session } from '../session.ts';
import { viewOf } from '../show/view.ts';
import { unsigned } from '../values.ts';
import { type NexthopView, nexthopJson, nexthopText } from './describe.ts';
import { type NexthopFilter, readNexthopFilter } from './filter.ts';
import { nexthopHelp } from './usage.ts';

/** `ip nexthop list …`. */
export async function listNexthops(session: Session, words: readonly string[]): Promise<number> {
  const connection = await session.connection();
  const devices = new DeviceNames(connection);
  const filter = readNexthopFilter(words, { devices, help: () => nexthopHelp() });
  const found =
    filter.id === undefined
      ? findNexthops(session, connection, filter)
      : askForNexthop(connection, filter.id, counters(session));
  printNexthops(session, found, nexthopView(session, devices));
  return 0;
}

/** `ip nexthop get id ID`. */
export async function getNexthop(session: Session, [word, id, ...more]: readonly string[]): Promise<number> {
  if (word !== 'id') nexthopHelp();
  if (id === undefined) throw incompleteCommand();
  const number = unsigned(id, 32, 'invalid id value');
  if (more.length > 0) nexthopHelp();
  const connection = await session.connection();
  const view = nexthopView(session, new DeviceNames(connection));
  printNexthops(session, askForNexthop(connection, number, counters(session)), view);
  return 0;
}

export function askForNexthop(
  connection: NetlinkConnection,
  id: number,
  wanted: { readonly opFlags?: number } = {},
): readonly NexthopMessage[] {
  return connection.requestSync(nexthop, 'get', { attributes: { id, ...wanted } }, { operation: 'ask for a nexthop' });
}

/** Counters of groups are told only if they are asked for; the second `-statistics` asks for those of the hardware. Linux 6.9. */
function counters({ options: { statistics } }: Session): { readonly opFlags?: number } {
  return statistics === 0 ? {} : { opFlags: statistics === 1 ? 1 : 3 };
}

/** The nexthops that a selector means. Throws Exit (2). */
export function findNexthops(
  session: Session,
  connection: NetlinkConnection,
  filter: NexthopFilter,
): readonly NexthopMessage[] {
  const { options } = session;
  const family = familyNumber(options.family);
  const request = {
    header: { family },
    attributes: {
      oif: filter.device,
      master: filter.master,
      ...(filter.groups ? { groups: true } : {}),
      ...(filter.fdb ? { fdb: true } : {}),
      ...counters(session),
    },
  };
  const found = dumpOf(connection, nexthop, request, 'list nexthops');
  return found.filter(
    ({ header }) =>
      (family === 0 || header.family === family) &&
      (filter.protocol === undefined || header.protocol === filter.protocol),
  );
}

export function nexthopView(session: Session, devices: DeviceNames): NexthopView {
  return { ...viewOf(session), deviceName: (index) => devices.nameOf(index) };
}

function printNexthops(session: Session, nexthops: readonly NexthopMessage[], view: NexthopView): void {
  if (session.options.json) session.printJson(nexthops.map((each) => nexthopJson(each, view)));
  else for (const each of nexthops) session.output.write(`${nexthopText(each, view)}\n`);
}
