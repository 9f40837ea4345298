/** Networks that only a device in another namespace tells of: which of them are the same in two snapshots. Pure. */
import type { LinkEnd } from '../topology.ts';
import type { LinkFact } from './facts.ts';
import type { MachineSnapshot } from './snapshot.ts';

export function isHidden(key: string): boolean {
  return key.startsWith('hidden:');
}

/**
 * What the later snapshot calls the hidden networks of the earlier one, whose numbers are each snapshot's own. One is the same if the
 * same device of the same namespace leads to the same end in it; `isSame` tells which other namespaces are the same.
 */
export function sameHidden(
  before: Pick<MachineSnapshot, 'networks'>,
  after: Pick<MachineSnapshot, 'networks'>,
  isSame: (key: string) => boolean,
): ReadonlyMap<string, string> {
  const leads = new Map<string, string>();
  for (const [from, { objects }] of after.networks)
    for (const link of objects.link) for (const { way, to } of waysOf(link)) leads.set(`${from} ${way}`, to);
  const matched = new Map<string, string>();
  const taken = new Set<string>();
  // From one hidden network a device may lead to the next.
  for (let known = -1; known < matched.size; ) {
    known = matched.size;
    for (const [key, { objects }] of before.networks) {
      const from = isHidden(key) ? matched.get(key) : isSame(key) ? key : undefined;
      if (from === undefined) continue;
      for (const link of objects.link)
        for (const { way, to } of waysOf(link)) {
          const later = leads.get(`${from} ${way}`);
          if (later === undefined || matched.has(to) || taken.has(later)) continue;
          matched.set(to, later);
          taken.add(later);
        }
    }
  }
  return matched;
}

/** How a device leads to hidden networks. */
function* waysOf({ index, peer, below, underlay }: LinkFact): Generator<{ readonly way: string; readonly to: string }> {
  for (const [kind, end] of Object.entries({ peer, below }))
    if (end !== undefined && isHidden(end.namespace)) yield { way: `${index} ${kind} ${end.index}`, to: end.namespace };
  if (underlay !== undefined && isHidden(underlay)) yield { way: `${index} underlay`, to: underlay };
}

/** An earlier device in the words of the later snapshot. */
export function linkWith(link: LinkFact, names: ReadonlyMap<string, string>): LinkFact {
  const named = (key: string) => (isHidden(key) ? (names.get(key) ?? `${key} (gone)`) : key);
  const end = ({ namespace, index }: LinkEnd) => ({ namespace: named(namespace), index });
  const { peer, below, underlay } = link;
  return {
    ...link,
    ...(peer && { peer: end(peer) }),
    ...(below && { below: end(below) }),
    ...(underlay === undefined ? {} : { underlay: named(underlay) }),
  };
}
