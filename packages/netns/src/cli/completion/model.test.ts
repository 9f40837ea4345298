import { describe, expect, it } from 'vitest';
import { allVerbs } from '../help/all-verbs.ts';
import { verb as help } from '../verbs/help.ts';
import { bashScript } from './bash.ts';
import { fishScript } from './fish.ts';
import { completionModel } from './model.ts';
import { programs } from './programs.ts';
import { zshScript } from './zsh.ts';

const model = completionModel([...allVerbs, help], programs);
const places = (name: string) => model.find((verb) => verb.name === name)?.places;

describe('completionModel', () => {
  it('has each verb and program once, with all its options', () => {
    const names = model.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining([...allVerbs.map(({ name }) => name), ...Object.keys(programs)]));
    for (const { name, options } of allVerbs) {
      const known = model.find((verb) => verb.name === name)?.options.map(({ option }) => option);
      for (const option of Object.keys(options)) expect(known).toContain(`--${option}`);
    }
  });

  it('knows from the usage lines where names stand', () => {
    const names = { kind: 'names' };
    const nothing = { kind: 'nothing' };
    expect(places('del')).toEqual([names]);
    expect(places('add')).toEqual([nothing]);
    expect(places('attach')).toEqual([nothing, names, nothing]);
    expect(places('exec')).toEqual([names, { kind: 'command' }]);
    expect(places('pids')).toEqual([names, nothing]);
    expect(places('identify')).toEqual([{ kind: 'files' }, nothing]);
    expect(places('ls')).toEqual([nothing]);
    expect(places('completion')?.[0]).toEqual({ kind: 'words', words: ['bash', 'zsh', 'fish'] });
    expect(places('help')?.[0]).toMatchObject({ kind: 'words', words: expect.arrayContaining(['add', 'help']) });
  });

  it('knows which options have a value, and which values there are', () => {
    const value = (verb: string, option: string) =>
      model.find(({ name }) => name === verb)?.options.find((each) => each.option === option)?.value;
    expect(value('run', '--in')).toEqual({ kind: 'names' });
    expect(value('run', '--root')).toEqual({ kind: 'directories' });
    expect(value('run', '--new')).toMatchObject({ words: expect.arrayContaining(['net', 'all']) });
    expect(value('run', '--map')).toMatchObject({ words: expect.arrayContaining(['root', 'auto']) });
    expect(value('run', '--setgroups')).toEqual({ kind: 'words', words: ['allow', 'deny'] });
    expect(value('run', '--propagation')).toMatchObject({ words: expect.arrayContaining(['private', 'slave']) });
    expect(value('run', '--kill-signal')).toMatchObject({ words: expect.arrayContaining(['none', 'TERM']) });
    expect(value('run', '--env')).toEqual({ kind: 'nothing' });
    expect(value('lsns', '-t')).toMatchObject({ words: expect.arrayContaining(['net', 'time']) });
    expect(value('lsns', '--output')).toMatchObject({ kind: 'list', words: expect.arrayContaining(['NS', 'ONS']) });
    expect(value('lsns', '-p')).toEqual({ kind: 'processes' });
    expect(value('nsenter', '--target')).toEqual({ kind: 'processes' });
    expect(value('nsenter', '-S')).toEqual({ kind: 'words', words: ['follow'] });
    expect(value('unshare', '--map-users')).toEqual({ kind: 'words', words: ['auto', 'subids', 'all'] });
    expect(value('unshare', '--map-user')).toEqual({ kind: 'nothing' });
    expect(value('del', '--all')).toBeUndefined();
    expect(value('del', '--wait')).toBeUndefined(); // it may be left out, so it is attached
  });
});

describe('the scripts', () => {
  it.each([
    ['bash', bashScript],
    ['zsh', zshScript],
    ['fish', fishScript],
  ])('%s has every verb and every long option', (_shell, script) => {
    const text = script(model);
    for (const { name, options } of model) {
      expect(text).toContain(name);
      for (const { option } of options) expect(text).toContain(option.replace(/^-+/, ''));
    }
  });

  it('give zsh the words of a command without those before it', () => {
    const verb = { name: 'x', summary: '', options: [], places: [{ kind: 'names' }, { kind: 'command' }] } as const;
    expect(zshScript([verb])).toContain("'1:name:_netns_names' '*:::command:_normal'");
  });
});
