import { describe, expect, it } from 'vitest';
import { evaluate, FilterMismatch, type FilterRow } from './evaluate.ts';
import { parseFilter } from './parse.ts';
import { posixPattern } from './posix-pattern.ts';

const numbers = ['NS', 'PID'];
const row: FilterRow = {
  column(name) {
    const upper = name.toUpperCase();
    const values: Record<string, string> = {
      NS: '4026531840',
      TYPE: 'net',
      NETNSID: 'unassigned',
      COMMAND: 'sleep 10',
    };
    return { json: numbers.includes(upper) ? 'number' : 'string', text: values[upper] };
  },
};

function holds(expression: string): boolean {
  const parsed = parseFilter(expression);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return evaluate(parsed.node, row);
}

function problem(expression: string): string {
  const parsed = parseFilter(expression);
  return 'problem' in parsed ? parsed.problem : 'none';
}

describe('a filter', () => {
  it.each([
    'NS == 4026531840',
    'ns eq 4026531840',
    'NS >= 3G',
    'NS < 4GiB',
    'NS > 1.5',
    'NS != 5 && TYPE == "net"',
    "TYPE eq 'net' AND COMMAND =~ '^sleep [0-9]+$'",
    'TYPE !~ "^m"',
    '(TYPE == "mnt" or TYPE == "net") and NS',
    'not PID',
    '!PID',
    '!(TYPE == "mnt")',
    'NETNSID == "unassigned"',
    'TYPE gt "mnt"',
    'TYPE LE "net"',
    'NS =~ "^40"',
    'true',
    '1',
    '!false',
    'PID == 0.0', // nothing counts as none, as soon as it is cast
    'NSFS != "x"',
    'NSFS < "a"',
    'TYPE == " net "', // blanks around a text are not part of it
  ])('%s holds', (expression) => expect(holds(expression)).toBe(true));

  it.each([
    'PID',
    'PID == 1',
    'PID != 1', // what is missing is neither equal nor not
    'NSFS',
    'NSFS == ""',
    'TYPE == "mnt"',
    'NS > 5T',
    'false',
    '0',
    'TYPE == "net" or TYPE == "mnt" and PID', // from left to right
    'not TYPE == "yes"', // (not TYPE) == true
  ])('%s does not hold', (expression) => expect(holds(expression)).toBe(false));

  it('fails where a text should be a number', () => {
    expect(() => holds('NETNSID == 12')).toThrow(FilterMismatch);
    expect(() => holds('TYPE > 1.5')).toThrow(FilterMismatch);
  });

  it.each(['5 =~ "5"', '1.5 =~ "1"', 'true =~ "t"', '(NS > 1) =~ "t"', 'not TYPE !~ "x"'])(
    '%s fails: only a text can be like a pattern',
    (expression) => expect(() => holds(expression)).toThrow(FilterMismatch),
  );

  it('takes the number in a column for a text', () => {
    expect(holds('(NS) =~ "^40"')).toBe(true);
  });

  it('says what cannot be read', () => {
    expect(problem('')).toBe('syntax error, unexpected end of file');
    expect(problem('(PID')).toBe('syntax error, unexpected end of file');
    expect(problem('PID PID')).toBe('syntax error, unexpected HOLDER, expecting end of file');
    expect(problem('(PID PID)')).toBe('syntax error, unexpected HOLDER');
    expect(problem('== 1')).toBe('syntax error, unexpected EQ');
    expect(problem('PID)')).toBe("syntax error, unexpected ')', expecting end of file");
    expect(problem('PID = 1')).toBe("syntax error, unexpected '=', expecting end of file");
    expect(problem('PID == 99Z')).toBe('"99Z" token error: Numerical result out of range');
    expect(problem('TYPE =~ "("')).toBe('Unmatched ( or \\(');
    expect(problem('TYPE =~ PID')).toBe('the right side of a match must be a string');
    expect(problem(`PID == ${'1'.repeat(1020)}`)).toBe('expression longer than 1024 bytes');
    expect(problem(Array(130).fill('PID').join('&&'))).toBe('more than 256 parts');
  });
});

describe('posixPattern', () => {
  const matches = (source: string, text: string) => {
    const pattern = posixPattern(source);
    if (typeof pattern === 'string') throw new Error(pattern);
    return pattern.test(text);
  };

  it('knows the brackets of POSIX', () => {
    expect(matches('^[[:digit:]_-]+$', '12_-')).toBe(true);
    expect(matches('^[]a]+$', ']a]')).toBe(true);
    expect(matches('^[^]a]+$', 'b]')).toBe(false);
    expect(matches('^[\\d]$', 'd')).toBe(true); // a backslash in brackets is itself
    expect(matches('^[\\d]$', '5')).toBe(false);
    expect(matches('[[.-.]]', '-')).toBe(true);
  });

  it('knows intervals and escapes', () => {
    expect(matches('^a{,2}$', 'aa')).toBe(true);
    expect(matches('^a{2,}$', 'a')).toBe(false);
    expect(matches('a}', 'a}')).toBe(true);
    expect(matches('^(a)\\1$', 'aa')).toBe(true);
    expect(matches('^\\d$', 'd')).toBe(true); // no class here
    expect(matches('\\<b\\>', 'a b c')).toBe(true);
    expect(matches('a.b', 'a\nb')).toBe(true);
  });

  it('says what is wrong', () => {
    expect(posixPattern('[a')).toBe('Unmatched [, [^, [:, [., or [=');
    expect(posixPattern('a\\')).toBe('Trailing backslash');
    for (const source of ['(?=a)', '*', 'a|*b', '(+)', '^*', '$?', '{1}'])
      expect(posixPattern(source)).toBe('Invalid preceding regular expression');
    for (const source of ['a{', 'a{x', 'a{1']) expect(posixPattern(source)).toBe('Unmatched \\{');
    for (const source of ['a{x}', 'a{1,x}', 'a{2,1}', 'a{}'])
      expect(posixPattern(source)).toBe('Invalid content of \\{\\}');
    expect(posixPattern('a{99999}')).toBe('Regular expression too big');
    expect(posixPattern('[b-a]')).toBe('Invalid range end');
    expect(posixPattern('[[:foo:]]')).toBe('Invalid character class name');
    expect(posixPattern('[[.foo.]]')).toBe('Invalid collation character');
    expect(posixPattern('\\1(a)')).toBe('Invalid back reference');
  });

  it('repeats what is repeated already, and takes a bracket that closes nothing for itself', () => {
    expect(matches('^x+?$', '')).toBe(true); // in JavaScript: one at least, as few as possible
    expect(matches('^x**$', 'xx')).toBe(true);
    expect(matches('^(ab)*?c$', 'ababc')).toBe(true);
    expect(matches('^x{2}{2}$', 'xxxx')).toBe(true);
    expect(matches('^x{2}{2}$', 'xx')).toBe(false);
    expect(matches('^a)$', 'a)')).toBe(true);
  });
});
