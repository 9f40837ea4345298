import { describe, expect, it } from 'vitest';
import { defineVerb } from './define-verb.ts';
import { parseLine } from './options.ts';
import { UsageError } from './verb.ts';

const plain = {
  name: 'try',
  summary: '',
  usage: [''],
  notes: [],
  examples: [],
  otherWords: [],
  run: async () => 0,
};
const verb = defineVerb({
  ...plain,
  options: {
    all: { summary: '', letter: 'a' },
    id: { summary: '', value: 'ID' },
    wait: { summary: '', value: 'SECONDS', valueIsOptional: true },
  },
});

describe('parseLine', () => {
  it.each<[string[], string[], Record<string, string | true>]>([
    [[], [], {}],
    [['a', 'b'], ['a', 'b'], {}],
    [['--all', 'a', '--json'], ['a'], { all: true, json: true }],
    [['-a', '-h'], [], { all: true, help: true }],
    [['-ah'], [], { all: true, help: true }],
    [['--id', '3', 'a'], ['a'], { id: '3' }],
    [['--id=3', 'a'], ['a'], { id: '3' }],
    [['--id=', 'a'], ['a'], { id: '' }],
    [['--id', '-1'], [], { id: '-1' }],
    [['--wait', '5'], ['5'], { wait: true }],
    [['--wait=5'], [], { wait: '5' }],
    [['--', '--all', '-x'], ['--all', '-x'], {}],
    [['-'], ['-'], {}],
    [['--id', '1', '--id', '2'], [], { id: '2' }],
  ])('%j', (argv, words, values) => {
    expect(parseLine(verb, argv)).toEqual({ words, values });
  });

  it.each([
    [['--al'], "unknown option '--al'; did you mean '--all'?"],
    [['--jsno'], "unknown option '--jsno'; did you mean '--json'?"],
    [['--frobnicate'], "unknown option '--frobnicate'"],
    [['-x'], "unknown option '-x'"],
    [['--__proto__'], "unknown option '--__proto__'"],
    [['--toString'], "unknown option '--toString'"],
    [['--all=yes'], "option '--all' takes no value"],
    [['--id'], "option '--id' needs a value: --id ID"],
  ])('%j: %s', (argv, message) => {
    expect(() => parseLine(verb, argv)).toThrow(new UsageError(message));
  });

  it('leaves everything behind the first word alone where the rest is for another program', () => {
    const exec = defineVerb({ ...plain, optionsFirst: true, options: { all: { summary: '' } } });
    expect(parseLine(exec, ['--all', 'ls', '--all', '-la', '--', 'x'])).toEqual({
      words: ['ls', '--all', '-la', '--', 'x'],
      values: { all: true },
    });
    expect(parseLine(exec, ['--', '--all', 'x'])).toEqual({ words: ['--all', 'x'], values: {} });
    expect(parseLine(exec, ['--json', '--all'])).toEqual({ words: [], values: { json: true, all: true } });
    expect(() => parseLine(exec, ['--nope', 'ls'])).toThrow("unknown option '--nope'");
  });
});
