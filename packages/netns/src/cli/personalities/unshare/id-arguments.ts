import { readFileSync } from 'node:fs';
import { allIds, type IdRange } from '../../../process/plan/id-map.ts';
import { findNamedId, firstSubids } from '../../../process/plan/subids.ts';
import { failure } from '../util-linux/failure.ts';
import { parseUnsigned } from '../util-linux/numbers.ts';

const program = 'unshare';

/** `--map-user U`, `--map-group G`: a name, or else a number. */
export function mappedId(kind: 'uid' | 'gid', word: string): number {
  const file = kind === 'uid' ? '/etc/passwd' : '/etc/group';
  const named = findNamedId(readOrEmpty(file), word)?.id;
  if (named !== undefined) return named;
  const parsed = parseUnsigned(word);
  if ('errno' in parsed) throw failure(program, `failed to parse ${kind} '${word}'`, parsed.errno);
  return parsed.value;
}

/** `-S UID`, `-G GID`: a number. */
export function plainId(kind: 'uid' | 'gid', word: string): number {
  const parsed = parseUnsigned(word);
  if ('errno' in parsed) throw failure(program, `failed to parse ${kind}: '${word}'`);
  return parsed.value;
}

/** `--owner UID:GID`. */
export function ownerArgument(word: string): { readonly uid: number; readonly gid: number } {
  const [uid = '', gid = '', ...more] = word.split(':');
  const [user, group] = [parseUnsigned(uid), parseUnsigned(gid)];
  if ('errno' in user || 'errno' in group || more.length > 0) throw failure(program, 'failed to parse owner');
  return { uid: user.value, gid: group.value };
}

/** `--map-users R`, `--map-groups R`. */
export function rangeArgument(kind: 'uid' | 'gid', word: string): IdRange {
  if (word === 'all') return allIds;
  if (word === 'auto' || word === 'subids') return subidRange(kind, word === 'subids');
  const [, inner, outer, count] = /^(\d+):(\d+):(\d+)$/.exec(word) ?? reorder(/^(\d+),(\d+),(\d+)$/.exec(word)) ?? [];
  const numbers = [inner, outer, count].map((each) => parseUnsigned(each ?? ''));
  const [inside, outside, length] = numbers.map((each) => ('value' in each ? each.value : undefined));
  if (inside === undefined || outside === undefined || length === undefined)
    throw failure(program, `invalid mapping '${word}'`);
  return { inside, outside, count: length };
}

/** The older form has the outer id first. */
function reorder(match: RegExpExecArray | null): readonly (string | undefined)[] | undefined {
  return match === null ? undefined : [match[0], match[2], match[1], match[3]];
}

/** The first line for this user in /etc/subuid or /etc/subgid; both name users. */
export function subidRange(kind: 'uid' | 'gid', asTheyAre: boolean): IdRange {
  const uid = process.geteuid?.() ?? 0;
  const name = findNamedId(readOrEmpty('/etc/passwd'), uid)?.name;
  if (name === undefined) throw failure(program, `you (user ${uid}) don't exist.`);
  const file = kind === 'uid' ? '/etc/subuid' : '/etc/subgid';
  const range = firstSubids(read(file), { uid, name });
  if (range === undefined) throw failure(program, `no line matching user "${name}" in ${file}`);
  return { ...range, inside: asTheyAre ? range.outside : 0 };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw failure(program, `could not open '${file}'`, Math.abs((error as NodeJS.ErrnoException).errno ?? 2));
  }
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
