import { expect, it } from 'vitest';
import { type LinkMessage, link } from '../netlink/families/route/link.ts';
import { linkOf } from './links.ts';

/** RTM_NEWLINK of index 7 with IFLA_STATS64 (23), byte by byte as `struct rtnl_link_stats64` lies in memory: 25 counters. */
function linkWithCounters(counterAt: (position: number) => bigint): Uint8Array {
  const bytes = new Uint8Array(16 + 4 + 25 * 8);
  const view = new DataView(bytes.buffer);
  view.setInt32(4, 7, true); // ifi_index
  view.setUint16(16, 4 + 25 * 8, true);
  view.setUint16(18, 23, true);
  for (let position = 0; position < 25; position++) view.setBigUint64(20 + position * 8, counterAt(position), true);
  return bytes;
}

it('counts in all 64 bits, however a message is decoded', () => {
  const beyond32 = linkWithCounters((position) => (BigInt(position + 1) << 32n) + BigInt(position));
  const expected = {
    rxPackets: (1n << 32n) + 0n,
    txPackets: (2n << 32n) + 1n,
    rxBytes: (3n << 32n) + 2n,
    txBytes: 0x4_0000_0003n,
    multicast: 0x9_0000_0008n,
    txCompressed: 0x17_0000_0016n,
    rxNohandler: 0x18_0000_0017n,
    rxOtherhostDropped: 0x19_0000_0018n,
  };
  // The first ones are interpreted; after some hundreds they are read by code made for them.
  const seen = new Set<LinkMessage>();
  for (let i = 0; i < 500; i++) seen.add(link.decode(beyond32));
  for (const message of seen) expect(linkOf(message).counters).toMatchObject(expected);
  expect(link.view(beyond32).attributes.stats64).toMatchObject(expected);

  const largest = link.decode(linkWithCounters(() => 2n ** 64n - 1n));
  expect(linkOf(largest).counters?.rxBytes).toBe(18446744073709551615n);
  expect(link.encode(largest)).toEqual(linkWithCounters(() => 2n ** 64n - 1n));
});
