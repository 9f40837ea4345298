import { describe, expect, it } from 'vitest';
import type { Keeper } from './keeper.ts';
import { type Asker, howToRelease } from './release.ts';

const nameless = { names: [], paths: [] };
const nowhere = () => undefined;
const root: Asker = { uid: 0, administrates: true, ownNames: new Set() };
const user: Asker = { uid: 1000, administrates: false, ownNames: new Set() };
const say = (keeper: Keeper) => howToRelease(keeper, nameless, nowhere, root);

describe('howToRelease', () => {
  it('names whoever has to let go', () => {
    expect(say({ kind: 'process', pid: 7 })).toBe('end process 7');
    expect(say({ kind: 'thread', pid: 7, tid: 8 })).toBe('the thread has to leave or end, or end process 7');
    expect(say({ kind: 'for-children', pid: 7 })).toBe('end process 7');
    expect(say({ kind: 'descriptor', pid: 7, tid: 8, fd: 3 })).toBe(
      'close descriptor 3 of thread 8 of process 7, or end the process',
    );
    expect(say({ kind: 'tun', pid: 7, fd: 3 })).toBe('close descriptor 3 of process 7, or end the process');
    expect(say({ kind: 'in-flight', what: 'socket', receiver: { pid: 7, fd: 4 } })).toBe(
      'process 7 has to receive it and close it, or to close descriptor 4, or end the process',
    );
    expect(say({ kind: 'registered', what: 'descriptor', pid: 7, fd: 3 })).toBe(
      'close descriptor 3 of process 7, or end the process',
    );
    expect(say({ kind: 'child', type: 'net', inode: 5 })).toBe('it goes with net:[5]: netns why net:[5]');
  });

  it('names all who have a socket', () => {
    const holders = [
      { pid: 7, fd: 3 },
      { pid: 9, fd: 4 },
    ];
    expect(say({ kind: 'socket', socket: 1, holders })).toBe(
      'close descriptor 3 of process 7, and descriptor 4 of process 9, or end these processes',
    );
    const many = Array.from({ length: 1000 }, (_, index) => ({ pid: 7, fd: index + 3 }));
    expect(say({ kind: 'socket', socket: 1, holders: many })).toBe(
      'close descriptor 3 of process 7, and descriptor 4 of process 7, descriptor 5 of process 7, descriptor 6 of process 7, 996 more, or end these processes',
    );
    expect(say({ kind: 'socket', socket: 1, holders: [] })).toBe('whoever has it has to close it');
  });

  it('writes paths so that bash takes them, whatever is in them', () => {
    const here = () => ({ current: true, keepers: [], owner: undefined, ownerUid: undefined });
    const release = (path: string, raw?: string) =>
      howToRelease(
        { kind: 'mount', path, mountNamespace: 5, ...(raw === undefined ? {} : { raw }) },
        { names: ['x'], paths: ['/run/netns/\ufffd'] },
        here,
        root,
      );
    expect(release('/run/\ufffd a', "/run/\xff'\xc3\\\n a")).toBe("umount $'/run/\\xff\\'\\xc3\\\\\\x0a a'");
    expect(release('/run/netns/\ufffd', '/run/netns/\xff')).toBe("umount $'/run/netns/\\xff'"); // that is not its name
    expect(release('/run/\ufffd')).toBe("umount $'/run/\ufffd'"); // this character is in the name
  });

  it('knows how to get to a mount', () => {
    const mount: Keeper = { kind: 'mount', path: '/run/netns/a', mountNamespace: 5 };
    const here = () => ({ current: true, keepers: [], owner: undefined, ownerUid: undefined });
    expect(howToRelease(mount, { names: ['a'], paths: ['/run/netns/a'] }, here, root)).toBe('netns del a');
    expect(howToRelease(mount, nameless, here, root)).toBe('umount /run/netns/a');
    const process = { kind: 'process', pid: 7 } as const;
    const there = () => ({ current: false, keepers: [process], owner: undefined, ownerUid: undefined });
    expect(howToRelease(mount, nameless, there, root)).toBe('nsenter --mount=/proc/7/ns/mnt umount /run/netns/a');
    const owned = (inode: number) => ({
      current: false,
      keepers: [process],
      owner: inode === 5 ? 6 : undefined,
      ownerUid: 1000,
    });
    expect(howToRelease(mount, nameless, owned, root)).toBe(
      'nsenter --preserve-credentials --user=/proc/7/ns/user --mount=/proc/7/ns/mnt umount /run/netns/a',
    );
    expect(howToRelease({ ...mount, covered: true }, { names: ['a'], paths: ['/run/netns/a'] }, here, root)).toBe(
      'unmount what is mounted over /run/netns/a, then umount /run/netns/a',
    );
    expect(say(mount)).toBe('it goes with mnt:[5], which no process is in: netns why mnt:[5]');
  });

  it('gives no advice that who asks cannot follow', () => {
    const mount: Keeper = { kind: 'mount', path: '/run/netns/a', mountNamespace: 5 };
    const named = { names: ['a'], paths: ['/run/netns/a'] };
    const here = () => ({ current: true, keepers: [], owner: undefined, ownerUid: undefined });
    expect(howToRelease(mount, named, here, user)).toBe('as root: netns del a');
    expect(howToRelease(mount, nameless, here, user)).toBe('as root: umount /run/netns/a');
    // `netns del a` would take another away.
    expect(howToRelease(mount, named, here, { ...root, ownNames: new Set(['a']) })).toBe('umount /run/netns/a');
    const process = { kind: 'process', pid: 7 } as const;
    const under = (uid: number) => (inode: number) => ({
      current: false,
      keepers: [process],
      owner: inode === 5 ? 6 : undefined,
      ownerUid: inode === 6 ? uid : undefined,
    });
    const enter = 'nsenter --preserve-credentials --user=/proc/7/ns/user --mount=/proc/7/ns/mnt umount /run/netns/a';
    expect(howToRelease(mount, nameless, under(1000), user)).toBe(enter);
    expect(howToRelease(mount, nameless, under(1001), user)).toBe(`as root: ${enter}`);
  });

  it('knows a name of an ordinary user, which a process keeps', () => {
    const mount: Keeper = { kind: 'mount', path: '/tmp/netns-1000/names/a', mountNamespace: 5 };
    const named = (pid: number) => ({ names: ['a'], paths: [`/proc/${pid}/root/tmp/netns-1000/names/a`] });
    const process = { kind: 'process', pid: 7 } as const;
    const there = () => ({ current: false, keepers: [process], owner: undefined, ownerUid: undefined });
    const own = { ...user, ownNames: new Set(['a']) };
    expect(howToRelease(mount, named(7), there, own)).toBe('netns del a');
    expect(howToRelease(mount, named(8), there, own)).toContain('umount');
    expect(howToRelease({ ...mount, path: '/elsewhere' }, named(7), there, own)).toContain('umount');
    expect(howToRelease({ ...mount, covered: true }, named(7), there, own)).toContain('umount');
  });

  it('writes paths so that a shell understands them', () => {
    const here = () => ({ current: true, keepers: [], owner: undefined, ownerUid: undefined });
    const release = (path: string) => howToRelease({ kind: 'mount', path, mountNamespace: 5 }, nameless, here, root);
    expect(release('/run/a b')).toBe("umount '/run/a b'");
    expect(release("/run/it's")).toBe("umount '/run/it'\\''s'");
    expect(release('/run/größe')).toBe("umount $'/run/größe'");
    expect(release("/run/a\nb'\\\u001b[31m\u202e")).toBe("umount $'/run/a\\x0ab\\'\\\\\\x1b[31m\\U0000202e'");
  });
});
