import { expect, it } from 'vitest';
import { NSID_NOT_ASSIGNED, nsid } from './nsid.ts';

it('knows ids that are not assigned', () => {
  const { attributes } = nsid.decode(Buffer.from('00000000' + '08000100ffffffff', 'hex'));
  expect(attributes.nsid).toBe(NSID_NOT_ASSIGNED);
});

it('takes a header without its padding, as old programs send it', () => {
  expect(nsid.decode(Uint8Array.of(0))).toEqual({ header: { family: 0 }, attributes: {} });
});
