import type { ProcessNamespace } from '../namespaces/of-process.ts';
import { type NamespaceType, namespaceTypes } from '../namespaces/type.ts';
import type { Keeper } from './keeper.ts';
import { openByHandle } from './sources/handle.ts';
import type { NamespaceMount } from './sources/mounts.ts';
import { type SeenProcess, typeOfLink } from './sources/processes.ts';

/** A namespace of which something was found, and what keeps it. */
export interface Draft {
  readonly type: NamespaceType;
  readonly inode: number;
  id: bigint | undefined;
  readonly keepers: Keeper[];
  /** Files that lead, or led, to it. */
  readonly paths: string[];
  owner: number | undefined;
  parent: number | undefined;
  ownerUid: number | undefined;
  related: boolean;
}

/** What has been found so far: namespaces by their inode numbers, which are unique among all types. */
export class Survey {
  readonly types: ReadonlySet<NamespaceType>;
  readonly drafts = new Map<number, Draft>();

  constructor(types: readonly NamespaceType[] = namespaceTypes) {
    this.types = new Set(types);
  }

  /** The namespace with this number; a new one if it is new; undefined if nobody wants its type. */
  draft(type: NamespaceType, inode: number): Draft | undefined {
    const known = this.drafts.get(inode);
    if (known !== undefined) return known;
    if (!this.types.has(type)) return undefined;
    const unknown = { id: undefined, owner: undefined, parent: undefined, ownerUid: undefined, related: false };
    const draft: Draft = { type, inode, keepers: [], paths: [], ...unknown };
    this.drafts.set(inode, draft);
    return draft;
  }

  /** Adds what keeps a namespace, and a file that leads to it. */
  add(type: NamespaceType, inode: number, keeper: Keeper, path?: string): void {
    const draft = this.draft(type, inode);
    if (draft === undefined) return;
    draft.keepers.push(keeper);
    // One file may be gone when it is needed; of many it is enough to know some.
    if (path !== undefined && draft.paths.length < enoughPaths) draft.paths.push(path);
  }

  addProcess({ pid, inodes, strays }: SeenProcess): void {
    this.#addTask(inodes, {}, { pid }, `/proc/${pid}/ns`);
    for (const { tid, inodes: own } of strays) this.#addTask(own, inodes, { pid, tid }, `/proc/${pid}/task/${tid}/ns`);
  }

  #addTask(
    inodes: SeenProcess['inodes'],
    main: SeenProcess['inodes'],
    task: { readonly pid: number; readonly tid?: number },
    directory: string,
  ): void {
    for (const name in inodes) {
      const link = name as ProcessNamespace;
      const inode = inodes[link];
      if (inode === undefined || inode === main[link]) continue;
      const type = typeOfLink(link);
      const { pid, tid } = task;
      if (type !== link) {
        if (inode !== inodes[type]) this.add(type, inode, { kind: 'for-children', ...task }, `${directory}/${link}`);
      } else if (tid === undefined) this.add(type, inode, { kind: 'process', pid }, `${directory}/${link}`);
      else this.add(type, inode, { kind: 'thread', pid, tid }, `${directory}/${link}`);
    }
  }

  addMount({ type, inode, ...mount }: NamespaceMount, own: number | undefined): void {
    const leads = mount.mountNamespace === own && mount.raw === undefined;
    this.add(type, inode, { kind: 'mount', ...mount }, leads ? mount.path : undefined);
  }

  /** A raw descriptor of a namespace, opened by its number or by a file that leads to it; undefined if there is no way. */
  open(draft: Draft, openPath: (path: string, inode: number) => number | undefined): number | undefined {
    if (draft.id !== undefined) {
      const fd = openByHandle(draft.type, draft.inode, draft.id);
      if (fd >= 0) return fd;
    }
    for (const path of draft.paths) {
      const fd = openPath(path, draft.inode);
      if (fd !== undefined) return fd;
    }
    return undefined;
  }
}

const enoughPaths = 4;
