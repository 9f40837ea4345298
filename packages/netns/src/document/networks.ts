import { KernelError } from '../errors.ts';
import type { RunDirectoryOptions } from '../namespaces/name-directory.ts';
import type { Namespace } from '../namespaces/namespace.ts';
import { openNamespace } from '../namespaces/reference.ts';
import { type Network, openNetwork, openNetworks } from '../network/network.ts';
import { ResourceStack } from '../resource.ts';

interface Opened {
  readonly namespace: Namespace;
  readonly network: Network;
}

/** Namespaces that a document speaks of, by name, held open with their networks. */
export class Networks implements Disposable {
  readonly #opened = new Map<string, Opened>();
  readonly #options: RunDirectoryOptions;

  constructor(options: RunDirectoryOptions) {
    this.#options = options;
  }

  /** Opens those that exist; throws as `openNamespace` does, but not for names that there are not. */
  open(names: Iterable<string>): void {
    using undo = new ResourceStack();
    const found: [name: string, namespace: Namespace][] = [];
    for (const name of names) {
      const namespace = this.#opened.has(name) ? undefined : this.#openIfThere(name);
      if (namespace !== undefined) found.push([name, undo.use(namespace)]);
    }
    const networks = openNetworks(found.map(([, namespace]) => namespace));
    for (const [index, [name, namespace]] of found.entries()) {
      const network = networks[index];
      if (network !== undefined) this.#opened.set(name, { namespace, network });
    }
    undo.commit();
  }

  #openIfThere(name: string): Namespace | undefined {
    try {
      return openNamespace(name === '.' ? { path: '/proc/thread-self/ns/net' } : name, 'net', this.#options);
    } catch (error) {
      if (error instanceof KernelError && error.code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Takes over a namespace that is open. */
  adopt(name: string, namespace: Namespace): void {
    this.#opened.set(name, { namespace, network: openNetwork(namespace) });
  }

  /** Forgets a namespace, closing it. */
  drop(name: string): void {
    const opened = this.#opened.get(name);
    this.#opened.delete(name);
    opened?.network.close();
    opened?.namespace.close();
  }

  get names(): string[] {
    return [...this.#opened.keys()];
  }

  has(name: string): boolean {
    return this.#opened.has(name);
  }

  network(name: string): Network {
    return this.#get(name).network;
  }

  namespace(name: string): Namespace {
    return this.#get(name).namespace;
  }

  #get(name: string): Opened {
    const opened = this.#opened.get(name);
    if (opened === undefined)
      throw new KernelError({ errno: 2, syscall: 'openat', operation: `open net namespace ${JSON.stringify(name)}` });
    return opened;
  }

  [Symbol.dispose](): void {
    for (const name of this.names) this.drop(name);
  }
}
