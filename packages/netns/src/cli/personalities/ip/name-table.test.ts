import { expect, it } from 'vitest';
import { NameTable, parseNames } from './name-table.ts';

it('parseNames reads lines of a number and a name', () => {
  const text = '# names\n0\tdefault\n0x28 AF11 # comment\n\n  7  seven\nx y\n9\n#5 five\n';
  expect([...parseNames(text)]).toEqual([
    [0, 'default'],
    [0x28, 'AF11'],
    [7, 'seven'],
  ]);
});

it('a table has what is built in, and nothing else without a file', () => {
  const table = new NameTable('no-such-file', { 0: 'global', 253: 'link' });
  expect([table.nameOf(253), table.nameOf(1), table.numberOf('global'), table.numberOf('x')]).toEqual([
    'link',
    undefined,
    0,
    undefined,
  ]);
});
