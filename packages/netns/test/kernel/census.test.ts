import { readlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { census } from '../../src/inspect/census.ts';
import { KernelWalk } from '../../src/inspect/kernel-list/walk.ts';
import { openMachineNamespace } from '../../src/inspect/open.ts';
import { createNamespace } from '../../src/namespaces/namespace.ts';
import { namespaceTypes } from '../../src/namespaces/type.ts';
import { answer, answerJson } from './support/cli.ts';
import { type Kept, withKept } from './support/kept.ts';
import { isRealRoot } from './support/privilege.ts';

/** Whether the kernel shows its list: it takes rights on the machine itself, and a kernel that tells its types. */
function mayWalk(): boolean {
  try {
    new KernelWalk().close();
    return true;
  } catch {
    return false;
  }
}
const hasList = mayWalk();

/** Kinds of what keeps each; what can be found without the kernel's list only as root. */
const expected: Readonly<Record<string, string>> = {
  'table of a thread': 'descriptor',
  thread: 'thread',
  process: 'process',
  'nsfs descriptor': 'descriptor',
  'opened mount': 'descriptor',
  'detached mount': 'descriptor',
  'unbound TCP socket': 'socket',
  'netlink socket': 'socket',
  tun: 'tun',
  'own mount': 'mount',
  'mount elsewhere': 'mount',
  'mount where no process is': 'mount',
  'descriptor in flight': 'in-flight',
  'socket in flight': 'in-flight',
};

/** Those that this machine lets us make: a reason is there for each that is missing. */
function made(kept: Kept): [name: string, inode: number][] {
  for (const [name, { refused }] of Object.entries(kept))
    if (refused !== undefined) expect(`${name}: ${refused}`).toMatch(/^tun: /); // no /dev/net/tun here
  return Object.entries(kept).flatMap(([name, { inode }]) => (inode === undefined ? [] : [[name, inode]]));
}

describe('census', () => {
  it('finds whatever keeps a namespace, and keeps none itself', async () => {
    await withKept(async (kept) => {
      const { namespaces, completeness } = await census({ types: ['net', 'mnt'] });
      const found = new Map(namespaces.map((each) => [each.inode, each]));
      for (const [name, inode] of made(kept)) {
        const kind = expected[name];
        const kinds = new Set(found.get(inode)?.keepers.map((keeper) => keeper.kind));
        if (kind !== undefined) expect([name, [...kinds]]).toEqual([name, [kind]]);
        if (hasList) expect([name, found.get(inode)?.references]).toEqual([name, 1]);
      }
      expect(completeness.kernel !== undefined).toBe(hasList);
      if (!hasList) expect(completeness.unseen.length).toBeGreaterThan(0);
      expect(
        (await answerJson<{ namespaces: { inode: number }[] }>('ls')).namespaces.map(({ inode }) => inode),
      ).toEqual(expect.arrayContaining(Object.keys(expected).flatMap((name) => kept[name]?.inode ?? [])));
    });
  });

  it('opens what it has found, whatever keeps it', async () => {
    await withKept(async (kept) => {
      const { namespaces } = await census({ types: ['net'] });
      const byInode = new Map(namespaces.map((each) => [each.inode, each]));
      for (const [name, inode] of made(kept)) {
        const namespace = byInode.get(inode);
        using open = namespace && openMachineNamespace(namespace);
        if (hasList) expect([name, open?.id.ino]).toEqual([name, inode]);
        else if (open !== undefined) expect(open.id.ino).toBe(inode);
      }
    });
  });

  it('finds namespaces of all types, with those above them', async () => {
    using user = createNamespace('user');
    using uts = createNamespace('uts', user.fd);
    const { namespaces } = await census();
    const find = (inode: number) => namespaces.find((each) => each.inode === inode);
    const own = (type: string) => Number(/\[(\d+)\]/.exec(readlinkSync(`/proc/self/ns/${type}`))?.[1]);
    expect(find(uts.id.ino)).toMatchObject({ type: 'uts', owner: user.id.ino, current: false });
    expect(find(user.id.ino)).toMatchObject({ type: 'user', parent: own('user'), ownerUid: process.getuid?.() });
    expect(find(user.id.ino)?.keepers).toContainEqual({ kind: 'child', type: 'uts', inode: uts.id.ino });
    for (const type of namespaceTypes) expect(find(own(type))).toMatchObject({ type, current: true });
    expect(new Set(namespaces.map(({ inode }) => inode)).size).toBe(namespaces.length);
  });

  it('tells how far it has come, and can be stopped', async () => {
    await expect(census({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  });
});

describe('the list of the kernel', () => {
  it.runIf(hasList)('has every namespace from its birth to its end, the first one first', () => {
    using walk = new KernelWalk();
    const [first] = walk.namespaces();
    expect(first?.initial).toBe(true);
    const many = Array.from({ length: 100 }, () => createNamespace('net')); // more than one page
    const inodes = many.map(({ id }) => id.ino);
    const listed = walk.namespaces();
    for (const namespace of many) {
      const entry = listed.find(({ inode }) => inode === namespace.id.ino);
      expect(entry).toMatchObject({ cookie: namespace.cookie, references: 1, initial: false });
      namespace.close();
    }
    const after = walk.namespaces().filter(({ references }) => references !== 0);
    expect(after.filter(({ inode }) => inodes.includes(inode))).toEqual([]);
  });

  it.runIf(isRealRoot && hasList)('agrees with what is shown', async () => {
    // Others make namespaces, too: between the two looks at the list none may come or go.
    await expect
      .poll(async () => (await answer('ls')).trimEnd().split('\n').at(-1), { timeout: 20_000 })
      .toMatch(/^kernel has (\d+) network namespaces?, \1 shown/);
  });
});
