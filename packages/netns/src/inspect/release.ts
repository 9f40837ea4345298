import type { MachineNamespace } from './census.ts';
import type { Holder, Keeper } from './keeper.ts';

/** Who asks, and what they may do. */
export interface Asker {
  readonly uid: number;
  /** Whether they have CAP_SYS_ADMIN where they are. */
  readonly administrates: boolean;
  /** Names that are their own, and so come before those of the machine. */
  readonly ownNames: ReadonlySet<string>;
}

type Place = Pick<MachineNamespace, 'current' | 'keepers' | 'owner' | 'ownerUid'>;

/** What would make a keeper let go, in words that can be followed by who asks; `find` knows the other namespaces of the census. Pure. */
export function howToRelease(
  keeper: Keeper,
  namespace: Pick<MachineNamespace, 'names' | 'paths'>,
  find: (inode: number) => Place | undefined,
  asker: Asker,
): string {
  switch (keeper.kind) {
    case 'process':
      return `end process ${keeper.pid}`;
    case 'thread':
      return `the thread has to leave or end, or end process ${keeper.pid}`;
    case 'for-children':
      return `end process ${keeper.pid}`;
    case 'descriptor':
    case 'tun':
    case 'proc-file':
    case 'registered':
      return letGo([keeper]);
    case 'socket':
      return letGo(keeper.holders);
    case 'mount':
      return howToUnmount(keeper, namespace, find, asker);
    case 'in-flight':
      return `process ${keeper.receiver.pid} has to receive it and close it, or to close descriptor ${keeper.receiver.fd}, or end the process`;
    case 'child':
      return `it goes with ${keeper.type}:[${keeper.inode}]: netns why ${keeper.type}:[${keeper.inode}]`;
  }
}

/** So many others are named. */
const named = 3;

function letGo(holders: readonly Holder[]): string {
  const [first, ...others] = holders;
  if (first === undefined) return 'whoever has it has to close it';
  const one = ({ pid, tid, fd }: Holder) =>
    `descriptor ${fd} of ${tid === undefined ? '' : `thread ${tid} of `}process ${pid}`;
  if (others.length === 0) return `close ${one(first)}, or end the process`;
  // A server may have handed a socket to thousands.
  const more = others.length - named;
  const rest = more <= 1 ? others.map(one) : [...others.slice(0, named).map(one), `${more} more`];
  return `close ${one(first)}, and ${rest.join(', ')}, or end these processes`;
}

function howToUnmount(
  { path, mountNamespace, covered, raw }: Extract<Keeper, { kind: 'mount' }>,
  { names, paths }: Pick<MachineNamespace, 'names' | 'paths'>,
  find: (inode: number) => Place | undefined,
  { uid, administrates, ownNames }: Asker,
): string {
  const place = find(mountNamespace);
  const owner = place?.owner === undefined ? undefined : find(place.owner);
  const isUnderOthers = owner?.current === false;
  const perhapsAsRoot = (may: boolean, command: string) => (may ? command : `as root: ${command}`);
  const isWhole = !covered && raw === undefined;
  const own = names[paths.findIndex((each) => isOwnName(each, path, place))];
  if (own !== undefined && isWhole) return `netns del ${own}`;
  const name = names[paths.indexOf(path)];
  if (name !== undefined && place?.current && isWhole && !ownNames.has(name))
    return perhapsAsRoot(administrates && !isUnderOthers, `netns del ${name}`);
  const word = raw === undefined ? shellWord(path) : `$'${[...raw].map(escapedByte).join('')}'`;
  const first = covered ? `unmount what is mounted over ${word}, then ` : '';
  if (place?.current) return `${first}${perhapsAsRoot(administrates && !isUnderOthers, `umount ${word}`)}`;
  const viewer = place?.keepers.find((keeper) => keeper.kind === 'process');
  if (viewer !== undefined) {
    // Who made it without privilege may go there by way of the user namespace that owns it, and may not change groups.
    const passage = isUnderOthers ? ` --preserve-credentials --user=/proc/${viewer.pid}/ns/user` : '';
    const may = administrates || (isUnderOthers && owner.ownerUid === uid);
    return `${first}${perhapsAsRoot(may, `nsenter${passage} --mount=/proc/${viewer.pid}/ns/mnt umount ${word}`)}`;
  }
  return `it goes with mnt:[${mountNamespace}], which no process is in: netns why mnt:[${mountNamespace}]`;
}

/** The path of a name that an ordinary user keeps leads through a process that is in the mount namespace with the mount. */
const throughProcess = /^\/proc\/(\d+)\/root(\/.*)$/;

export function isThroughProcess(path: string): boolean {
  return throughProcess.test(path);
}

function isOwnName(path: string, mounted: string, place: Place | undefined): boolean {
  const [, pid, inside] = throughProcess.exec(path) ?? [];
  return (
    inside === mounted &&
    place?.keepers.some((keeper) => keeper.kind === 'process' && keeper.pid === Number(pid)) === true
  );
}

/** A path as it can be given to a shell, whatever is in it. */
function shellWord(path: string): string {
  if (/^[\w@%+:,./-]+$/.test(path)) return path;
  if (/^[\x20-\x7e]+$/.test(path)) return `'${path.replaceAll("'", "'\\''")}'`;
  return `$'${[...path].map(escaped).join('')}'`;
}

/** Within `$'…'`, where the bytes are no text. */
function escapedByte(byte: string): string {
  if (byte === "'" || byte === '\\') return `\\${byte}`;
  return /[\x20-\x7e]/.test(byte) ? byte : `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

/** Within `$'…'`: letters of other languages stay, what a terminal would not show does not. */
function escaped(character: string): string {
  if (character === "'" || character === '\\') return `\\${character}`;
  if (/[\p{L}\p{N}\p{P}\p{S} ]/u.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  return code < 0x80 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
}
