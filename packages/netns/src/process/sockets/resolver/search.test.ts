import { expect, it } from 'vitest';
import { candidates } from './search.ts';

const search = ['a.test', 'b.test'];

it.each([
  ['host', 1, ['host.a.test', 'host.b.test', 'host']],
  ['host.sub', 1, ['host.sub', 'host.sub.a.test', 'host.sub.b.test']],
  ['host.sub', 2, ['host.sub.a.test', 'host.sub.b.test', 'host.sub']],
  ['host', 0, ['host', 'host.a.test', 'host.b.test']],
  ['host.', 5, ['host.']],
])('tries %s with ndots %i as %j', (name, ndots, expected) => {
  expect(candidates(name, { search, ndots, topLevel: true })).toEqual(expected);
});

it('does not take a name without dots for a domain where the file says so', () => {
  const options = { search, ndots: 0, topLevel: false };
  expect(candidates('host', options)).toEqual(['host.a.test', 'host.b.test']);
  expect(candidates('host.sub', options)[0]).toBe('host.sub');
  expect(candidates('host', { ...options, search: [] })).toEqual(['host']);
});
