import { expect, it } from 'vitest';
import { address, addressFlag } from './address.ts';

it('has the masks of flags by name', () => {
  expect([
    addressFlag('secondary'),
    addressFlag('nodad'),
    addressFlag('permanent'),
    addressFlag('stable-privacy'),
  ]).toEqual([1, 2, 0x80, 0x800]);
});

it('takes addresses of both families', () => {
  const attributes = { local: '192.0.2.1', address: '2001:db8::1', flags: 0 };
  expect(address.decode(address.encode({ attributes })).attributes).toEqual(attributes);
});
