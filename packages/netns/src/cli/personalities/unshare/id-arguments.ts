import { readFileSync } from 'node:fs';
import { type IdRange, lastId, mappedIds, type SplitRange } from '../../../process/plan/id-map.ts';
import { findNamedId, firstSubids } from '../../../process/plan/subids.ts';
import { failure } from '../util-linux/failure.ts';
import { parseUnsigned, rangeError } from '../util-linux/numbers.ts';

const program = 'unshare';

/** `--map-user U`, `--map-group G`: a name, or else a number. */
export function mappedId(kind: 'uid' | 'gid', word: string): number {
  const file = kind === 'uid' ? '/etc/passwd' : '/etc/group';
  const named = findNamedId(readOrEmpty(file), word)?.id;
  if (named !== undefined) return named;
  const parsed = parseUnsigned(word, 0, lastId);
  if ('errno' in parsed) throw failure(program, `failed to parse ${kind} '${word}'`, parsed.errno);
  return parsed.value;
}

/** `-S UID`, `-G GID`: a number. */
export function plainId(kind: 'uid' | 'gid', word: string): number {
  const parsed = parseUnsigned(word);
  if ('errno' in parsed) throw failure(program, `failed to parse ${kind}: '${word}'`, rangeError(parsed));
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
export function rangesArgument(kind: 'uid' | 'gid', word: string): readonly SplitRange[] {
  if (word === 'all') return mappedIds(read(`/proc/self/${kind}_map`));
  if (word === 'auto' || word === 'subids') return [subidRange(kind, word === 'subids')];
  const range = inOrder(word, ':') ?? outerFirst(inOrder(word, ','));
  if (range === undefined) throw failure(program, `invalid mapping '${word}'`);
  return range.count === 0 ? [] : [range];
}

function inOrder(word: string, separator: string): IdRange | undefined {
  const numbers = word.split(separator).map((each) => parseUnsigned(each));
  const [inside, outside, count] = numbers.map((each) => ('value' in each ? each.value : undefined));
  if (inside === undefined || outside === undefined || count === undefined || numbers.length > 3) return undefined;
  return { inside, outside, count };
}

/** The older form. */
function outerFirst(range: IdRange | undefined): IdRange | undefined {
  return range && { ...range, inside: range.outside, outside: range.inside };
}

/** The first line for this user in /etc/subuid or /etc/subgid; both name users. */
export function subidRange(kind: 'uid' | 'gid', asTheyAre: boolean): SplitRange {
  const uid = process.geteuid?.() ?? 0;
  const name = findNamedId(readOrEmpty('/etc/passwd'), uid)?.name;
  if (name === undefined) throw failure(program, `you (user ${uid}) don't exist.`);
  const file = kind === 'uid' ? '/etc/subuid' : '/etc/subgid';
  const range = firstSubids(read(file), { uid, name });
  if (range === undefined) throw failure(program, `no line matching user "${name}" in ${file}`);
  return asTheyAre ? { ...range, inside: range.outside } : { ...range, inside: 0, whole: true };
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
