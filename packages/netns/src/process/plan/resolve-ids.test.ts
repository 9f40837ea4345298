import { describe, expect, it } from 'vitest';
import { UnsupportedError } from '../../errors.ts';
import { type IdFacts, resolveMaps } from './resolve-ids.ts';

const files: Readonly<Record<string, string>> = {
  '/etc/passwd': 'root:x:0:0::/:/bin/sh\nsomebody:x:1000:1001::/:/bin/sh\n',
  '/etc/subuid': 'other:5:5\nsomebody:100000:10\n',
  '/etc/subgid': '1000:200000:20\n',
  '/proc/self/uid_map': '         0       1000          1\n         1     100000      65536\n',
  '/proc/self/gid_map': '         0          0 4294967295\n',
};
const facts: IdFacts = { uid: 1000, gid: 1001, read: (file) => files[file] ?? '' };
const nobody: IdFacts = { ...facts, uid: 1002, read: (file) => (file === '/etc/passwd' ? (files[file] ?? '') : '') };
const one = (inside: number, outside: number) => ({ single: { inside, outside, count: 1 }, ranges: [] });

describe('resolveMaps', () => {
  it('maps nothing without a word', () => {
    expect(resolveMaps({}, facts)).toEqual({});
  });

  it.each([
    ['root', one(0, 1000), one(0, 1001)],
    ['current', one(1000, 1000), one(1001, 1001)],
    [
      'auto',
      { ...one(0, 1000), ranges: [{ inside: 1, outside: 100000, count: 10 }] },
      { ...one(0, 1001), ranges: [{ inside: 1, outside: 200000, count: 20 }] },
    ],
    [
      'subids',
      { ranges: [{ inside: 100000, outside: 100000, count: 10 }] },
      { ranges: [{ inside: 200000, outside: 200000, count: 20 }] },
    ],
    [
      'all',
      {
        ranges: [
          { inside: 0, outside: 0, count: 1 },
          { inside: 1, outside: 1, count: 65536 },
        ],
      },
      { ranges: [{ inside: 0, outside: 0, count: 4294967295 }] },
    ],
  ] as const)('%s, for users and groups', (word, users, groups) => {
    expect(resolveMaps({ users: word }, facts)).toEqual({ users, groups });
  });

  it('has groups differ from users, and be mapped alone', () => {
    expect(resolveMaps({ users: 'root', groups: 'current' }, facts)).toEqual({
      users: one(0, 1000),
      groups: one(1001, 1001),
    });
    expect(resolveMaps({ groups: 'root' }, facts)).toEqual({ groups: one(0, 1001) });
  });

  it('knows that a process may write a range of nothing but its own id itself, and no other', () => {
    const range = (outside: number, count = 1) => [{ inside: 7, outside, count }];
    const [own, two, foreign] = [range(1000), range(1000, 2), range(1001)];
    expect(resolveMaps({ users: own }, facts)).toEqual({ users: one(7, 1000), groups: { ranges: own } });
    for (const ranges of [two, foreign, [...own, ...range(5)]])
      expect(resolveMaps({ users: ranges }, facts).users).toEqual({ ranges });
  });

  it('says which line is missing, by the name of the user or else the number', () => {
    const missing = (of: IdFacts, map: Parameters<typeof resolveMaps>[0]) => {
      expect(() => resolveMaps(map, of)).toThrow(UnsupportedError);
      expect(() => resolveMaps(map, of)).toThrow(/ needs a line for /);
      try {
        resolveMaps(map, of);
      } catch (error) {
        return (error as UnsupportedError).since;
      }
    };
    const without = (gone: string): IdFacts => ({ ...facts, read: (file) => (file === gone ? '' : facts.read(file)) });
    expect(missing(without('/etc/subuid'), { users: 'auto' })).toBe('a line for somebody in /etc/subuid');
    expect(missing(without('/etc/subgid'), { users: 'subids' })).toBe('a line for somebody in /etc/subgid');
    expect(missing(nobody, { users: 'auto' })).toBe('a line for 1002 in /etc/subuid');
  });
});
