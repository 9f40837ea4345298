import { failure, invalidArgument } from '../../exit.ts';
import type { OptionRow } from '../../grammar.ts';
import { prefix, toText } from '../../inet.ts';
import { type Part, value, when } from '../../show/fields.ts';
import type { LinkView } from '../view.ts';
import type { DataOf, DraftOf, Kind, KindContext } from './kind.ts';
import { readWords, wordRow } from './parse.ts';
import {
  dev,
  encapRows,
  endRows,
  external,
  fwmark,
  ipv4Rows,
  shownEncap,
  shownEnds,
  shownExternal,
  shownFwmark,
  shownTos,
  shownTtl,
  startingWith,
} from './tunnel-common.ts';

type KindName = 'ipip' | 'sit';
type Data = DataOf<'sit'>;
type Draft = DraftOf<'sit'>;
type Row = OptionRow<Draft, KindContext>;

const usageOf = (kind: KindName) => `\
Usage: ... ${kind.padEnd(6)}	[ remote ADDR ]
			[ local ADDR ]
			[ ttl TTL ]
			[ tos TOS ]
			[ [no]pmtudisc ]
			[ 6rd-prefix ADDR ]
			[ 6rd-relay_prefix ADDR ]
			[ 6rd-reset ]
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
${modeUsage[kind]}
Where:	ADDR := { IP_ADDRESS | any }
	TOS  := { NUMBER | inherit }
	TTL  := { 1..255 | inherit }
	MARK := { 0x0..0xffffffff }
`;

const modeUsage = {
  ipip: `\
			[ mode { ipip | mplsip | any } ]
`,
  sit: `\
			[ mode { ip6ip | ipip | mplsip | any } ]
			[ isatap ]
`,
};

/** What is inside, by protocol number, with the words for it; the first is the one that is shown. */
const modes: readonly (readonly [proto: number, names: readonly string[]])[] = [
  [41, ['ip6ip', 'ipv6/ipv4']],
  [4, ['ipip', 'ip4ip4', 'ipv4/ipv4']],
  [137, ['mplsip', 'mpls/ipv4']],
  [0, ['any', 'any/ipv4']],
];

const rowsOf = (kind: KindName): readonly Row[] => [
  ...endRows('inet', ''),
  dev,
  ...ipv4Rows(''),
  {
    words: 'mode',
    apply: (draft, take) => {
      const word = take();
      const found = modes.find(([proto, names]) => names.includes(word) && (kind === 'sit' || proto !== 41));
      if (found === undefined) throw invalidArgument(word, 'Cannot guess tunnel mode.');
      draft.proto = found[0];
    },
  },
  ...(kind === 'sit' ? [isatap] : []),
  ...encapRows,
  external,
  {
    words: '6rd-prefix',
    apply: (draft, take) => {
      const found = prefix(take(), 'inet6');
      draft.sixrdPrefix = toText(found);
      draft.sixrdPrefixlen = found.length;
    },
  },
  {
    words: '6rd-relay_prefix',
    apply: (draft, take) => {
      const found = prefix(take(), 'inet');
      draft.sixrdRelayPrefix = toText(found);
      draft.sixrdRelayPrefixlen = found.length;
    },
  },
  wordRow('6rd-reset', (draft) => {
    draft.sixrdPrefix = '2002::';
    draft.sixrdPrefixlen = 16;
    draft.sixrdRelayPrefix = undefined;
    draft.sixrdRelayPrefixlen = undefined;
  }),
  fwmark,
];

const isatap: Row = wordRow('isatap', (draft) => {
  draft.flags = (draft.flags ?? 0) | 1;
});

const defaults: Draft = {
  proto: 0,
  pmtudisc: true,
  tos: 0,
  ttl: 0,
  link: 0,
  fwmark: 0,
  encapType: 0,
  encapFlags: 0,
  encapSport: 0,
  encapDport: 0,
};

const describe: readonly Part<Data, LinkView>[] = [
  shownExternal,
  value('proto', '% ', ({ proto }) => modes.find(([number]) => number === proto)?.[1][0]),
  ...shownEnds,
  shownTtl('ttl'),
  shownTos,
  value(
    'pmtudisc',
    (on) => (on === true ? 'pmtudisc ' : 'nopmtudisc '),
    (data) => data.pmtudisc ?? false,
  ),
  value('isatap', 'isatap ', ({ flags = 0 }) => (flags & 1) !== 0 || undefined),
  when(
    ({ sixrdPrefixlen = 0 }) => sixrdPrefixlen !== 0,
    [
      value('prefix', '6rd-prefix %', (data) => data.sixrdPrefix),
      value('prefixlen', '/% ', (data) => data.sixrdPrefixlen),
      when(
        ({ sixrdRelayPrefix }) => sixrdRelayPrefix !== undefined && sixrdRelayPrefix !== '0.0.0.0',
        [
          value('relay_prefix', '6rd-relay_prefix %', (data) => data.sixrdRelayPrefix),
          value('relay_prefixlen', '/% ', (data) => data.sixrdRelayPrefixlen),
        ],
      ),
    ],
  ),
  shownFwmark,
  ...shownEncap,
];

function ipTunnel(kind: KindName): Kind<Data, DraftOf<'ipip'> | Draft> {
  const usage = usageOf(kind);
  const rows = rowsOf(kind);
  return {
    kind,
    usage,
    describe,
    parse(list, context) {
      const start = kind === 'sit' ? { ...defaults, flags: 0 } : defaults;
      const draft = startingWith<Draft>(context, kind, start);
      readWords(rows, list, draft, context, () => failure(usage.trimEnd()));
      if (draft.collectMetadata === true) return { proto: draft.proto, collectMetadata: true };
      if (kind === 'sit') return draft;
      const { sixrdPrefix, sixrdPrefixlen, sixrdRelayPrefix, sixrdRelayPrefixlen, ...own } = draft;
      return own;
    },
  };
}

/** IPv4 over IPv4: `ip link add NAME type ipip`. */
export const ipip = ipTunnel('ipip');
/** IPv6 over IPv4: `ip link add NAME type sit`. */
export const sit = ipTunnel('sit');
