import type { RunDirectoryOptions } from '../../../namespaces/name-directory.ts';
import type { Namespace } from '../../../namespaces/namespace.ts';
import { openNamespace } from '../../../namespaces/reference.ts';

/** Opens a namespace by one of the names that an ordinary user has, which `ip` knows nothing of; undefined if it is none. */
export function openOwn(name: string, names: RunDirectoryOptions): Namespace | undefined {
  if (name.includes('/')) return undefined;
  try {
    return openNamespace(name, 'net', names);
  } catch {
    return undefined; // what `ip` says of the name is the answer
  }
}
