import { parseArgs } from 'node:util';
import fc from 'fast-check';
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
    id: { summary: '', value: 'ID', letter: 'i' },
    wait: { summary: '', value: 'SECONDS', valueIsOptional: true },
    each: { summary: '', value: 'TEXT', letter: 'e', many: true },
  },
});

describe('parseLine', () => {
  it.each<[string[], string[], Record<string, string | true | string[]>]>([
    [[], [], {}],
    [['a', 'b'], ['a', 'b'], {}],
    [['--all', 'a', '--json'], ['a'], { all: true, json: true }],
    [['-a', '-h'], [], { all: true, help: true }],
    [['-ah'], [], { all: true, help: true }],
    [['--id', '3', 'a'], ['a'], { id: '3' }],
    [['--id=3', 'a'], ['a'], { id: '3' }],
    [['-i', '3', 'a'], ['a'], { id: '3' }],
    [['-ai3', 'a'], ['a'], { all: true, id: '3' }],
    [['--id=', 'a'], ['a'], { id: '' }],
    [['--id', '-1'], [], { id: '-1' }],
    [['--wait', '5'], ['5'], { wait: true }],
    [['--wait=5'], [], { wait: '5' }],
    [['--', '--all', '-x'], ['--all', '-x'], {}],
    [['-'], ['-'], {}],
    [['--id', '1', '--id', '2'], [], { id: '2' }],
    [['--each', '1', '-e2', '--each='], [], { each: ['1', '2', ''] }],
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

  it('reads every line as Node itself would', () => {
    const words = fc.constantFrom(
      ...'a - -- -a -i -x -ai -ia -aix -w -w5 --all --all=1 --id --id=2 --id= --wait --= --x=1'.split(' '),
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 6 }), fc.boolean(), (argv, optionsFirst) => {
        const table = { ...verb, optionsFirst };
        expect(outcome(() => parseLine(table, argv))).toEqual(outcome(() => parsedByNode(table, argv)));
      }),
      { numRuns: 2000 },
    );
  });
});

function outcome(parse: () => unknown) {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return 'refused';
  }
}

function parsedByNode(table: typeof verb, argv: string[]) {
  const switches = { json: {}, help: { short: 'h' }, all: { short: 'a' }, wait: {} };
  const known = Object.entries(switches).map(([name, option]) => [name, { type: 'boolean' as const, ...option }]);
  const { tokens } = parseArgs({
    args: argv,
    options: { ...Object.fromEntries(known), id: { type: 'string', short: 'i' } },
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values: Record<string, string | true> = {};
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional' && table.optionsFirst) return { words: argv.slice(token.index), values };
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, value } = token;
    if (!['id', ...Object.keys(switches)].includes(name)) throw new UsageError(name);
    if ((name === 'id') !== (value !== undefined) && name !== 'wait') throw new UsageError(name);
    values[name] = value ?? true;
  }
  return { words, values };
}
