import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from './failure.ts';
import { type GetoptTable, getopt } from './getopt.ts';

const table = {
  net: { letter: 'n', argument: 'optional', summary: '' },
  'net-socket': { letter: 'N', argument: 'required', summary: '' },
  fork: { letter: 'f', argument: 'none', summary: '' },
  pid: { letter: 'p', argument: 'optional', letterAlone: true, summary: '' },
} as const satisfies GetoptTable;

function read(...argv: string[]) {
  const found: string[] = [];
  const options = getopt(table, argv, 'x');
  for (;;) {
    const next = options.next();
    if (next.done) return { found, rest: next.value };
    found.push(next.value.value === undefined ? next.value.name : `${next.value.name}=${next.value.value}`);
  }
}

describe('getopt', () => {
  it.each([
    [['-f', 'cmd', '-n'], ['fork'], ['cmd', '-n']],
    [['-fn', 'cmd'], ['fork', 'net'], ['cmd']],
    [['-n/x', '--'], ['net=/x'], []],
    [['-nf'], ['net=f'], []],
    [['-pf'], ['pid', 'fork'], []],
    [['-N', '3'], ['net-socket=3'], []],
    [['-N3', '-'], ['net-socket=3'], ['-']],
    [['--net', 'x'], ['net'], ['x']],
    [['--net=', 'x'], ['net='], ['x']],
    [['--net-s', '5'], ['net-socket=5'], []],
    [['--fo', '--', '-n'], ['fork'], ['-n']],
  ])('%j', (argv, found, rest) => {
    expect(read(...argv)).toEqual({ found, rest });
  });

  it.each([
    [['--bogus=1'], "x: unrecognized option '--bogus=1'"],
    [['--ne'], "x: option '--ne' is ambiguous; possibilities: '--net' '--net-socket'"],
    [['--fork=1'], "x: option '--fork' doesn't allow an argument"],
    [['--net-socket'], "x: option '--net-socket' requires an argument"],
    [['-N'], "x: option requires an argument -- 'N'"],
    [['-fq'], "x: invalid option -- 'q'"],
  ])('%j is wrong', (argv, message) => {
    expect(() => read(...argv)).toThrow(`${message}\nTry 'x --help' for more information.\n`);
  });

  it('never fails in another way, and loses no word behind the options', () => {
    const word = fc.oneof(fc.constantFrom('-', '--', '-f', '-n', '--net', '-N', '--fork=', '--='), fc.string());
    fc.assert(
      fc.property(fc.array(word), (argv) => {
        try {
          const { rest } = read(...argv);
          expect(argv.slice(argv.length - rest.length)).toEqual(rest);
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
        }
      }),
    );
  });
});
