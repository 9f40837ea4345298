import { createNamespace } from '../namespaces/namespace.ts';

/** Whether this process may make network and mount namespaces. */
export type PrivateNamespaces = { readonly available: true } | { readonly available: false; readonly reason: string };

/**
 * Tries out whether this process may make network and mount namespaces, for tests that are to be left out where it may not.
 *
 *     const { available } = privateNamespaces();
 *     describe.skipIf(!available)('on the real kernel', …);
 *
 * `reason` is one line: what the kernel refused, and what would help. Nothing stays behind.
 */
export function privateNamespaces(): PrivateNamespaces {
  for (const type of ['net', 'mnt'] as const) {
    const refusal = refusalOf(type);
    if (refusal === undefined) continue;
    const help =
      refusalOf('user') === undefined
        ? 'run the tests as root, or under `unshare --map-root-user --mount --net`'
        : 'run the tests as root: ordinary users may not make user namespaces here';
    return { available: false, reason: `${refusal}; ${help}` };
  }
  return { available: true };
}

function refusalOf(type: 'net' | 'mnt' | 'user'): string | undefined {
  try {
    createNamespace(type).close();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
