import { readFileSync } from 'node:fs';
import { FileReader } from '../../native/file-reader.ts';
import type { Namespace } from '../namespace.ts';
import { openNamespace } from '../reference.ts';
import { relationsOf } from '../relations.ts';
import { type NamespaceType, namespaceTypes } from '../type.ts';
import { type SeenDescriptor, type SeenOpen, type SeenSocket, seeDescriptors } from './in-descriptors.ts';
import { findMounts, type SeenMount } from './in-mounts.ts';
import { type SeenProcess, seeProcesses } from './in-processes.ts';
import { namespaceOfSocket } from './of-socket.ts';

/** A namespace, and what was seen of it. */
export interface CensusEntry {
  readonly type: NamespaceType;
  readonly inode: number;
  /** The processes that are in it by their main threads, in ascending order. */
  readonly processes: readonly SeenProcess[];
  /** Where it is mounted, in the caller's mount namespace. */
  readonly mounts: readonly string[];
  /** The inodes of the namespaces above it; undefined if it has none, they may not be known, or were not asked for. */
  readonly parent: number | undefined;
  readonly owner: number | undefined;
  /** The user who made it: of `user` namespaces that no process is in. */
  readonly ownerUid: number | undefined;
}

interface Draft extends CensusEntry {
  readonly processes: SeenProcess[];
  readonly mounts: string[];
  parent: number | undefined;
  owner: number | undefined;
  ownerUid: number | undefined;
  /** A file that leads to it. */
  path: string | undefined;
}

/** Which types of namespaces are looked for, and what is asked about each. */
export interface CensusOptions {
  /** All, unless told otherwise. */
  readonly types?: readonly NamespaceType[];
  /** Ask for the parent and the owner of each namespace. */
  readonly relations?: boolean;
  /** Add the parents and owners that nothing else leads to; implies `relations`. */
  readonly ancestors?: boolean;
}

/**
 * Every namespace that can be found from here: by the processes in it, by what processes have open (namespace files and sockets),
 * and by the mounts of the own mount namespace. Close it: it holds open what has no file that leads to it.
 */
export class NamespaceCensus implements Disposable {
  readonly processes: readonly SeenProcess[];
  readonly #drafts = new Map<number, Draft>();
  readonly #held = new Map<number, Namespace>();
  readonly #types: readonly NamespaceType[];

  constructor(options: CensusOptions = {}) {
    this.#types = options.types ?? namespaceTypes;
    try {
      const reader = new FileReader();
      const open: SeenOpen = { files: [], sockets: [] };
      this.processes = seeProcesses(this.#types, reader, (pid, at) => seeDescriptors(reader, pid, at, open));
      this.#addProcesses();
      for (const file of open.files) this.#addDescriptor(file);
      if (this.#types.includes('net')) for (const socket of open.sockets) this.#addSocket(socket);
      this.#addMounts(findMounts(readFileSync('/proc/self/mountinfo', 'latin1')));
      if (options.relations || options.ancestors) this.#relateAll(options.ancestors === true);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** In the order of their inodes. */
  entries(): CensusEntry[] {
    return [...this.#drafts.values()].sort((a, b) => a.inode - b.inode);
  }

  /** The namespace that has this inode; undefined: there was none. */
  get(inode: number): CensusEntry | undefined {
    return this.#drafts.get(inode);
  }

  /** Opens a namespace of the census; undefined if it is gone or may not be opened. The caller closes it. */
  open({ inode, type }: Pick<CensusEntry, 'inode' | 'type'>): Namespace | undefined {
    const held = this.#held.get(inode);
    const path = this.#drafts.get(inode)?.path;
    try {
      if (held !== undefined) return openNamespace(held);
      if (path === undefined) return undefined;
      const namespace = openNamespace({ path }, type);
      if (namespace.id.ino === inode) return namespace;
      namespace.close(); // the process has moved on, or another one has its number by now
    } catch {}
    return undefined;
  }

  close(): void {
    for (const namespace of this.#held.values()) namespace.close();
    this.#held.clear();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #draft(type: NamespaceType, inode: number, path?: string): Draft {
    const known = this.#drafts.get(inode);
    if (known !== undefined) return known;
    const unknown = { parent: undefined, owner: undefined, ownerUid: undefined };
    const draft: Draft = { type, inode, processes: [], mounts: [], ...unknown, path };
    this.#drafts.set(inode, draft);
    return draft;
  }

  #addProcesses(): void {
    for (const process of this.processes) {
      for (const type of this.#types) {
        const inode = process.inodes[type];
        if (inode === undefined) continue;
        const known = this.#drafts.get(inode) ?? this.#draft(type, inode, `/proc/${process.pid}/ns/${type}`);
        known.processes.push(process);
      }
    }
  }

  #addDescriptor({ type, inode, pid, fd }: SeenDescriptor): void {
    if (this.#drafts.has(inode) || !this.#types.includes(type)) return;
    this.#draft(type, inode, `/proc/${pid}/fd/${fd}`);
    this.#relateHidden(inode);
  }

  readonly #seenSockets = new Set<number>();

  #addSocket(socket: SeenSocket): void {
    if (this.#seenSockets.has(socket.socket)) return;
    this.#seenSockets.add(socket.socket);
    const namespace = namespaceOfSocket(socket);
    if (namespace !== undefined && this.#hold(namespace)) this.#relateHidden(namespace.id.ino);
  }

  #addMounts(mounts: readonly SeenMount[]): void {
    for (const { type, inode, target } of mounts) {
      if (!this.#types.includes(type)) continue;
      const known = this.#drafts.has(inode);
      const draft = this.#draft(type, inode, target);
      if (!draft.mounts.includes(target)) draft.mounts.push(target);
      if (!known) this.#relateHidden(inode);
    }
  }

  /** Keeps a namespace open that was found without a file; closes it if it is known already or not wanted. */
  #hold(namespace: Namespace): boolean {
    const { type, id } = namespace;
    if (this.#drafts.has(id.ino) || !this.#types.includes(type)) {
      namespace.close();
      return false;
    }
    this.#held.set(id.ino, namespace);
    this.#draft(type, id.ino);
    return true;
  }

  /** What no process is in hangs below something that perhaps no process is in either. */
  #relateHidden(inode: number): void {
    this.#relate(inode, true);
  }

  #relateAll(ancestors: boolean): void {
    for (const { inode } of [...this.#drafts.values()]) this.#relate(inode, ancestors);
  }

  #relate(inode: number, ancestors: boolean): void {
    const draft = this.#drafts.get(inode);
    const namespace = draft && this.open(draft);
    if (draft === undefined || namespace === undefined) return;
    try {
      if (draft.type === 'user' && draft.processes.length === 0) draft.ownerUid = namespace.ownerUid();
      const { parent, owner } = relationsOf(namespace);
      draft.parent = parent?.id.ino;
      draft.owner = owner?.id.ino;
      for (const relative of [parent, owner]) {
        if (relative === undefined) continue;
        if (!ancestors) relative.close();
        else if (this.#hold(relative)) this.#relate(relative.id.ino, true);
      }
    } finally {
      namespace.close();
    }
  }
}
