import type { MachineNamespace } from '../census.ts';
import type {
  Fact,
  Facts,
  NameFact,
  NamespaceFact,
  NetworkFact,
  NetworkObject,
  NetworkObjects,
  OwnersFact,
  ProgramFact,
  SnapshotHeader,
  VisibilityFact,
} from './facts.ts';

/** A network namespace of a snapshot, with what is in it. */
export interface SnapshotNetwork extends NetworkFact {
  readonly objects: { readonly [O in NetworkObject]: readonly NetworkObjects[O][] };
}

/**
 * What the machine was like: every namespace with what kept it, and every network with what was in it. `census`, `keepers`, `leaks`,
 * `topology` and `listeners` answer from one (`{ from: snapshot }`) as they would have answered then.
 */
export interface MachineSnapshot {
  readonly header: SnapshotHeader;
  readonly names: readonly NameFact[];
  /** By inode. */
  readonly namespaces: ReadonlyMap<number, NamespaceFact & { readonly namespace: MachineNamespace }>;
  readonly queues: readonly Facts['queue'][];
  /** By key: `net:[4026532281]`. */
  readonly networks: ReadonlyMap<string, SnapshotNetwork>;
  /** By the inode of the socket. */
  readonly owners: ReadonlyMap<number, OwnersFact>;
  /** By process id. */
  readonly programs: ReadonlyMap<number, ProgramFact>;
  readonly visibility: VisibilityFact;
}

/** Puts the facts of a snapshot together, one by one. Pure. */
export class SnapshotBuilder {
  #header: SnapshotHeader | undefined;
  #visibility: VisibilityFact | undefined;
  readonly #names: NameFact[] = [];
  readonly #namespaces = new Map<number, NamespaceFact>();
  readonly #queues: Facts['queue'][] = [];
  readonly #networks = new Map<
    string,
    NetworkFact & { readonly objects: { [O in NetworkObject]: NetworkObjects[O][] } }
  >();
  readonly #owners = new Map<number, OwnersFact>();
  readonly #programs = new Map<number, ProgramFact>();

  add(fact: Fact): void {
    switch (fact.fact) {
      case 'snapshot':
        this.#header = fact.value;
        break;
      case 'name':
        this.#names.push(fact.value);
        break;
      case 'namespace':
        this.#namespaces.set(fact.value.namespace.inode, fact.value);
        break;
      case 'queue':
        this.#queues.push(fact.value);
        break;
      case 'network':
        this.#networks.set(fact.value.key, { ...fact.value, objects: noObjects() });
        break;
      case 'owners':
        this.#owners.set(fact.value.socket, fact.value);
        break;
      case 'program':
        this.#programs.set(fact.value.pid, fact.value);
        break;
      case 'visibility':
        this.#visibility = fact.value;
        break;
      case 'end':
        break;
      default: {
        const objects = this.#networks.get(fact.in ?? '')?.objects;
        (objects?.[fact.fact] as unknown[] | undefined)?.push(fact.value);
      }
    }
  }

  /** Undefined if the beginning or what could be seen is missing. */
  finish(): MachineSnapshot | undefined {
    if (this.#header === undefined || this.#visibility === undefined) return undefined;
    return {
      header: this.#header,
      names: this.#names,
      namespaces: this.#namespaces,
      queues: this.#queues,
      networks: this.#networks,
      owners: this.#owners,
      programs: this.#programs,
      visibility: this.#visibility,
    };
  }
}

function noObjects(): { [O in NetworkObject]: NetworkObjects[O][] } {
  return {
    link: [],
    address: [],
    nexthop: [],
    route: [],
    rule: [],
    neighbour: [],
    socket: [],
    publication: [],
    nft: [],
  };
}
