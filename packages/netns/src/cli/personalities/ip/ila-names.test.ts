import { expect, it } from 'vitest';
import { ilaChecksumModes, ilaIdentifierTypes } from '../../../netlink/families/route/encap.ts';
import { ilaName, ilaNumber, locatorNumber, locatorText } from './ila-names.ts';

it('reads and writes locators', () => {
  expect(locatorNumber('2001:0:1:ff')).toBe(0x200100000001_00ffn);
  expect(locatorText(0x200100000001_00ffn)).toBe('2001:0:1:ff');
  expect(locatorNumber('1')).toBe(1n << 48n);
  for (const word of ['', 'x', '1::2', '1:2:3:4:5', '10000:1']) expect(locatorNumber(word)).toBeUndefined();
});

it('has words for numbers, some of them far apart', () => {
  expect(ilaName(ilaIdentifierTypes, 32)).toBe('use-format');
  expect(ilaNumber(ilaIdentifierTypes, 'use-format')).toBe(32);
  expect(ilaName(ilaChecksumModes, 9)).toBe('unknown');
  expect(ilaNumber(ilaChecksumModes, 'x')).toBeUndefined();
});
