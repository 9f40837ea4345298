import { describe, expect, it } from 'vitest';
import { closest, editDistance } from './closest.ts';

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['ls', 'ls', 0],
    ['lst', 'ls', 1],
    ['ad', 'add', 1],
    ['adn', 'add', 1],
    ['mointor', 'monitor', 1],
    ['jsno', 'json', 1],
    ['kitten', 'sitting', 3],
  ])('%s to %s: %i', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
    expect(editDistance(b, a)).toBe(distance);
  });
});

describe('closest', () => {
  const verbs = ['add', 'attach', 'del', 'identify', 'monitor'];

  it('finds what was meant', () => {
    expect(closest('dell', verbs)).toBe('del');
    expect(closest('indentify', verbs)).toBe('identify');
    expect(closest('mon', verbs)).toBe('monitor');
  });

  it('finds it by its beginning where the end is wrong by a letter more', () => {
    expect(closest('linx', ['addresses', 'link', 'links'])).toBe('link');
    expect(closest('linx', ['addresses', 'links', 'routes'])).toBe('links');
    expect(closest('xins', ['addresses', 'links', 'routes'])).toBeUndefined();
    expect(closest('lin', ['lime', 'loom'])).toBeUndefined();
  });

  it('does not guess when nothing is near', () => {
    expect(closest('xyzzy', verbs)).toBeUndefined();
    expect(closest('', verbs)).toBeUndefined();
  });
});
