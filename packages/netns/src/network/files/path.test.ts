import { expect, it } from 'vitest';
import { InvalidArgumentError } from '../../errors.ts';
import { pathBelow } from './path.ts';

it.each(['net', 'net/dev', 'net/stat/nf_conntrack'])('%s is below net', (path) => {
  expect(pathBelow('net', path)).toBe(path);
});

it.each(['', 'dev', 'network/x', '/net/dev', 'net/', 'net//dev', 'net/.', 'net/../x', 'net/a\0b', undefined, 7])(
  '%j is not',
  (path) => {
    expect(() => pathBelow('net', path as string)).toThrow(InvalidArgumentError);
  },
);
