import { describe, expect, it } from 'vitest';
import { parseLine } from '../options.ts';
import { commonOptions } from '../verb.ts';
import { verb as help } from '../verbs/help.ts';
import { allVerbs } from './all-verbs.ts';
import { helpText } from './help-text.ts';

const verbs = [...allVerbs, help];

describe('the verbs', () => {
  it('have names of their own, and suggestions that are no verbs and lead to one', () => {
    const names = verbs.map(({ name }) => name);
    const words = verbs.flatMap(({ otherWords }) => otherWords);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(words).size).toBe(words.length);
    expect(words.filter((word) => names.includes(word))).toEqual([]);
  });
});

describe.each(verbs.map((verb) => [verb.name, verb] as const))('%s', (name, verb) => {
  it('has examples that the tables can read', () => {
    expect(verb.examples.length).toBeGreaterThan(0);
    for (const [command] of verb.examples) {
      const calls = [...command.matchAll(/(?:^|[$<]\(|; )netns (\S+)([^|)]*)/g)];
      expect(calls.map(([, called]) => called)).toContain(name);
      for (const [, called, rest = ''] of calls) {
        const argv = rest.trim().split(/ +/);
        expect(() => parseLine(verbs.find((each) => each.name === called) ?? verb, argv)).not.toThrow();
      }
    }
  });

  it('mentions each option in its help, and each option of its usage exists', () => {
    const text = helpText(verb);
    for (const option of Object.keys({ ...commonOptions, ...verb.options })) expect(text).toContain(`--${option}`);
    for (const [, option = ''] of verb.usage.join(' ').matchAll(/--([a-z-]+)/g))
      expect(verb.options).toHaveProperty(option);
    expect(text.split('\n').filter((line) => line.length > 130)).toEqual([]);
    expect(text).not.toMatch(/[ \t]\n/);
  });
});
