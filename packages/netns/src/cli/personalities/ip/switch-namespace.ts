import { errnoMessage } from '../../../errno.ts';
import { ENOENT } from '../../../errno-numbers.ts';
import { KernelError } from '../../../errors.ts';
import type { RunDirectoryOptions } from '../../../namespaces/name-directory.ts';
import type { Namespace } from '../../../namespaces/namespace.ts';
import { misuse } from './exit.ts';

/**
 * Opens the namespace that `-netns NAME` asks for. NAME is appended to the run directory unchecked, as `ip` does; where there is no
 * such file, it may be a name of an ordinary user's own.
 *
 * This process stays where it is: sockets are made inside the namespace, and what a command may see of `/sys` and
 * `/etc` matters only to `netns exec`. Throws Exit (255) with the words of the step at which `ip` would have failed.
 */
export async function namespaceForOption(
  name: string | undefined,
  runDirectory: string,
  names: RunDirectoryOptions,
): Promise<Namespace> {
  if (name === undefined) throw cannotOpen('(null)', errnoMessage(ENOENT));
  const { openNamespace } = await import('../../../namespaces/reference.ts');
  try {
    return openNamespace({ path: `${runDirectory}/${name}` }, 'net');
  } catch (error) {
    if (error instanceof KernelError && error.syscall === 'openat') {
      const { openOwn } = await import('./own-names.ts');
      const own = error.errno === ENOENT ? openOwn(name, names) : undefined;
      if (own !== undefined) return own;
      throw cannotOpen(name, errnoMessage(error.errno));
    }
    throw misuse(`setting the network namespace "${name}" failed: ${errnoMessage(22)}\n`);
  }
}

function cannotOpen(name: string, reason: string) {
  return misuse(`Cannot open network namespace "${name}": ${reason}\n`);
}
