import type { IdRange } from './id-map.ts';

/** Who asks for ids: files name users by name or by number. */
export interface SubidUser {
  readonly uid: number;
  readonly name: string | undefined;
}

/** The first line of /etc/subuid or /etc/subgid that is for this user: `name:first:count`. subuid(5). */
export function firstSubids(text: string, user: SubidUser): Omit<IdRange, 'inside'> | undefined {
  for (const line of text.split('\n')) {
    const [who, first, count] = line.trim().split(':');
    if (who === undefined || who.startsWith('#') || (who !== user.name && who !== String(user.uid))) continue;
    if (first === undefined || count === undefined || !/^\d+$/.test(first) || !/^\d+$/.test(count)) continue;
    return { outside: Number(first), count: Number(count) };
  }
  return undefined;
}

/** A user or group as /etc/passwd and /etc/group name it. */
export interface NamedId {
  readonly name: string;
  readonly id: number;
  /** For a user: its own group. */
  readonly gid: number | undefined;
}

/** Finds a line of /etc/passwd or /etc/group by name or number. passwd(5), group(5). */
export function findNamedId(text: string, wanted: string | number): NamedId | undefined {
  for (const line of text.split('\n')) {
    const [name, , id, gid] = line.split(':');
    if (name === undefined || id === undefined || !/^\d+$/.test(id)) continue;
    if (typeof wanted === 'string' ? name === wanted : Number(id) === wanted)
      return { name, id: Number(id), gid: gid !== undefined && /^\d+$/.test(gid) ? Number(gid) : undefined };
  }
  return undefined;
}
