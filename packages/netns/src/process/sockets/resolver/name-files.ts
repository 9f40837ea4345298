import { fstatSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { type NamespaceRef, openNamespace } from '../../../namespaces/reference.ts';
import { AT_FDCWD, CLONE_NEWNS, O_CLOEXEC, O_NONBLOCK, O_RDONLY } from '../../../native/constants.ts';
import { Fd } from '../../../native/fd.ts';
import { inNamespace } from '../../../native/passage.ts';
import { etcDirectory } from '../../exec.ts';
import type { Home } from '../home.ts';
import { parseResolvConf, type ResolvConf } from './resolv-conf.ts';

export interface NameFileOptions {
  /** Read `/etc/resolv.conf` and `/etc/hosts` of this mount namespace (a path, a process, …), and nothing else. */
  readonly mount?: NamespaceRef | undefined;
}

export interface NameFiles {
  readonly resolvConf: ResolvConf;
  /** The text of the hosts file. */
  readonly hosts: string;
}

/**
 * The files that say how names are looked up in a namespace, as a program that `ip netns exec` starts there sees them:
 * those of `/etc/netns/NAME` if it has a name and they exist, else those of `/etc`. A file that cannot be read is empty.
 */
export function readNameFiles(home: Home, { mount }: NameFileOptions = {}): NameFiles {
  const read = (file: string): string => {
    if (mount !== undefined) return readInMountNamespace(mount, `/etc/${file}`) ?? '';
    const own = home.name === undefined ? undefined : readText(`${etcDirectory}/${home.name}/${file}`);
    return own ?? readText(`/etc/${file}`) ?? '';
  };
  // The name that a host has in another mount namespace is not to be found out.
  const host = mount === undefined ? hostname() : '';
  return { resolvConf: parseResolvConf(read('resolv.conf'), host), hosts: read('hosts') };
}

function readText(path: string | number): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** A child opens the file in there, and the descriptor appears here. */
function readInMountNamespace(ref: NamespaceRef, path: string): string | undefined {
  using mount = openNamespace(ref, 'mnt');
  const { results } = inNamespace(mount.fd, CLONE_NEWNS, `read ${path} in ${mount}`, [
    // Whoever made it may have put something there of which opening has no end, or reading.
    ['openat', AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK],
  ]);
  if (results[0] === undefined) return undefined;
  using file = Fd.adopt(results[0], path);
  const about = fstatSync(file.raw);
  return about.isFile() && about.size <= mostBytes ? readText(file.raw) : undefined;
}

const mostBytes = 64 << 20;
