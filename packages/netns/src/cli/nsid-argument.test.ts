import { expect, it } from 'vitest';
import { nsidArgument } from './nsid-argument.ts';

it('takes a number that fits, or auto', () => {
  expect(nsidArgument('0')).toBe(0);
  expect(nsidArgument('2147483647')).toBe(2147483647);
  expect(nsidArgument('auto')).toBe('auto');
  for (const bad of ['', '-1', '2147483648', '0x10', 'Auto', '1 ', '1e3'])
    expect(() => nsidArgument(bad)).toThrow(`an id is 'auto' or a number from 0 to 2147483647, not '${bad}'`);
});
