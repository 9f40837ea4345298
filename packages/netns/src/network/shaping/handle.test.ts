import { describe, expect, it } from 'vitest';
import {
  formatFilterParent,
  formatHandle,
  formatParent,
  handleNumber,
  parseFilterParent,
  parseHandle,
  parseMinor,
} from './handle.ts';

describe('handles', () => {
  it.each([
    ['1:', 0x10000],
    ['1:10', 0x10010],
    ['ffff:fff1', 0xfffffff1],
    ['10', 0x100000],
    [':5', 5],
  ])('%s', (text, number) => {
    expect(handleNumber(text)).toBe(number);
  });

  it.each(['', 'x', '1:2:3', '10000:', '1:10000', '-1:'])('%s is none', (text) => {
    expect(handleNumber(text)).toBeUndefined();
    expect(() => parseHandle(text, 'handle')).toThrow('handle');
  });

  it('are written as tc writes them', () => {
    expect([0x10000, 0x10010, 0].map(formatHandle)).toEqual(['1:', '1:10', '0:']);
    expect([0, 0xffffffff, 0xfffffff1, 0x10010].map(formatParent)).toEqual([undefined, 'root', 'ingress', '1:10']);
    for (const place of ['ingress', 'egress', '1:10'])
      expect(formatFilterParent(parseFilterParent(place, 'parent'))).toBe(place);
  });

  it('name classes within their qdisc', () => {
    expect([parseMinor('20', 'default'), parseMinor('1:20', 'default')]).toEqual([0x20, 0x20]);
    expect(() => parseMinor('x', 'default')).toThrow('class');
  });
});
