import { failure, invalidArgument } from '../../exit.ts';
import type { OptionRow } from '../../grammar.ts';
import { parseUnsigned } from '../../numbers.ts';
import { type Part, value } from '../../show/fields.ts';
import type { LinkView } from '../view.ts';
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
  shownMobile,
  startingWith,
} from './tunnel-common.ts';

const usage = `\
Usage: ... ip6tnl	[ remote ADDR ]
			[ local ADDR ]
			[ encaplimit ELIM ]
			[ hoplimit HLIM ]
			[ tclass TCLASS ]
			[ flowlabel FLOWLABEL ]
			[ dscp inherit ]
			[ [no]allow-localremote ]
			[ dev PHYS_DEV ]
			[ fwmark MARK ]
			[ external ]
			[ noencap ]
			[ encap { fou | gue | none } ]
			[ encap-sport PORT ]
			[ encap-dport PORT ]
			[ [no]encap-csum ]
			[ [no]encap-csum6 ]
			[ [no]encap-remcsum ]
			[ mode { ip6ip6 | ipip6 | any } ]

Where:	ADDR	  := IPV6_ADDRESS
	ELIM	  := { none | 0..255 }(default=4)
	HLIM	  := 0..255 (default=64)
	TCLASS    := { 0x0..0xff | inherit }
	FLOWLABEL := { 0x0..0xfffff | inherit }
	MARK	  := { 0x0..0xffffffff | inherit }
`;

type Data = DataOf<'ip6tnl'>;
type Draft = DraftOf<'ip6tnl'>;

/** What is inside, by protocol number, with the words for it; the first is the one that is shown. */
const modes: readonly (readonly [proto: number, names: readonly string[]])[] = [
  [41, ['ip6ip6', 'ipv6/ipv6']],
  [4, ['ipip6', 'ip4ip6', 'ipv4/ipv6', 'ip/ipv6']],
  [0, ['any', 'any/ipv6']],
];

const rows: readonly OptionRow<Draft, KindContext>[] = [
  {
    words: 'mode',
    apply: (draft, take) => {
      const word = take();
      const found = modes.find(([, names]) => names.includes(word));
      if (found === undefined) throw invalidArgument(word, 'Cannot guess tunnel mode.');
      draft.proto = found[0];
    },
  },
  ...endRows('inet6', ''),
  dev,
  // what is no number counts as zero here
  ...ipv6Rows('', (word) => parseUnsigned(word, 8) ?? 0),
  ...encapRows,
  external,
];

const defaults: Draft = {
  proto: 0,
  ttl: 64,
  encapLimit: 4,
  flowinfo: 0,
  flags: 0,
  link: 0,
  fwmark: 0,
  encapType: 0,
  encapFlags: 2,
  encapSport: 0,
  encapDport: 0,
};

const describe: readonly Part<Data, LinkView>[] = [
  shownExternal,
  value('proto', '% ', ({ proto }) => modes.find(([number]) => number === proto)?.[1][0]),
  ...shownEnds,
  ...shownIpv6,
  shownMobile,
  shownLocalRemote,
  shownIpv6Mark,
  ...shownEncap,
];

/** IPv6 or IPv4 over IPv6: `ip link add NAME type ip6tnl`. */
export const ip6tnl: Kind<Data, Draft> = {
  kind: 'ip6tnl',
  usage,
  describe,
  parse(list, context) {
    const draft = startingWith<Draft>(context, 'ip6tnl', defaults);
    readWords(rows, list, draft, context, () => failure(usage.trimEnd()));
    return draft.collectMetadata === true ? { proto: draft.proto, collectMetadata: true } : draft;
  },
};
