import { readFileSync } from 'node:fs';
import { UnsupportedError } from '../../errors.ts';
import { mappedIds } from './id-map.ts';
import type { IdMapping } from './set-up.ts';
import type { IdMap, SpawnPlan } from './spawn-plan.ts';
import { findNamedId, firstSubids } from './subids.ts';

/** Who we are, and the files that say which ids we may have; the tests give their own. */
export interface IdFacts {
  readonly uid: number;
  readonly gid: number;
  read(file: string): string;
}

export function ownIdFacts(): IdFacts {
  return { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0, read: readOrEmpty };
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** The maps of a new user namespace in numbers. Throws UnsupportedError if the machine gives this user no further ids. */
export function resolveMaps(
  { users, groups = users }: Pick<SpawnPlan, 'users' | 'groups'>,
  facts: IdFacts,
): { readonly users?: IdMapping; readonly groups?: IdMapping } {
  return {
    ...(users === undefined ? {} : { users: resolveMap(users, facts.uid, 'uid', facts) }),
    ...(groups === undefined ? {} : { groups: resolveMap(groups, facts.gid, 'gid', facts) }),
  };
}

function resolveMap(map: IdMap, own: number, kind: 'uid' | 'gid', facts: IdFacts): IdMapping {
  if (map === 'root') return { single: { inside: 0, outside: own, count: 1 }, ranges: [] };
  if (map === 'current') return { single: { inside: own, outside: own, count: 1 }, ranges: [] };
  if (map === 'all') return { ranges: mappedIds(facts.read(`/proc/self/${kind}_map`)) };
  if (typeof map !== 'string') {
    const [only, ...more] = map;
    const single = more.length === 0 && only?.count === 1 && only.outside === own ? only : undefined;
    return single === undefined ? { ranges: map } : { single, ranges: [] };
  }
  const range = ownSubids(`/etc/sub${kind}`, facts);
  if (map === 'subids') return { ranges: [{ ...range, inside: range.outside }] };
  return { single: { inside: 0, outside: own, count: 1 }, ranges: [{ ...range, inside: 1 }] };
}

function ownSubids(file: string, { uid, read }: IdFacts) {
  const name = findNamedId(read('/etc/passwd'), uid)?.name;
  const range = firstSubids(read(file), { uid, name });
  if (range === undefined) throw new UnsupportedError('a range of further ids', `a line for ${name ?? uid} in ${file}`);
  return range;
}
