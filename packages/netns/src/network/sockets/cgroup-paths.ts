import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** More directories than any machine should have; a search that found nothing by then ends. */
const mostDirectories = 100_000;

/**
 * The paths of control groups of version 2 by their ids, as far as they can be found below where they are mounted here. The id is the inode of the
 * directory: so it is on every 64-bit kernel since 5.5. cgroups(7).
 */
export function cgroupPaths(ids: ReadonlySet<bigint>): ReadonlyMap<bigint, string> {
  const paths = new Map<bigint, string>();
  const root = ids.size === 0 ? undefined : cgroupMount(readFileSync('/proc/self/mountinfo', 'utf8'));
  if (root === undefined) return paths;
  const queue = ['/'];
  for (let at = 0; at < queue.length && at < mostDirectories && paths.size < ids.size; at++) {
    const path = queue[at] ?? '/';
    try {
      const { ino } = statSync(join(root, path), { bigint: true });
      if (ids.has(ino)) paths.set(ino, path);
      for (const entry of readdirSync(join(root, path), { withFileTypes: true }))
        if (entry.isDirectory()) queue.push(join(path, entry.name));
    } catch {} // gone, or not ours to look at
  }
  return paths;
}

/** Where the hierarchy of version 2 is mounted: `36 35 98:0 /root /mount options - cgroup2 …`. proc(5). */
export function cgroupMount(mountinfo: string): string | undefined {
  for (const line of mountinfo.split('\n')) {
    const [left = '', right = ''] = line.split(' - ');
    if (!right.startsWith('cgroup2 ')) continue;
    const target = left.split(' ')[4] ?? '';
    return target.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
  }
  return undefined;
}
