import { describe, expect, it } from 'vitest';
import { plain, toHex } from '../../test/codec/fixture.ts';
import { loadFixtures } from '../../test/codec/load.ts';
import { recode } from '../../test/codec/recode.ts';
import { catalogue, declarationOf, messageTypeName } from './catalogue.ts';
import { inetSocket } from './families/diag/inet.ts';
import { unixSocket } from './families/diag/unix.ts';
import { mdb } from './families/route/mdb.ts';
import { NLMSG_HDRLEN, splitDatagram } from './header.ts';

const fixtures = loadFixtures();
/** Few kernels are built with xdp_diag, and none was at hand that is; Mobile IPv6 and NAT that moves were not brought about. */
const noKernel: readonly string[] = ['xdpSocket', 'xfrmReport', 'xfrmMapping'];

/** Those that a message can say that it is one of; of the others only who asked knows. */
const recognisable = catalogue.filter(({ families, name }) => families?.length !== 0 && !noKernel.includes(name));
const json = (value: unknown) => JSON.stringify(plain(value));

describe('captured messages', () => {
  it.each(fixtures)('decode and encode: $title', ({ bytes, direction, protocol, decoded, hex, reencoded, request }) => {
    const again = recode(bytes, direction, protocol, request);
    expect(json(again.decoded)).toBe(JSON.stringify(decoded));
    if (again.reencoded === undefined) return;
    expect(toHex(again.reencoded)).toBe(reencoded ?? hex);
    if (reencoded === undefined) return;
    // Where encoding gives other bytes than were captured, they mean the same: a flag that is false is left out.
    const meaning = json(again.decoded)?.replace('"ttlInherit":false,', '');
    expect(json(recode(again.reencoded, direction, protocol).decoded)).toBe(meaning);
  });

  it.each(recognisable)('there are some of $name', (declaration) => {
    const found = fixtures.some(({ bytes, direction, protocol }) => {
      const [message] = splitDatagram(bytes);
      return declarationOf(message?.type ?? 0, protocol, direction, bytes[NLMSG_HDRLEN]) === declaration;
    });
    expect(found).toBe(true);
  });

  it('hold no attribute that the declarations do not know', () => {
    expect(fixtures.filter(({ decoded }) => JSON.stringify(decoded)?.includes('"unknown":'))).toEqual([]);
  });
});

describe('the catalogue', () => {
  it('finds the declaration and the name of a message number', () => {
    expect(declarationOf(16)?.name).toBe('link');
    expect(declarationOf(22)?.name).toBe('address');
    expect(declarationOf(9999)).toBeUndefined();
    expect(declarationOf(16, 99)).toBeUndefined();
    expect(declarationOf(0xa00, 12)?.name).toBe('nftTable');
    expect(declarationOf(84)).toBe(mdb.received);
    expect(declarationOf(84, 0, 'sent')).toBe(mdb.sent);
    expect(declarationOf(20, 4, 'received', 1)).toBe(unixSocket.received);
    expect(declarationOf(20, 4, 'sent', 10)).toBe(inetSocket.sent);
    expect(declarationOf(20, 4)).toBeUndefined();
    expect([18, 20, 90, 108, 9999].map((type) => messageTypeName(type))).toEqual([
      'RTM_GETLINK',
      'RTM_NEWADDR',
      'RTM_GETNSID',
      'RTM_NEWLINKPROP',
      'type 9999',
    ]);
  });

  it('uses each message number once', () => {
    const numbers = catalogue.flatMap(({ protocol, types, direction, families = ['all'] }) =>
      (direction === undefined ? (['sent', 'received'] as const) : [direction]).flatMap((way) =>
        Object.values(types).flatMap((type) => families.map((family) => `${protocol}:${type}:${way}:${family}`)),
      ),
    );
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});
