import { Listener, type NetlinkEvent } from '../../connection/listener.ts';
import { KernelError } from '../../errors.ts';
import type { Namespace } from '../../namespaces/namespace.ts';
import type { Fd } from '../../native/fd.ts';
import type { Known } from '../../netlink/declarations.ts';
import { Network } from '../../network/network.ts';
import { ResourceStack } from '../../resource.ts';
import { Observer } from '../observer.ts';

export type Heard = NetlinkEvent & { readonly kind: 'message' };

/** Something to listen to. */
export interface Hearing<Place> {
  readonly protocol: number;
  readonly known: Known;
  readonly groups: readonly number[];
  /** What is not heard where that is not allowed: `firewalls`. Undefined: then nothing is. */
  readonly what?: string;
  hear(event: Heard, ear: Ear<Place>): void;
}

export interface EarOptions<Place> {
  readonly hearings: readonly Hearing<Place>[];
  readonly receiveBuffer?: number | undefined;
  overrun(): void;
  fail(error: unknown): void;
}

/**
 * Where it is listened: in a namespace of our own, in which all that are followed have numbers (an observer); or just here, in the one
 * that this process is in, which takes no right. Throws KernelError EPERM for an observer that may not be made.
 */
export class Ear<Place> implements Disposable {
  readonly observer: Observer | undefined;
  /** That of the observer. */
  readonly network: Network | undefined;
  /** By the numbers that namespaces have in the observer; here, `here`. */
  readonly places = new Map<number, Place>();
  /** What may not be heard. */
  readonly unheard: string[] = [];
  readonly #listeners: Listener[] = [];
  readonly #options: EarOptions<Place>;

  /** `owner`: the user namespace of an observer, if not our own. */
  constructor(where: 'here' | { readonly owner?: Fd }, options: EarOptions<Place>) {
    this.#options = options;
    using undo = new ResourceStack();
    if (where === 'here') this.#listen(undefined, undo);
    else this.observer = undo.use(new Observer((namespace) => this.#listen(namespace, undo), where.owner));
    this.network = this.observer && new Network(this.observer.connection);
    undo.commit();
  }

  #listen(namespace: Namespace | undefined, undo: ResourceStack): void {
    const { hearings, receiveBuffer, overrun, fail } = this.#options;
    const allNamespaces = namespace !== undefined;
    for (const { protocol, known, groups, what, hear } of hearings) {
      if (groups.length === 0) continue;
      const tell = (event: NetlinkEvent) => (event.kind === 'overrun' ? overrun() : hear(event, this));
      const where = {
        namespace: namespace?.fd,
        protocol,
        groups,
        allNamespaces,
        onlyKnown: true,
        receiveBuffer: receiveBuffer ?? 4 << 20,
      };
      try {
        this.#listeners.push(undo.use(new Listener(where, known, { tell, fail })));
      } catch (error) {
        if (what === undefined || !(error instanceof KernelError) || error.code !== 'EPERM') throw error;
        this.unheard.push(what);
      }
    }
  }

  pause(): void {
    for (const listener of this.#listeners) listener.pause();
  }

  resume(): void {
    for (const listener of this.#listeners) listener.resume();
  }

  [Symbol.dispose](): void {
    for (const listener of this.#listeners) listener[Symbol.dispose]();
    this.observer?.close();
  }
}

/** The number of the namespace that this process is in, where it is listened there. */
export const here = -1;
