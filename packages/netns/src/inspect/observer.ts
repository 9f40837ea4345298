import { NetlinkConnection } from '../connection/connection.ts';
import { KernelError, NetlinkError } from '../errors.ts';
import { createNamespace, type Namespace } from '../namespaces/namespace.ts';
import type { Fd } from '../native/fd.ts';
import { Nsids } from '../network/nsids.ts';

/**
 * A network namespace of our own from which many others are looked at: each gets a number here (nsid), and links and addresses are asked
 * for by number, over one socket. Nothing changes in the namespaces that are looked at, and a number keeps none of them alive.
 *
 * Takes CAP_SYS_ADMIN here and CAP_NET_ADMIN in each; throws KernelError EPERM without the first. Linux 4.20. Close it.
 */
export class Observer implements Disposable {
  readonly connection: NetlinkConnection;
  readonly inode: number;
  readonly #nsids: Nsids;
  #next = 0;

  /** `prepare` opens what else is to be in the namespace; `owner`: the user namespace that it is to belong to, instead of our own. */
  constructor(prepare?: (namespace: Namespace) => void, owner?: Fd) {
    using namespace = createNamespace('net', owner);
    prepare?.(namespace);
    this.inode = namespace.id.ino;
    this.connection = new NetlinkConnection({ namespace: namespace.fd }); // its socket keeps the namespace
    this.#nsids = new Nsids(this.connection);
  }

  /** Gives a namespace a number here, if it has none. Throws NetlinkError: EINVAL if it is being taken apart. */
  async register(namespace: Fd): Promise<number> {
    for (;;) {
      const number = this.#next++;
      try {
        await this.#nsids.assign({ fd: namespace }, number);
        return number;
      } catch (error) {
        if (!(error instanceof NetlinkError && error.code === 'EEXIST')) throw error;
      }
      // The kernel gives numbers by itself to what devices lead to: this one may have one, or the number is another's.
      const { nsid } = await this.#nsids.get({ fd: namespace });
      if (nsid >= 0) return nsid;
    }
  }

  close(): void {
    this.connection.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** An observer, if we have the right to one; `owner`: in the user namespace that it is to belong to. */
export function openObserver(owner?: Fd): Observer | undefined {
  try {
    return new Observer(undefined, owner);
  } catch (error) {
    if (error instanceof KernelError && (error.code === 'EPERM' || error.code === 'EINVAL')) return undefined;
    throw error;
  }
}
