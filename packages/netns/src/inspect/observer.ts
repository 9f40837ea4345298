import { createNamespace } from '../namespaces/namespace.ts';
import type { Fd } from '../native/fd.ts';
import { type Network, openNetwork } from '../network/network.ts';

/**
 * A network namespace of our own from which many others are looked at: each gets a number here (nsid), and links and addresses are asked
 * for by number, over one socket. Nothing changes in the namespaces that are looked at, and a number keeps none of them alive.
 *
 * Takes CAP_SYS_ADMIN here and CAP_NET_ADMIN in each; throws KernelError EPERM without the first. Linux 4.20. Close it.
 */
export class Observer implements Disposable {
  readonly network: Network;
  #next = 0;

  constructor() {
    using namespace = createNamespace('net');
    this.network = openNetwork(namespace); // its socket keeps the namespace
  }

  /** Gives a namespace a number here. Throws NetlinkError: EINVAL if it is being taken apart. */
  async register(namespace: Fd): Promise<number> {
    const number = this.#next++;
    await this.network.nsids.assign({ fd: namespace }, number);
    return number;
  }

  close(): void {
    this.network.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
