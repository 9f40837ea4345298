import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundleOf } from './bundle-of.ts';
import { objectWord } from './personalities/ip/objects.ts';
import { utilLinuxNames, verbNames } from './request.ts';

const personality = join(import.meta.dirname, 'personalities/ip');

describe('the bundle of a command line', () => {
  it.each([...verbNames, ...utilLinuxNames])('of %s is its own, and the build makes it', (name) => {
    expect(bundleOf([name, 'a', '--json'], 'netns')).toBe(name);
    expect(existsSync(join(import.meta.dirname, `verbs/${name}.ts`))).toBe(true);
  });

  it.each([
    [[], 'help'],
    [['-h'], 'help'],
    [['--version'], 'version'],
    [['ip'], 'ip'],
    [['ip', '-json', '-d', 'l'], 'ip-link-show'],
    [['ip', 'link', 'sh', 'lo'], 'ip-link-show'],
    [['ip', 'link', 's'], 'ip-link'],
    [['ip', 'netns', 'list-id'], 'ip-netns-show'],
    [['ip', '-n', 'link', 'netns'], 'ip-netns-show'],
    [['ip', '-j', '-netns', 'a', '-d', 'link', 'set', 'lo', 'up'], 'ip-link'],
    [['ip', '-n'], 'ip'],
    [['ip', '-b', '-', 'link'], 'ip'],
    [['ip', '--', 'link'], 'ip'],
    [['ip', 'link', 'netns'], 'ip-link'],
    [['ip', 'n'], 'ip-neighbour-show'],
    [['ip', 'constructor'], 'ip'],
    [['constructor'], 'help'],
    [['main'], 'help'],
    [['ip-link'], 'help'],
  ] as const)('of %j is %s', (argv, bundle) => {
    expect(bundleOf(argv, 'netns')).toBe(bundle);
  });

  it('of a command that is called by another name goes by that', () => {
    expect(bundleOf(['ls'], 'lsns')).toBe('lsns');
    expect(bundleOf(['list'], 'ipnetns')).toBe('ip');
    expect(bundleOf(['link'], 'ip')).toBe('ip-link-show');
  });

  it('has the object that ip takes the word for', () => {
    for (const word of 'a ad addr address l li link net netn netns nex r ro ru x'.split(' ')) {
      const bundle = bundleOf(['ip', word, 'add'], 'netns');
      if (bundle === 'ip') continue;
      expect(bundle).toBe(`ip-${objectWord(word)}`);
      expect(existsSync(join(personality, `${objectWord(word)}/${objectWord(word)}.ts`))).toBe(true);
    }
  });
});
