import { lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { idOfFile } from './identity.ts';
import type { NameDirectory, RunDirectoryOptions } from './name-directory.ts';
import { RunDirectory } from './run-directory.ts';
import { homeOfNames, UserDirectory } from './user-directory.ts';

/** The kernel's number for the user namespace that was there first. PROC_USER_INIT_INO, `linux/proc_ns.h`. */
const firstUserNamespace = 'user:[4026531837]';

/**
 * Where names are looked for, one after the other; new ones are made in the first. Root's are those of the machine. An ordinary user
 * has a directory of their own, before that of the machine; and so has the root of the user namespace that belongs to it, whom
 * `netns exec` makes of an ordinary user.
 */
export function nameDirectories(options: RunDirectoryOptions = {}): readonly [NameDirectory, ...NameDirectory[]] {
  if (options.runDirectory !== undefined) return [new RunDirectory(options.runDirectory)];
  const machine = new RunDirectory();
  const uid = process.geteuid?.() ?? 0;
  const isRoot = uid === 0;
  const isOutside = isInFirstUserNamespace();
  if (isRoot && isOutside) return [machine];
  const home = homeOfNames(isOutside ? uid : outerUserId(uid), options.userRuntimeDirectory);
  const own = isOutside ? new UserDirectory(home) : reachableFrom(home);
  return isRoot && !own.isAround ? [machine] : [own, machine];
}

/** In a sandbox of another user namespace the names that this user has outside cannot be reached: those of the sandbox lie beside them. */
function reachableFrom(home: string): UserDirectory {
  const own = new UserDirectory(home);
  if (own.isReachable) return own;
  return new UserDirectory(`${home}-${idOfFile('/proc/self/ns/user', 'find our user namespace').ino}`);
}

/** The directory that has a name, or else the one in which it would be made. */
export function directoryWith(name: string, options: RunDirectoryOptions): NameDirectory {
  return directoriesOf([name], options)[0] as NameDirectory;
}

/** The same for each of many names. */
export function directoriesOf(names: readonly string[], options: RunDirectoryOptions): readonly NameDirectory[] {
  const directories = nameDirectories(options);
  const [first, ...others] = directories;
  if (others.length === 0) return names.map(() => first);
  const views = directories.map((directory) => ({ directory, path: directory.view()?.path }));
  return names.map((name) => views.find(({ path }) => path !== undefined && hasName(path, name))?.directory ?? first);
}

function hasName(path: string, name: string): boolean {
  return lstatSync(`${path}/${name}`, { throwIfNoEntry: false }) !== undefined;
}

function isInFirstUserNamespace(): boolean {
  try {
    return readlinkSync('/proc/self/ns/user') === firstUserNamespace;
  } catch {
    return true; // a kernel without user namespaces
  }
}

/**
 * Our user id as the user namespace around ours has it; where we are root there, that is a step of a sandbox on its way to the number that
 * we have.
 */
function outerUserId(own: number): number {
  for (const line of readFileSync('/proc/self/uid_map', 'utf8').split('\n')) {
    const [inside = 0, outside = 0, count = 0] = line.trim().split(/\s+/).map(Number);
    if (own >= inside && own < inside + count) return outside + own - inside || own;
  }
  return own;
}
