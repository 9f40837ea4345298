import { type LinkMessage, linkFlag } from '../../../../netlink/families/route/link.ts';
import type { LinkView } from './view.ts';

/** The order in which `ip` names the flags of a link, which is not that of their bits. RUNNING is never named. */
const order = [
  'LOOPBACK',
  'BROADCAST',
  'POINTOPOINT',
  'MULTICAST',
  'NOARP',
  'ALLMULTI',
  'PROMISC',
  'MASTER',
  'SLAVE',
  'DEBUG',
  'DYNAMIC',
  'AUTOMEDIA',
  'PORTSEL',
  'NOTRAILERS',
  'UP',
  'LOWER_UP',
  'DORMANT',
  'ECHO',
] as const;

/** The flags of a link as `ip` tells them: with NO-CARRIER and M-DOWN, and what has no name in hexadecimal. */
export function flagWords(link: LinkMessage, view: LinkView): string[] {
  let rest = link.header.flags;
  const words: string[] = [];
  if (isUp(link) && (rest & linkFlag('RUNNING')) === 0) words.push('NO-CARRIER');
  rest &= ~linkFlag('RUNNING');
  for (const name of order) {
    if ((rest & linkFlag(name)) === 0) continue;
    words.push(name);
    rest &= ~linkFlag(name);
  }
  if (rest !== 0) words.push((rest >>> 0).toString(16));
  if (isBelowDown(link, view)) words.push('M-DOWN');
  return words;
}

export function isUp(link: LinkMessage): boolean {
  return (link.header.flags & linkFlag('UP')) !== 0;
}

/** Whether the link below this one is here, known, and down. */
function isBelowDown(link: LinkMessage, view: LinkView): boolean {
  const { link: below, linkNetnsid } = link.attributes;
  if (below === undefined || below === 0 || linkNetnsid !== undefined) return false;
  const lower = view.links.get(below);
  return lower !== undefined && !isUp(lower);
}
