import { describe, expect, it } from 'vitest';
import { parseListen } from './listen-arguments.ts';

const called = () => {};

describe('parseListen', () => {
  it.each<[unknown[], object]>([
    [[], { where: { port: 0, host: undefined }, backlog: 511 }],
    [[80], { where: { port: 80, host: undefined } }],
    [['80'], { where: { port: 80, host: undefined } }],
    [[80, 'host', 7], { where: { port: 80, host: 'host' }, backlog: 7 }],
    [[80, 7], { where: { port: 80, host: undefined }, backlog: 7 }],
    [[called], { where: { port: 0, host: undefined }, ready: called }],
    [[null, called], { where: { port: 0, host: undefined }, ready: called }],
    [['/path', 3], { where: { path: '/path', mode: 0 }, backlog: 3 }],
    [[{ path: '\0abstract' }], { where: { path: '\0abstract', mode: 0 } }],
    [[{ path: '/p', readableAll: true, writableAll: true }], { where: { path: '/p', mode: 0o666 } }],
    [[{ port: 1, host: '::', ipv6Only: true, reusePort: true }], { ipv6Only: true, reusePort: true }],
    [[{ port: null }], { where: { port: 0, host: undefined } }],
    [[{ port: 5, path: '/p' }], { where: { port: 5, host: undefined } }],
  ])('reads %j', (args, expected) => {
    expect(parseListen(args)).toMatchObject(expected);
  });

  it.each<unknown[]>([
    [-1],
    [65_536],
    [1.5],
    [true],
    [''],
    [{}],
    [{ fd: 3 }],
    [{ _handle: {} }],
    [{ port: 1, host: 5 }],
    [{ port: {} }],
  ])('leaves %j to Node', (...args) => {
    expect(parseListen(args)).toBeUndefined();
  });
});
