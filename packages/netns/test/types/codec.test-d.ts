/**
 * What the compiler must refuse, and what it must know. Checked by `tsc` alone: every `@ts-expect-error` that is not an error
 * is one.
 */
import { address } from '../../src/netlink/families/route/address.ts';
import { type LinkMessage, type LinkMessageInput, link } from '../../src/netlink/families/route/link.ts';
import { nsid } from '../../src/netlink/families/route/nsid.ts';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <T extends true>(_: T) => {};

declare const bytes: Uint8Array;

// Decoded values.
const { header, attributes } = link.decode(bytes);
same<Equal<typeof header.index, number>>(true);
same<Equal<typeof attributes.ifname, string | undefined>>(true);
same<Equal<NonNullable<typeof attributes.stats64>['rxBytes'], bigint>>(true);
same<Equal<NonNullable<typeof attributes.stats64>['rxNohandler'], bigint | undefined>>(true);
same<Equal<NonNullable<typeof attributes.propList>['altIfname'], readonly string[] | undefined>>(true);
same<Equal<keyof typeof header, 'family' | 'type' | 'index' | 'flags' | 'change'>>(true);
// @ts-expect-error no such attribute
attributes.ifnam;
// @ts-expect-error decoded values are read only
attributes.mtu = 1;

// The union narrows by kind, and the fallback has a tag of its own.
const info = attributes.linkinfo;
if (info?.kind === 'vxlan') {
  same<Equal<NonNullable<typeof info.data>['id'], number | undefined>>(true);
  // @ts-expect-error vxlan has no peer
  info.data?.peer;
}
if (info?.kind === 'veth')
  same<Equal<NonNullable<NonNullable<typeof info.data>['peer']>['header']['index'], number>>(true);
if (info?.kind === 'other') same<Equal<typeof info.raw, Uint8Array | undefined>>(true);
const slave = info?.slave;
if (slave?.kind === 'bridge') same<Equal<NonNullable<typeof slave.data>['state'], number | undefined>>(true);
// @ts-expect-error no such kind
if (info?.kind === 'vxlna') bytes;

// The lazy view has the same types.
const lazy = link.view(bytes);
same<Equal<typeof lazy.attributes, typeof attributes>>(true);
same<Equal<typeof lazy.header, typeof header>>(true);

// Values to encode.
link.encode({ header: { index: 1 }, attributes: { ifname: 'v0', mtu: undefined, linkinfo: { kind: 'dummy' } } });
link.encode({
  attributes: { linkinfo: { kind: 'veth', data: { peer: { attributes: { ifname: 'v1', netNsFd: 3 } } } } },
});
link.encode({ attributes: { linkinfo: { kind: 'other', name: 'nothing', raw: bytes } } });
link.encode({ attributes: { linkinfo: { slave: { kind: 'bridge', data: { cost: 5 } } } } });
// @ts-expect-error a misspelt attribute
link.encode({ attributes: { ifnam: 'v0' } });
// @ts-expect-error a number where text belongs
link.encode({ attributes: { ifname: 1 } });
// @ts-expect-error a number where a bigint belongs
link.encode({ attributes: { maxPacingOffloadHorizon: 1 } });
// @ts-expect-error an attribute of another kind
link.encode({ attributes: { linkinfo: { kind: 'vxlan', data: { mode: 1 } } } });
// @ts-expect-error a misspelt attribute of a kind
link.encode({ attributes: { linkinfo: { kind: 'vxlan', data: { idd: 1 } } } });
// @ts-expect-error a kind that is not declared, without the tag for that
link.encode({ attributes: { linkinfo: { kind: 'nothing' } } });
// @ts-expect-error data without a kind
link.encode({ attributes: { linkinfo: { data: { id: 1 } } } });
// @ts-expect-error a misspelt header field
link.encode({ header: { indx: 1 } });
// @ts-expect-error padding is no field
link.encode({ header: { pad: bytes } });
// @ts-expect-error an attribute outside of attributes
nsid.encode({ nsid: 5 });
// @ts-expect-error an attribute of another message
address.encode({ attributes: { mtu: 1500 } });

// What was decoded can be encoded.
const decoded: LinkMessage = link.decode(bytes);
const input: LinkMessageInput = decoded;
link.encode(input);

// Message numbers are known.
same<Equal<typeof link.types.new, 16>>(true);
// @ts-expect-error there is no such verb
link.types.add;
