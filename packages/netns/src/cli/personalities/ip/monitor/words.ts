import { misuse } from '../exit.ts';
import type { Family } from '../options.ts';
import { spells } from '../sub-commands.ts';
import { Words } from '../words.ts';

/** What can be watched, and the multicast groups that tell of it (RTNLGRP_*, `linux/rtnetlink.h`), by family where there are several. */
interface Topic {
  readonly words: string;
  readonly groups: Partial<Record<Family | 'any', number>>;
}

/** In the order in which `ip` compares them. */
const topics: readonly Topic[] = [
  { words: 'link*', groups: { any: 1 } },
  { words: 'address*', groups: { inet: 5, inet6: 9 } },
  { words: 'maddress*', groups: { inet: 37, inet6: 38 } },
  { words: 'route*', groups: { inet: 7, inet6: 11, mpls: 27 } },
  { words: 'mroute*', groups: { inet: 6, inet6: 10 } },
  { words: 'prefix*', groups: { inet6: 18 } },
  { words: 'neigh*', groups: { any: 3 } },
  { words: 'netconf*', groups: { inet: 24, inet6: 25, mpls: 29 } },
  { words: 'rule*', groups: { inet: 8, inet6: 19 } },
  { words: 'nsid*', groups: { any: 28 } },
  { words: 'nexthop*', groups: { any: 32 } },
  { words: 'stats', groups: { any: 36 } },
  { words: 'acaddress', groups: { inet6: 39 } },
];

export interface MonitorRequest {
  readonly groups: readonly number[];
  /** Each line begins with what it is about. */
  readonly labels: boolean;
  readonly allNamespaces: boolean;
  readonly device: string | undefined;
  /** Tell of what was written there instead of what happens. */
  readonly file: string | undefined;
}

const usage = `\
Usage: ip monitor [ all | OBJECTS ] [ label ] [ all-nsid ] [ dev DEV ]
OBJECTS := ${topics.map(({ words }) => words.replace('*', '')).join(' | ')}
`;

/** Reads the words behind `monitor`. Throws Exit. */
export function readMonitor(list: readonly string[], family: Family | undefined): MonitorRequest {
  const words = new Words(list);
  const chosen = new Set<Topic>();
  let labels = false;
  let allNamespaces = false;
  let device: string | undefined;
  let file: string | undefined;
  for (let word = words.take(); word !== undefined; word = words.take()) {
    const given = word;
    const topic = topics.find((each) => spells(each.words, given));
    if (spells('file*', given)) {
      file = words.value();
      continue;
    }
    if (spells('label*', given) && given.length > 1 && topic === undefined) labels = true;
    else if (topic !== undefined) chosen.add(topic);
    else if (given === 'all') labels = true;
    else if (spells('all-nsid*', given)) allNamespaces = true;
    else if (spells('help*', given)) throw misuse(usage);
    else if (given === 'dev') device = words.value();
    else throw misuse(`Argument "${given}" is unknown, try "ip monitor help".\n`);
  }
  const watched = chosen.size === 0 ? topics : [...chosen];
  return { groups: watched.flatMap(({ groups }) => groupsOf(groups, family)), labels, allNamespaces, device, file };
}

function groupsOf(groups: Topic['groups'], family: Family | undefined): number[] {
  const { any, ...byFamily } = groups;
  if (any !== undefined) return [any];
  return family === undefined ? Object.values(byFamily) : [byFamily[family]].filter((group) => group !== undefined);
}
