import { failure } from '../../exit.ts';
import type { OptionRow } from '../../grammar.ts';
import { type Part, value } from '../../show/fields.ts';
import type { LinkView } from '../view.ts';
import { erspanRows, type GreDraft, greRows, keyFlag, onlyOwnErspan, shownErspan, shownGre } from './gre-common.ts';
import type { DataOf, DraftOf, Kind, KindContext } from './kind.ts';
import { readWords, wordRow } from './parse.ts';
import {
  dev,
  encapRows,
  endRows,
  external,
  fwmark,
  ipv4Rows,
  keyedByGroup,
  shownEncap,
  shownEnds,
  shownExternal,
  shownFwmark,
  shownTos,
  shownTtl,
  startingWith,
} from './tunnel-common.ts';

type KindName = 'gre' | 'gretap' | 'erspan';
type Data = DataOf<KindName>;
type Row = OptionRow<GreDraft, KindContext>;

const usageOf = (kind: KindName) => `\
Usage: ... ${kind.padEnd(9)}	[ remote ADDR ]
			[ local ADDR ]
			[ [no][i|o]seq ]
			[ [i|o]key KEY | no[i|o]key ]
			[ [no][i|o]csum ]
			[ ttl TTL ]
			[ tos TOS ]
			[ [no]pmtudisc ]
			[ [no]ignore-df ]
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
${kind === 'erspan' ? erspanUsage : ''}
Where:	ADDR := { IP_ADDRESS | any }
	TOS  := { NUMBER | inherit }
	TTL  := { 1..255 | inherit }
	KEY  := { DOTTED_QUAD | NUMBER }
	MARK := { 0x0..0xffffffff }
`;

const erspanUsage = `\
			[ erspan_ver version ]
			[ erspan IDX ]
			[ erspan_dir { ingress | egress } ]
			[ erspan_hwid hwid ]
`;

const rows: readonly Row[] = [
  ...greRows,
  wordRow('ignore-df', (draft) => {
    draft.ignoreDf = true;
  }),
  wordRow('noignore-df', (draft) => {
    draft.ignoreDf = false;
  }),
  ...endRows('inet', '*'),
  dev,
  ...ipv4Rows('*'),
  ...encapRows,
  external,
  fwmark,
];

const defaults: GreDraft = {
  ikey: 0,
  okey: 0,
  iflags: 0,
  oflags: 0,
  pmtudisc: true,
  tos: 0,
  ttl: 0,
  fwmark: 0,
  encapType: 0,
  encapFlags: 0,
  encapSport: 0,
  encapDport: 0,
};

const describe: readonly Part<Data, LinkView>[] = [
  shownExternal,
  ...shownEnds,
  shownTtl('ttl'),
  shownTos,
  value(
    'pmtudisc',
    (on) => (on === true ? '' : 'nopmtudisc '),
    (data) => data.pmtudisc,
  ),
  value('ignore_df', 'ignore-df ', (data) => data.ignoreDf || undefined),
  ...shownGre,
  shownFwmark,
  ...shownErspan,
  ...shownEncap,
];

function greKind(kind: KindName): Kind<Data, DraftOf<KindName>> {
  const usage = usageOf(kind);
  const own = kind === 'erspan' ? [...rows, ...erspanRows] : rows;
  return {
    kind,
    usage,
    describe,
    parse(list, context) {
      const draft = startingWith<GreDraft>(context, kind, defaults);
      readWords(own, list, draft, context, () => failure(usage.trimEnd()));
      if (draft.collectMetadata === true) return { collectMetadata: true };
      keyedByGroup(draft, keyFlag);
      return kind === 'erspan' ? onlyOwnErspan(draft) : draft;
    },
  };
}

/** A tunnel for IP packets over IPv4: `ip link add NAME type gre`. */
export const gre = greKind('gre');
/** The same for Ethernet frames. */
export const gretap = greKind('gretap');
/** Mirrored frames: `ip link add NAME type erspan`. */
export const erspan = greKind('erspan');
