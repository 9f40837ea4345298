import { NetlinkConnection } from '../connection/connection.ts';
import { createNamespace, type Namespace } from '../namespaces/namespace.ts';
import type { Fd } from '../native/fd.ts';
import { Nsids } from '../network/nsids.ts';
import { ResourceStack } from '../resource.ts';
import { nsidEventOf, subscribeToNsids } from './nsid-events.ts';

/**
 * Tells when namespaces have really ended: no process, descriptor, socket or mount anywhere holds them any more, and their devices
 * are gone.
 *
 * The kernel announces the end of a namespace (RTM_DELNSID) to every namespace that has an id for it. So we make a scratch
 * namespace, give the ones in question ids there, and let go of them: an id holds nothing, and the user's namespaces do not
 * change. No polling, and keepers that nobody can see count as well.
 *
 * The announcement comes when the kernel begins to take a namespace apart. It does so in batches, one after the other
 * (cleanup_net in net/core/net_namespace.c). So a marker, a second scratch namespace, is dropped after the last
 * announcement: it can only be in a later batch, and its own announcement says that the batches before are done.
 *
 * Needs CAP_SYS_ADMIN, as removing a name does, or a user namespace that gives it. Linux 4.1.
 */
export class EndWatch implements Disposable {
  readonly #resources: ResourceStack;
  readonly #nsids: Nsids;
  readonly #events: ReturnType<typeof subscribeToNsids>;
  readonly #marker: Namespace;
  /** Ids of what has not ended. */
  readonly #pending = new Set<number>();
  #next = 0;

  private constructor(
    resources: ResourceStack,
    nsids: Nsids,
    events: ReturnType<typeof subscribeToNsids>,
    marker: Namespace,
  ) {
    this.#resources = resources;
    this.#nsids = nsids;
    this.#events = events;
    this.#marker = marker;
  }

  /** `owner`: the user namespace that its own namespaces are to belong to; by default this process's own. */
  static open(owner?: Fd): EndWatch {
    const resources = new ResourceStack();
    try {
      using scratch = createNamespace('net', owner);
      // Made now: making one later would wait for the locks that taking others apart needs.
      const marker = resources.use(createNamespace('net', owner));
      const nsids = new Nsids(resources.use(new NetlinkConnection({ namespace: scratch.fd })));
      const events = subscribeToNsids(scratch.fd);
      resources.defer(() => void events.return?.());
      return new EndWatch(resources, nsids, events, marker);
    } catch (error) {
      resources[Symbol.dispose]();
      throw error;
    }
  }

  /** Watches a namespace; gives the number to ask for it. The caller must close what it holds of it, or it never ends. */
  async add(namespace: Namespace): Promise<number> {
    const subject = { fd: namespace.fd };
    const known = (await this.#nsids.get(subject)).nsid;
    if (known >= 0) return known;
    const number = this.#next++; // not the kernel's choice: it would give the number of an ended one again
    await this.#nsids.assign(subject, number);
    this.#pending.add(number);
    return number;
  }

  hasEnded(number: number): boolean {
    return !this.#pending.has(number);
  }

  /**
   * Waits until all have ended and their devices are gone, but no longer than `milliseconds`. Returns whether that is so. `hasEnded`
   * may be true of all although it is not: then devices may still be on their way out. To be called once.
   */
  async wait(milliseconds: number): Promise<boolean> {
    const marker = await this.add(this.#marker);
    let done = false;
    const timer = setTimeout(() => void this.#events.return?.(), milliseconds);
    try {
      this.#dropMarkerIfLast(marker);
      for await (const event of this.#events) {
        const change = nsidEventOf(event);
        if (change === 'lost') await this.#resynchronise();
        else if (change?.gone) this.#pending.delete(change.nsid);
        this.#dropMarkerIfLast(marker);
        done = this.#pending.size === 0;
        if (done) break;
      }
      return done;
    } finally {
      clearTimeout(timer);
    }
  }

  #dropMarkerIfLast(marker: number): void {
    if (this.#pending.size === 1 && this.#pending.has(marker)) this.#marker.close();
  }

  async #resynchronise(): Promise<void> {
    const alive = new Set((await this.#nsids.list()).map(({ nsid }) => nsid));
    for (const nsid of [...this.#pending]) if (!alive.has(nsid)) this.#pending.delete(nsid);
  }

  [Symbol.dispose](): void {
    this.#resources[Symbol.dispose]();
  }
}
