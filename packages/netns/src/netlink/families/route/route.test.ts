import { describe, expect, it } from 'vitest';
import { AF_INET, AF_INET6, AF_MPLS } from './address-families.ts';
import { type RouteMessageInput, route } from './route.ts';

const again = (value: RouteMessageInput) => route.decode(route.encode(value)).attributes;

describe('route', () => {
  it('has labels where the family is mpls, and addresses elsewhere', () => {
    expect(again({ header: { family: AF_MPLS }, attributes: { dstLabel: [100], newdst: [200, 300] } })).toEqual({
      dstLabel: [100],
      newdst: [200, 300],
    });
    expect(again({ header: { family: AF_INET }, attributes: { dst: '192.0.2.0' } })).toEqual({ dst: '192.0.2.0' });
  });

  it('marks the last label as the bottom of the stack (RFC 3032)', () => {
    const bytes = route.encode({ attributes: { newdst: [100, 200] } });
    expect(Buffer.from(bytes.subarray(12)).toString('hex')).toBe('0c001300' + '00064000' + '000c8100');
  });

  it.each([[[]], [[1048576]], [[1.5]], ['100']])('refuses %j as labels', (labels) => {
    expect(() => route.encode({ attributes: { newdst: labels as number[] } })).toThrow('invalid route.newdst');
  });

  it.each([
    [AF_INET, '10.0.0.2'],
    [AF_INET6, 'fe80::1'],
    [17, '02:00:00:00:00:01'],
  ])('has routers of family %i', (family, address) => {
    expect(again({ attributes: { via: { family, address } } })).toEqual({ via: { family, address } });
  });

  it('reads the encapsulation by its number, wherever that stands', () => {
    const encap = { kind: 'mpls', data: { dst: [100], ttl: 5 } } as const;
    const hop = { header: { ifindex: 3, hops: 0, flags: 0 }, attributes: { encap } };
    expect(again({ attributes: { encap, multipath: [hop] } })).toEqual({ encap, multipath: [hop] });
    // The kernel sends the settings before the kind.
    const swapped = Buffer.from(
      '0200000000000000' + '00000000' + '0c001600' + '08000100' + '00064100' + '06001500' + '01000000',
      'hex',
    );
    expect(route.decode(swapped).attributes).toEqual({ encap: { kind: 'mpls', data: { dst: [100] } } });
  });

  it('keeps an encapsulation that it does not know', () => {
    const encap = { kind: 'other', name: '77', raw: Uint8Array.of(1, 2, 3, 4) } as const;
    expect(again({ attributes: { encap } })).toEqual({ encap });
    expect(() => again({ attributes: { encap: { kind: 'other', name: 'unheard-of' } } })).toThrow('route.encap.kind');
  });
});
