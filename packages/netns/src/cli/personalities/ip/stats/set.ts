import { linkStatistics } from '../../../../netlink/families/route/link-statistics.ts';
import { DeviceNames } from '../device-names.ts';
import { duplicateOrGarbage, failure, misuse } from '../exit.ts';
import type { Session } from '../session.ts';
import { oneOfOnOff } from '../values.ts';
import { Words } from '../words.ts';
import { statsHelp, unknownWord } from './usage.ts';

/** `ip stats set dev DEV l3_stats on|off`: whether hardware is asked to count what it forwards. Linux 5.18. */
export async function setStats(session: Session, list: readonly string[]): Promise<number> {
  const words = new Words(list);
  let device: string | undefined;
  let enabled: boolean | undefined;
  for (let word = words.take(); word !== undefined; word = words.take()) {
    if (word === 'dev') {
      const name = words.value();
      if (device !== undefined) throw duplicateOrGarbage('dev', name);
      device = name;
    } else if (word === 'help') statsHelp();
    else if (word === 'l3_stats') {
      const value = words.value();
      if (enabled !== undefined) throw failure('A statistics suite to toggle was already given.', 22);
      enabled = oneOfOnOff(value, 'l3_stats');
    } else throw unknownWord(word);
  }
  if (device === undefined) throw misuse('Not enough information: "dev" argument is required.\n');
  if (enabled === undefined) throw misuse('Not enough information: stat type to toggle is required.\n');
  const connection = await session.connection();
  const ifindex = new DeviceNames(connection).needed(device);
  const request = { header: { ifindex }, attributes: { setOffloadXstatsL3Stats: enabled } };
  connection.requestSync(linkStatistics, 'set', request, { operation: 'change what is counted' });
  return 0;
}
