import { requestOf } from './request.ts';

/** The objects of `ip` that have a bundle of their own, by the words for them that are in use. */
export const ipObjects: Readonly<Record<string, string>> = {
  a: 'address',
  addr: 'address',
  address: 'address',
  l: 'link',
  link: 'link',
  monitor: 'monitor',
  n: 'neighbour',
  neigh: 'neighbour',
  neighbor: 'neighbour',
  neighbour: 'neighbour',
  netns: 'netns',
  nex: 'nexthop',
  nexthop: 'nexthop',
  r: 'route',
  ro: 'route',
  route: 'route',
  ru: 'rule',
  rule: 'rule',
};

/** Options of `ip` that take no word of their own: behind them the object may stand. */
const plainOption = /^-(?:json|j|details|d|statistics|stats|s|pretty|p|brief|br|oneline|o|all|a|[046])$/;

/** The one that is used most of those that take the next word. */
const netnsOption = /^-(?:netns|n)$/;

/** What only shows something is asked for most, and has a smaller one. */
const showing = /^(?:show|sh|list|lst|ls|list-id)$/;

/**
 * Which of the build's bundles has all that a command line can need. Each is the whole command with only one verb inside, or `ip`
 * with only one object: the less there is to load, the sooner it starts. In doubt it is the one with everything.
 */
export function bundleOf(argv: readonly string[], name: string): string {
  const request = requestOf(argv, name);
  if (request.of === 'unknown') return 'help';
  if (request.of !== 'ip' || request.name !== 'ip') return request.of;
  const [object = '', verb = 'show'] = behindOptions(request.words);
  if (!Object.hasOwn(ipObjects, object)) return 'ip';
  return `ip-${ipObjects[object]}${showing.test(verb) ? '-show' : ''}`;
}

function behindOptions(words: readonly string[]): readonly string[] {
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (netnsOption.test(word)) at++;
    else if (!plainOption.test(word)) return words.slice(at);
  }
  return [];
}
