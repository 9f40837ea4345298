import { failure } from '../../exit.ts';
import type { OptionRow } from '../../grammar.ts';
import type { Part } from '../../show/fields.ts';
import { unsigned } from '../../values.ts';
import type { LinkView } from '../view.ts';
import { erspanRows, type GreDraft, greRows, onlyOwnErspan, shownErspan, shownGre } from './gre-common.ts';
import type { DataOf, DraftOf, Kind, KindContext } from './kind.ts';
import { readWords } from './parse.ts';
import {
  dev,
  encapRows,
  endRows,
  external,
  ipv6Rows,
  shownEncap,
  shownEnds,
  shownExternal,
  shownIpv6,
  shownIpv6Mark,
  shownLocalRemote,
  startingWith,
} from './tunnel-common.ts';

type KindName = 'ip6gre' | 'ip6gretap' | 'ip6erspan';
type Data = DataOf<KindName>;
type Row = OptionRow<GreDraft, KindContext>;

const usageOf = (kind: KindName) => `\
Usage: ... ${kind.padEnd(9)}	[ remote ADDR ]
			[ local ADDR ]
			[ [no][i|o]seq ]
			[ [i|o]key KEY | no[i|o]key ]
			[ [no][i|o]csum ]
			[ hoplimit TTL ]
			[ encaplimit ELIM ]
			[ tclass TCLASS ]
			[ flowlabel FLOWLABEL ]
			[ dscp inherit ]
			[ dev PHYS_DEV ]
			[ fwmark MARK ]
			[ [no]allow-localremote ]
			[ external ]
			[ noencap ]
			[ encap { fou | gue | none } ]
			[ encap-sport PORT ]
			[ encap-dport PORT ]
			[ [no]encap-csum ]
			[ [no]encap-csum6 ]
			[ [no]encap-remcsum ]
			[ erspan_ver version ]
			[ erspan IDX ]
			[ erspan_dir { ingress | egress } ]
			[ erspan_hwid hwid ]

Where:	ADDR	  := IPV6_ADDRESS
	TTL	  := { 0..255 } (default=64)
	KEY	  := { DOTTED_QUAD | NUMBER }
	ELIM	  := { none | 0..255 }(default=4)
	TCLASS	  := { 0x0..0xff | inherit }
	FLOWLABEL := { 0x0..0xfffff | inherit }
	MARK	  := { 0x0..0xffffffff | inherit }
`;

const rows: readonly Row[] = [
  ...greRows,
  ...endRows('inet6', '*'),
  dev,
  ...ipv6Rows('*', (word) => unsigned(word, 8, 'invalid ELIM')),
  ...encapRows,
  external,
  ...erspanRows,
];

const defaults: GreDraft = {
  ikey: 0,
  okey: 0,
  iflags: 0,
  oflags: 0,
  ttl: 64,
  encapLimit: 4,
  flowinfo: 0,
  flags: 0,
  fwmark: 0,
  encapType: 0,
  encapFlags: 2,
  encapSport: 0,
  encapDport: 0,
};

const describe: readonly Part<Data, LinkView>[] = [
  shownExternal,
  ...shownEnds,
  ...shownIpv6,
  ...shownGre,
  shownLocalRemote,
  shownIpv6Mark,
  ...shownErspan,
  ...shownEncap,
];

function ip6greKind(kind: KindName): Kind<Data, DraftOf<KindName>> {
  const usage = usageOf(kind);
  return {
    kind,
    usage,
    describe,
    parse(list, context) {
      const draft = startingWith<GreDraft>(context, kind, defaults);
      readWords(rows, list, draft, context, () => failure(usage.trimEnd()));
      return draft.collectMetadata === true ? { collectMetadata: true } : onlyOwnErspan(draft);
    },
  };
}

/** A tunnel for IP packets over IPv6: `ip link add NAME type ip6gre`. */
export const ip6gre = ip6greKind('ip6gre');
/** The same for Ethernet frames. */
export const ip6gretap = ip6greKind('ip6gretap');
/** Mirrored frames: `ip link add NAME type ip6erspan`. */
export const ip6erspan = ip6greKind('ip6erspan');
