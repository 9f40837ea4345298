import { NetworkNamespace } from '../api/network-namespace.ts';

/** What a namespace for a test has. */
export interface TransientNamespaceOptions {
  /** Bring the loopback device up. Default: true. */
  readonly loopback?: boolean;
}

/**
 * A network namespace for one test: nameless, with a working loopback device, and gone when it is disposed of.
 *
 *     await using ns = await transientNamespace();
 *     const server = ns.http.createServer(…);
 *
 * Throws KernelError EPERM without the right to make one: run the tests in a user namespace of their own then.
 */
export async function transientNamespace(
  options: TransientNamespaceOptions = {},
): Promise<NetworkNamespace & AsyncDisposable> {
  const namespace = NetworkNamespace.create();
  try {
    if (options.loopback !== false) await namespace.network.links.set('lo', { up: true });
  } catch (error) {
    namespace.close();
    throw error;
  }
  return Object.assign(namespace, { [Symbol.asyncDispose]: async () => namespace.close() });
}
