import { expect, it } from 'vitest';
import { markAndMask, readPortsIn, userRange } from './ranges.ts';

it.each([
  ['80', { start: 80, end: 80 }],
  ['80-90', { start: 80, end: 90 }],
  ['0x50-0x5a', { start: 80, end: 90 }],
  ['0x50/0xff0', { start: 80, end: 80, mask: 0xff0 }],
  ['80-foo', { wrong: 'port range end', part: 'foo' }],
  ['80-', { wrong: 'port range end', part: '' }],
  ['-1', { wrong: 'port range start', part: '' }],
  ['1-2-3', { wrong: 'port range end', part: '2-3' }],
  ['1/2-3', { wrong: 'port range start', part: '1/2' }],
  ['80x', { wrong: 'port', part: '80x' }],
  ['65536', { wrong: 'port', part: '65536' }],
  ['80/foo', { wrong: 'mask', part: 'foo' }],
  ['foo/1', { wrong: 'port', part: 'foo' }],
  ['foo/bar', { wrong: 'mask', part: 'bar' }],
])('ports %s', (word, expected) => {
  expect(readPortsIn(word)).toEqual(expected);
});

it.each([
  ['1000-2000', { start: 1000, end: 2000 }],
  ['+5--7', { start: 5, end: 4294967289 }],
  ['1000', undefined],
  ['foo-1', undefined],
])('users %s', (word, expected) => {
  expect(userRange(word)).toEqual(expected);
});

it.each([
  ['5', { mark: 5 }],
  ['0x10/0xff', { mark: 16, mask: 255 }],
  ['foo', { wrong: 'mark', part: 'foo' }],
  ['5/', { wrong: 'mask', part: '' }],
])('mark %s', (word, expected) => {
  expect(markAndMask(word)).toEqual(expected);
});
