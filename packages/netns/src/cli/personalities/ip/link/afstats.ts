import { linkStatistics, linkStatisticsGroup } from '../../../../netlink/families/route/link-statistics.ts';
import { misuse } from '../exit.ts';
import type { JsonObject } from '../json.ts';
import type { Session } from '../session.ts';
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
    const received = [mpls.rxBytes, mpls.rxPackets, mpls.rxErrors, mpls.rxDropped, mpls.rxNoroute];
    const sent = [mpls.txBytes, mpls.txPackets, mpls.txErrors, mpls.txDropped];
    const members = (counts: readonly bigint[]) => Object.fromEntries(counts.map((count, at) => [names[at], count]));
    shown.push({ ifindex: header.ifindex, ifname, rx: members(received), tx: members(sent) });
    if (!session.options.json) session.output.write(`${header.ifindex}:${ifname}\n${mplsText(received, sent)}`);
  }
  if (session.options.json) session.printJson(shown);
  return 0;
}

const names = ['bytes', 'packets', 'errors', 'dropped', 'noroute'];

/** Headings and counts in columns, each as wide as the wider of the two. */
function table(title: string, counts: readonly bigint[]): string {
  const widths = counts.map((count, at) => Math.max(String(names[at]).length, String(count).length));
  const headings = counts.map((_count, at) => String(names[at]).padStart(widths[at] ?? 0)).join(' ');
  const numbers = counts.map((count, at) => `${String(count).padStart(widths[at] ?? 0)} `).join('');
  return `        ${title}: ${headings}\n${' '.repeat(12)}${numbers}\n`;
}

function mplsText(received: readonly bigint[], sent: readonly bigint[]): string {
  return `    mpls:\n${table('RX', received)}${table('TX', sent)}`;
}
