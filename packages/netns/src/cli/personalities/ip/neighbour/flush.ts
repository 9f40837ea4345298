import { NetlinkError } from '../../../../errors.ts';
import { neighbour } from '../../../../netlink/families/route/neighbour.ts';
import { DeviceNames } from '../device-names.ts';
import { failure } from '../exit.ts';
import { flushRounds } from '../flush.ts';
import type { Session } from '../session.ts';
import { neighbourText } from './describe.ts';
import { learntStates, readNeighbourFilter } from './filter.ts';
import { findNeighbours, neighbourView } from './show.ts';
import { neighbourHelp } from './usage.ts';

/** `ip neighbour flush SELECTOR`: deletes what was learnt, and more if asked. */
export async function flushNeighbours(session: Session, words: readonly string[]): Promise<number> {
  if (words.length === 0) throw failure('Flush requires arguments.');
  const connection = await session.connection();
  const devices = new DeviceNames(connection);
  const filter = readNeighbourFilter(words, session.options.family, { devices, help: () => neighbourHelp() });
  const view = neighbourView(session, devices, filter);
  return flushRounds(session, {
    find: () => findNeighbours(session, connection, devices, filter, learntStates),
    rounds: 10,
    text: (each) => neighbourText(each, view),
    remove: ({ header, attributes: { dst } }) => {
      try {
        connection.requestSync(neighbour, 'del', { header, attributes: { dst } }, { operation: 'delete a neighbour' });
      } catch (error) {
        if (!(error instanceof NetlinkError && error.code === 'ENOENT')) throw error;
      }
    },
  });
}
