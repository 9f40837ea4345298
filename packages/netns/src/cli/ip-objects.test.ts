import { describe, expect, it } from 'vitest';
import { areIpWords, ipObjects } from './ip-objects.ts';
import { objectWord } from './personalities/ip/objects.ts';
import { verbNames } from './request.ts';

const isVerb = (word: string) => verbNames.some((name) => name === word);
const words = (line: string) => (line === '' ? [] : line.split(' '));

describe('areIpWords', () => {
  it.each([
    'route',
    'link show',
    'addr',
    '-n web route add default',
    '-j -4 -n web neigh',
    '-n web monitor',
    'monitor link',
    'monitor all',
    '-n web r',
    '-s -n web xfrm state',
    '-f inet6 a',
    '-batch file',
    '-force -batch -',
  ])('%s', (line) => {
    expect(areIpWords(words(line), isVerb)).toBe(true);
  });

  it.each([
    '',
    'ls',
    'monitor',
    'monitor --ids',
    'monitor foo',
    '-n web',
    '-n web ls',
    '-h',
    '--help',
    'add route',
    '-x route',
    'r',
    '-j r',
    '-n web --help',
  ])('not %j', (line) => {
    expect(areIpWords(words(line), isVerb)).toBe(false);
  });
});

it("the objects are ip's own, and no verb hides one", () => {
  for (const name of Object.keys(ipObjects)) {
    expect(objectWord(name)).toBe(name);
    expect(verbNames).not.toContain(name);
  }
});
