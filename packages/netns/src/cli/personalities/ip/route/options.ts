import { routePreferences } from '../../../../netlink/families/route/route.ts';
import type { KeptFiles } from '../bpf-programs.ts';
import type { DeviceNames } from '../device-names.ts';
import { duplicateOrGarbage, invalidArgument } from '../exit.ts';
import type { Grammar, OptionRow } from '../grammar.ts';
import { address, type InetAddress, isAnyWord, labelsOf, prefix, toText } from '../inet.ts';
import type { Family } from '../options.ts';
import { dsfieldNumber, numberIn, protocols, realmsNumber, routeScopes, tables, typeNumber } from '../route-names.ts';
import { unsigned } from '../values.ts';
import { vrfNamed } from '../vrf.ts';
import { isPrefix, type Words } from '../words.ts';
import { type RouteDraft, RTA_NEWDST } from './draft.ts';
import { readEncap } from './encap/encap.ts';
import { metricRows, readMetric } from './metrics.ts';
import { readRouter } from './via.ts';

export interface RouteContext {
  readonly words: Words;
  readonly devices: DeviceNames;
  /** What has to stay open until the request is done. */
  readonly kept: KeptFiles;
  /** Prints the help of `ip route`; does not return. */
  help(): never;
}

type Row = OptionRow<RouteDraft, RouteContext>;

/** RTNH_F_ONLINK and RTNH_F_PERVASIVE. */
const flagBits = { onlink: 4, pervasive: 2 } as const;

/** Reads an address of the family that is known so far, which is then known. */
function inFamily<T extends InetAddress>(
  draft: RouteDraft,
  word: string,
  read: (word: string, family?: Family) => T,
): T {
  const found = read(word, draft.family);
  if (!isAnyWord(word)) draft.family ??= found.family;
  return found;
}

export function flag(word: keyof typeof flagBits): OptionRow<{ flags: number }, unknown> {
  return {
    words: word,
    apply: (draft) => {
      draft.flags |= flagBits[word];
    },
  };
}

/** The options of `ip route add` and its like, in the order in which `ip` compares them. */
export const routeRows: readonly Row[] = [
  {
    words: 'src',
    help: '[ src ADDRESS ]',
    apply: (draft, take) => {
      draft.attributes.prefsrc = toText(inFamily(draft, take(), address));
    },
  },
  {
    words: 'as',
    help: '[ as [ to ] LABELS ]',
    apply: (draft, take) => {
      const first = take();
      const word = first === 'to' ? take() : first;
      const found = inFamily(draft, word, address);
      if (found.family === 'mpls') draft.attributes.newdst = labelsOf(found);
      else draft.attributes.unknown = [{ type: RTA_NEWDST, raw: found.bytes }]; // labels in the catalogue, which others are not
    },
  },
  {
    words: 'via',
    help: '[ via [ inet | inet6 ] ADDRESS ] [ dev DEV ]',
    apply: (draft, take, _context, word) => {
      if (draft.gateway) throw invalidArgument(word, 'use nexthop syntax to specify multiple via\n');
      draft.gateway = true;
      const router = readRouter(draft.family, take);
      draft.family ??= router.family;
      Object.assign(draft.attributes, router.attribute);
    },
  },
  {
    words: 'from',
    help: '[ from PREFIX ]',
    apply: (draft, take) => {
      draft.source = inFamily(draft, take(), prefix);
    },
  },
  {
    words: 'tos dsfield*',
    help: '[ tos TOS ]',
    apply: (draft, take) => {
      draft.tos = dsfieldNumber(take(), '"tos" value is invalid\n');
    },
  },
  {
    words: 'expires',
    help: '[ expires SECONDS ]',
    apply: (draft, take) => {
      draft.attributes.expires = unsigned(take(), 32, '"expires" value is invalid\n');
    },
  },
  {
    words: 'metric* priority* preference',
    help: '[ metric METRIC ]',
    apply: (draft, take) => {
      draft.attributes.priority = unsigned(take(), 32, '"metric" value is invalid\n');
    },
  },
  {
    words: 'scope',
    help: '[ scope SCOPE ]',
    apply: (draft, take) => {
      draft.scope = numberIn(routeScopes, take(), 8, 'invalid "scope" value\n');
    },
  },
  // In the order in which `ip` compares them: `r` is `reordering`, `c` is `cwnd`.
  ...[
    'mtu',
    'hoplimit',
    'advmss',
    'reordering',
    'rtt',
    'rtoMin',
    'window',
    'cwnd',
    'initcwnd',
    'initrwnd',
    'features',
    'quickack',
    'ccAlgo',
    'rttvar',
    'ssthresh',
  ].map(metric),
  {
    words: 'realms*',
    help: '[ realms REALM ]',
    apply: (draft, take) => {
      const word = take();
      const realm = realmsNumber(word);
      if (realm === undefined) throw invalidArgument(word, '"realm" value is invalid\n');
      draft.attributes.flow = realm;
    },
  },
  { ...flag('onlink'), help: '[ onlink ]' },
  {
    words: 'nexthop',
    help: '[ nexthop NH ]...',
    last: true,
    apply: (draft, _take, { words }) => {
      draft.hops = words.rest();
    },
  },
  {
    words: 'nhid',
    help: '[ nhid ID ]',
    apply: (draft, take) => {
      draft.attributes.nhId = unsigned(take(), 32, '"id" value is invalid\n');
    },
  },
  {
    words: 'protocol*',
    help: '[ proto RTPROTO ]',
    apply: (draft, take) => {
      draft.protocol = numberIn(protocols, take(), 8, '"protocol" value is invalid\n');
    },
  },
  {
    words: 'table*',
    help: '[ table TABLE_ID ]',
    apply: (draft, take) => {
      draft.table = numberIn(tables, take(), 32, '"table" value is invalid\n');
    },
  },
  {
    words: 'vrf*',
    help: '[ vrf NAME ]',
    apply: (draft, take, { devices }) => {
      draft.table = vrfNamed(devices, take()).table;
    },
  },
  {
    words: 'dev oif',
    apply: (draft, take) => {
      draft.device = take();
    },
  },
  {
    words: 'pre pref',
    help: '[ pref { low | medium | high } ]',
    apply: (draft, take) => {
      const word = take();
      const found = Object.entries(routePreferences).find(([, name]) => name === word)?.[0];
      const number = found === undefined ? undefined : Number(found);
      if (number === undefined) throw invalidArgument(word, '"pref" value is invalid\n');
      draft.attributes.pref = number;
    },
  },
  {
    words: 'encap',
    help: '[ encap ENCAPTYPE OPTIONS ]',
    apply: (draft, take, context) => {
      draft.attributes.encap = readEncap(take(), context);
    },
  },
  {
    words: 'ttl-propagate',
    help: '[ ttl-propagate { enabled | disabled } ]',
    apply: (draft, take) => {
      const word = take();
      if (word !== 'enabled' && word !== 'disabled') throw invalidArgument(word, '"ttl-propagate" value is invalid\n');
      draft.attributes.ttlPropagate = word === 'enabled';
    },
  },
  metric('fastopenNoCookie'),
];

function metric(key: string): Row {
  const row = metricRows.find((each) => each.key === key);
  if (row === undefined) throw new TypeError(`no metric ${key}`);
  return {
    words: row.words,
    help: row.help,
    apply: (draft, take, { words }) => readMetric(row, draft.metrics, words, take),
  };
}

/** Words that are no option: the destination, with its type in front, or `help`. */
export const routeGrammar: Grammar<RouteDraft, RouteContext> = {
  rows: routeRows,
  otherwise(draft, first, take, context) {
    let word = first === 'to' ? take() : first;
    const type = /^[0-9]/.test(word) ? undefined : typeNumber(word);
    if (type !== undefined) {
      word = take();
      draft.type = type;
    }
    if (isPrefix(word, 'help')) context.help();
    if (draft.destination !== undefined) throw duplicateOrGarbage('to', word);
    draft.destination = inFamily(draft, word, prefix);
  },
};
