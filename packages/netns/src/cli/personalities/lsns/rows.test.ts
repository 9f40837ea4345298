import { describe, expect, it } from 'vitest';
import type { CensusEntry } from '../../../namespaces/discover/census.ts';
import type { SeenProcess } from '../../../namespaces/discover/in-processes.ts';
import { arrangeNamespaces, arrangeProcesses, type Row } from './rows.ts';

const processes: SeenProcess[] = [
  { pid: 1, parent: 0, inodes: {} },
  { pid: 5, parent: 1, inodes: {} },
  { pid: 9, parent: 5, inodes: {} },
];
const [init, child, grandchild] = processes as [SeenProcess, SeenProcess, SeenProcess];

function entry(type: CensusEntry['type'], inode: number, members: SeenProcess[], above: Partial<CensusEntry> = {}) {
  const none = { parent: undefined, owner: undefined, ownerUid: undefined };
  return { type, inode, processes: members, mounts: [], ...none, ...above };
}

/** `10(20 30)` for a tree of inodes or pids. */
function draw(rows: readonly Row[], of: (row: Row) => number = ({ entry }) => entry.inode): string {
  return rows.map((row) => `${of(row)}${row.children.length === 0 ? '' : `(${draw(row.children, of)})`}`).join(' ');
}

const everything = () => true;
const asked = { pid: undefined, persistent: false };

describe('arrangeNamespaces', () => {
  const entries = [
    entry('net', 10, [init]),
    entry('net', 20, [child]),
    entry('net', 30, [grandchild]),
    entry('net', 40, []),
    entry('net', 50, [child]),
  ];

  it('hangs a row below the last one that shows the parent of its process', () => {
    const { tree, list } = arrangeNamespaces({ entries, processes }, { tree: 'process', ...asked }, everything);
    expect(draw(tree)).toBe('10(20(30) 50) 40');
    expect(list.map(({ entry }) => entry.inode)).toEqual([10, 20, 30, 40, 50]);
  });

  it('is a list otherwise', () => {
    const { tree } = arrangeNamespaces({ entries, processes }, { tree: 'none', ...asked }, everything);
    expect(draw(tree)).toBe('10 20 30 40 50');
  });

  it('leaves out what was not asked for', () => {
    const only = (more: object) =>
      draw(arrangeNamespaces({ entries, processes }, { tree: 'none', ...asked, ...more }, everything).tree);
    expect(only({ pid: 5 })).toBe('20 50');
    expect(only({ persistent: true })).toBe('40');
  });

  it('hangs what is below a row that is not wanted at the top', () => {
    const wanted = ({ inode }: CensusEntry) => inode !== 20;
    const { tree } = arrangeNamespaces({ entries, processes }, { tree: 'process', ...asked }, wanted);
    expect(draw(tree)).toBe('10(50) 30 40');
  });

  it('draws owners and parents first, even if they were not asked for', () => {
    const users = [
      entry('net', 5, [init], { owner: 60 }),
      entry('user', 60, [init]),
      entry('pid', 65, [init], { owner: 60 }),
      entry('user', 70, [], { parent: 60, owner: 60 }),
      entry('pid', 80, [child], { parent: 65, owner: 70 }),
    ];
    const drawn = (tree: 'owner' | 'parent', more: object = {}) =>
      draw(arrangeNamespaces({ entries: users, processes }, { tree, ...asked, ...more }, everything).tree);
    expect(drawn('owner')).toBe('60(5 65 70(80))');
    expect(drawn('parent')).toBe('60(70) 5 65(80)');
    expect(drawn('owner', { pid: 5 })).toBe('60(70(80))');
    expect(drawn('parent', { pid: 5 })).toBe('60 65(80)');
  });
});

describe('arrangeProcesses', () => {
  it('makes a tree of the parents that are inside', () => {
    const pids = ({ process }: Row) => process?.pid ?? 0;
    const inside = entry('net', 10, processes);
    const outside = entry('net', 10, [init, grandchild]);
    const drawn = (one: CensusEntry, tree: 'process' | 'none') =>
      draw(arrangeProcesses(one, processes, { tree }, everything).tree, pids);
    expect(drawn(inside, 'process')).toBe('1(5(9))');
    expect(drawn(outside, 'process')).toBe('1 9');
    expect(drawn(inside, 'none')).toBe('1 5 9');
  });
});
