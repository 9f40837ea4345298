import { expect, it } from 'vitest';
import { readMonitor } from './words.ts';

const read = (line: string, family?: 'inet' | 'inet6') => readMonitor(line === '' ? [] : line.split(' '), family);

it('joins the groups of what is to be told of', () => {
  expect(read('link route').groups).toEqual([1, 7, 11, 27]);
  expect(read('ro', 'inet6').groups).toEqual([11]);
  expect(read('').groups).toEqual(read('all').groups);
  expect(read('').groups).toContain(28);
  expect(read('stats maddr acaddress').groups).toEqual([36, 37, 38, 39]);
  expect(read('maddress', 'inet6').groups).toEqual([38]);
});

it('takes options', () => {
  expect(read('all')).toMatchObject({ labels: true, allNamespaces: false });
  expect(read('label all-nsid dev v0 rule')).toMatchObject({
    labels: true,
    allNamespaces: true,
    device: 'v0',
    groups: [8, 19],
  });
});

it.each([
  ['foo', 'Argument "foo" is unknown, try "ip monitor help".'],
  ['file', 'Command line is not complete'],
  ['dev', 'Command line is not complete'],
  ['help', 'Usage: ip monitor'],
])('refuses %s', (line, message) => {
  expect(() => read(line)).toThrow(message);
});
