import { expect, it } from 'vitest';
import { markAndMask, portAndMask, portRange, userRange } from './ranges.ts';

it.each([
  ['80', { start: 80, end: 80 }],
  ['80-90', { start: 80, end: 90 }],
  ['80-foo', { start: 80, end: 80 }],
  ['+5-+7x', { start: 5, end: 7 }],
  ['-1', { start: 65535, end: 65535 }],
  ['-65535-65543', { start: 1, end: 7 }],
  ['1--1', { start: 1, end: 65535 }],
  ['99999999999999999999', { start: 65535, end: 65535 }],
  ['foo', undefined],
  ['--5', undefined],
])('ports %s', (word, expected) => {
  expect(portRange(word)).toEqual(expected);
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

it.each([
  ['80', undefined],
  ['0x50/0xff0', { port: 0x50, mask: 0xff0 }],
  ['80/foo', { wrong: 'mask', part: 'foo' }],
  ['foo/1', { wrong: 'port', part: 'foo' }],
])('a port and its mask %s', (word, expected) => {
  expect(portAndMask(word)).toEqual(expected);
});
