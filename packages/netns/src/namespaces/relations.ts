import { KernelError } from '../errors.ts';
import type { Namespace } from './namespace.ts';

/** How a namespace hangs together with user namespaces, as far as this process may know it. */
export interface Relations {
  /** The namespace that it was made in; only `pid` and `user` namespaces have one. */
  readonly parent: Namespace | undefined;
  /** The user namespace whose root may do all in it. */
  readonly owner: Namespace | undefined;
}

/**
 * The parent and the owner of a namespace, held open: close them. Undefined is what lies above the caller's own user or pid
 * namespace, or what the type has not. `Namespace.owner()` and `parent()` say why instead.
 *
 * Throws KernelError ENOTTY before Linux 4.9, which cannot tell. ioctl_nsfs(2).
 */
export function relationsOf(namespace: Namespace): Relations {
  const parent = namespace.type === 'pid' || namespace.type === 'user' ? ask(() => namespace.parent()) : undefined;
  try {
    return { parent, owner: ask(() => namespace.owner()) };
  } catch (error) {
    parent?.close();
    throw error;
  }
}

function ask(question: () => Namespace): Namespace | undefined {
  try {
    return question();
  } catch (error) {
    if (error instanceof KernelError && error.code === 'EPERM') return undefined;
    throw error;
  }
}
