import { linkStatistics, linkStatisticsGroup } from '../../../../netlink/families/route/link-statistics.ts';
import { misuse } from '../exit.ts';
import type { JsonObject } from '../json.ts';
import type { Session } from '../session.ts';
import { mplsWays, waysText } from '../stats/counts.ts';
import { isPrefix, Words } from '../words.ts';
import { Lookup } from './lookup.ts';
import { linkHelp } from './usage.ts';

/** `ip link afstats [dev DEV]`: what address families count of a link; only MPLS does. */
export async function showAfstats(session: Session, list: readonly string[]): Promise<number> {
  const words = new Words(list);
  const connection = await session.connection();
  const lookup = new Lookup(connection);
  let index = 0;
  for (let word = words.take(); word !== undefined; word = words.take()) {
    if (word !== 'dev') {
      if (isPrefix(word, 'help')) linkHelp();
      throw misuse(`Command "${word}" is unknown, try "ip link help".\n`);
    }
    const device = words.value();
    index = lookup.indexOf(device);
    if (index === 0) {
      session.warn(`Device "${device}" does not exist.\n`);
      return 0; // as ip has it
    }
  }
  const filterMask = linkStatisticsGroup('afstats');
  const { messages } = connection.dumpSync(linkStatistics, { header: { filterMask } }, { operation: 'list counters' });
  const shown: JsonObject[] = [];
  for (const { header, attributes } of messages) {
    const mpls = attributes.afSpec?.mpls?.link;
    if (mpls === undefined || (index !== 0 && header.ifindex !== index)) continue;
    const ifname = lookup.byIndex(header.ifindex)?.attributes.ifname ?? `if${header.ifindex}`;
    const { rx, tx } = mplsWays(mpls);
    shown.push({ ifindex: header.ifindex, ifname, rx, tx });
    if (session.options.json) continue;
    const text = waysText({ rx, tx }, ' '.repeat(8), '\n');
    session.output.write(`${header.ifindex}:${ifname}\n    mpls:\n${text}\n`);
  }
  if (session.options.json) session.printJson(shown);
  return 0;
}
