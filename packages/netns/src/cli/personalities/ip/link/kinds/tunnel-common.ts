import {
  ip6TunnelFlags,
  tunnelEncapFlags,
  tunnelEncaps,
} from '../../../../../netlink/families/route/kinds/tunnel-common.ts';
import { failure, invalidArgument, misuse } from '../../exit.ts';
import type { OptionRow } from '../../grammar.ts';
import { address, dottedAddress, type InetFamily, isAny, isMulticast, toText } from '../../inet.ts';
import { parseUnsigned } from '../../numbers.ts';
import { type Part, value } from '../../show/fields.ts';
import { unsigned } from '../../values.ts';
import { type LinkView, linkName } from '../view.ts';
import { dsfield, parseHexadecimal } from './dsfield.ts';
import type { KindContext } from './kind.ts';
import { deviceRow, wordRow } from './parse.ts';

/** What tunnels over IPv4 and IPv6 have in common; each kind has some of it. */
export interface Tunnel {
  link?: number | undefined;
  local?: string | undefined;
  remote?: string | undefined;
  ttl?: number | undefined;
  tos?: number | undefined;
  pmtudisc?: boolean | undefined;
  encapLimit?: number | undefined;
  flowinfo?: number | undefined;
  flags?: number | undefined;
  fwmark?: number | undefined;
  ikey?: number | undefined;
  okey?: number | undefined;
  iflags?: number | undefined;
  oflags?: number | undefined;
  collectMetadata?: boolean | undefined;
  encapType?: number | undefined;
  encapFlags?: number | undefined;
  encapSport?: number | undefined;
  encapDport?: number | undefined;
}

type Row = OptionRow<Tunnel, KindContext>;
type Shown = Part<Tunnel, LinkView>;

/**
 * What is changed is the whole tunnel: the kernel takes what is not mentioned for absent. So a new one begins with the
 * defaults, and one that is there with what it is.
 */
export function startingWith<Draft extends Tunnel>(context: KindContext, kind: string, defaults: Draft): Draft {
  if (context.creating) return { ...defaults };
  const found = context.existing()?.attributes.linkinfo;
  if (found?.kind !== kind || !('data' in found) || found.data === undefined)
    throw failure('Failed to get existing tunnel info.');
  const { collectMetadata: _, ...data } = found.data as Draft;
  return { ...defaults, ...withoutAny(data as Draft) };
}

function withoutAny<Draft extends Tunnel>(draft: Draft): Draft {
  const { local, remote, ...rest } = draft;
  const known = (text: string | undefined) => (text === undefined || isAny(address(text)) ? undefined : text);
  return { ...rest, local: known(local), remote: known(remote) } as Draft;
}

/** Both ends. The older kinds take shortened words: `star` is what stands behind their spellings. */
export function endRows(family: InetFamily, star: '*' | ''): readonly Row[] {
  const end = (name: 'remote' | 'local'): Row => ({
    words: `${name}${star}`,
    apply: (draft, take) => {
      const found = address(take(), family);
      draft[name] = isAny(found) ? undefined : toText(found);
    },
  });
  return [end('remote'), end('local')];
}

export const dev = deviceRow<Tunnel>('dev*', (draft, index) => {
  draft.link = index;
});

/** `ttl`, `tos` and `pmtudisc` of IPv4. */
export function ipv4Rows(star: '*' | ''): readonly Row[] {
  return [
    wordRow(`nopmtudisc${star}`, (draft) => {
      draft.pmtudisc = false;
    }),
    wordRow(`pmtudisc${star}`, (draft) => {
      draft.pmtudisc = true;
    }),
    {
      words: `ttl${star} hoplimit${star} hlim${star}`,
      apply: (draft, take) => {
        const word = take();
        draft.ttl = word === 'inherit' ? 0 : unsigned(word, 8, 'invalid TTL\n');
      },
    },
    {
      words: `tos${star} tclass${star} tc dsfield*`,
      apply: (draft, take) => {
        const word = take();
        draft.tos = word === 'inherit' ? 1 : dsfield(word);
      },
    },
  ];
}

const flag = (name: (typeof ip6TunnelFlags)[number]) => 1 << ip6TunnelFlags.indexOf(name);

function setFlag(draft: Tunnel, name: (typeof ip6TunnelFlags)[number], on: boolean): void {
  const { flags = 0 } = draft;
  draft.flags = on ? flags | flag(name) : flags & ~flag(name);
}

/** What the packets of a tunnel over IPv6 say in their headers. */
export function ipv6Rows(star: '*' | '', encapLimit: (word: string) => number): readonly Row[] {
  return [
    {
      words: `ttl${star} hoplimit${star} hlim${star}`,
      apply: (draft, take) => {
        draft.ttl = unsigned(take(), 8, 'invalid HLIM\n');
      },
    },
    {
      words: 'encaplimit',
      apply: (draft, take) => {
        const word = take();
        setFlag(draft, 'ign_encap_limit', word === 'none');
        if (word !== 'none') draft.encapLimit = encapLimit(word);
      },
    },
    {
      words: `tclass${star} tc tos${star} dsfield*`,
      apply: (draft, take) => {
        const word = take();
        setFlag(draft, 'use_orig_tclass', word === 'inherit');
        const tclass = word === 'inherit' ? 0 : parseHexadecimal(word);
        if (tclass === undefined || tclass > 0xff) throw invalidArgument(word, 'invalid TClass');
        draft.flowinfo = ((draft.flowinfo ?? 0) & ~0xff00000) | (tclass << 20);
      },
    },
    {
      words: 'flowlabel fl',
      apply: (draft, take) => {
        const word = take();
        setFlag(draft, 'use_orig_flowlabel', word === 'inherit');
        const label = word === 'inherit' ? 0 : parseHexadecimal(word);
        if (label === undefined || label > 0xfffff) throw invalidArgument(word, 'invalid Flowlabel');
        draft.flowinfo = ((draft.flowinfo ?? 0) & ~0xfffff) | label;
      },
    },
    {
      words: 'dscp',
      apply: (draft, take) => {
        const word = take();
        if (word !== 'inherit') throw invalidArgument(word, 'not inherit');
        setFlag(draft, 'rcv_dscp_copy', true);
      },
    },
    {
      words: 'fwmark',
      apply: (draft, take) => {
        const word = take();
        setFlag(draft, 'use_orig_fwmark', word === 'inherit');
        draft.fwmark = word === 'inherit' ? 0 : unsigned(word, 32, 'invalid fwmark\n');
      },
    },
    wordRow('allow-localremote', (draft) => setFlag(draft, 'allow_local_remote', true)),
    wordRow('noallow-localremote', (draft) => setFlag(draft, 'allow_local_remote', false)),
  ];
}

export const fwmark: Row = {
  words: 'fwmark',
  apply: (draft, take) => {
    draft.fwmark = unsigned(take(), 32, 'invalid fwmark\n');
  },
};

export const external: Row = wordRow('external', (draft) => {
  draft.collectMetadata = true;
});

/** What the tunnel is wrapped in once more. */
export const encapRows: readonly Row[] = [
  wordRow('noencap', (draft) => {
    draft.encapType = 0;
  }),
  {
    words: 'encap',
    apply: (draft, take) => {
      const word = take();
      const type = (['none', 'fou', 'gue'] as readonly string[]).indexOf(word);
      if (type < 0) throw invalidArgument(word, 'Invalid encap type.');
      draft.encapType = type;
    },
  },
  {
    words: 'encap-sport',
    apply: (draft, take) => {
      const word = take();
      draft.encapSport = word === 'auto' ? 0 : unsigned(word, 16, 'Invalid source port.');
    },
  },
  {
    words: 'encap-dport',
    apply: (draft, take) => {
      draft.encapDport = unsigned(take(), 16, 'Invalid destination port.');
    },
  },
  ...encapSwitch('encap-csum', 'csum'),
  ...encapSwitch('encap-udp6-csum', 'csum6'),
  ...encapSwitch('encap-remcsum', 'remcsum'),
];

function encapSwitch(word: string, name: (typeof tunnelEncapFlags)[number]): readonly Row[] {
  const bit = 1 << tunnelEncapFlags.indexOf(name);
  return [
    wordRow<Tunnel>(word, (draft) => {
      draft.encapFlags = (draft.encapFlags ?? 0) | bit;
    }),
    wordRow<Tunnel>(`no${word}`, (draft) => {
      draft.encapFlags = (draft.encapFlags ?? 0) & ~bit;
    }),
  ];
}

/** A key: a number, or one in four parts. */
export function keyOf(word: string, name: string): number {
  if (word.includes('.')) return new DataView(dottedAddress(word).bytes.slice().buffer).getUint32(0);
  const key = parseUnsigned(word, 32);
  if (key === undefined) {
    throw misuse(`invalid value for "${name}": "${word}"; it should be an unsigned integer\n`);
  }
  return key;
}

function isGroup(text: string | undefined): boolean {
  return text !== undefined && isMulticast(address(text));
}

/** A tunnel to a group has a source, and the group's address as its keys if no others are given. */
export function keyedByGroup(draft: Tunnel, keyFlag: number): void {
  if (!isGroup(draft.remote)) return;
  if (draft.local === undefined) throw failure('A broadcast tunnel requires a source address.');
  const key = keyOf(draft.remote ?? '', 'key');
  for (const [flags, name] of [
    ['iflags', 'ikey'],
    ['oflags', 'okey'],
  ] as const) {
    if (((draft[flags] ?? 0) & keyFlag) !== 0) continue;
    draft[name] = key;
    draft[flags] = (draft[flags] ?? 0) | keyFlag;
  }
}

const end = (name: 'remote' | 'local'): Shown =>
  value(name, `${name} % `, ({ [name]: text }, { host }) =>
    text === undefined || isAny(address(text)) ? 'any' : host(text),
  );

const hex = (number: number | undefined, digits = 1) =>
  number === undefined ? undefined : `0x${number.toString(16).padStart(digits, '0')}`;

/** Ends and the link below. */
export const shownEnds: readonly Shown[] = [
  end('remote'),
  end('local'),
  value('link', 'dev % ', ({ link = 0 }, view) => (link === 0 ? undefined : linkName(view, link))),
];

export const shownExternal: Shown = value('external', 'external ', (data) => data.collectMetadata);

export const shownTtl = (title: 'ttl' | 'hoplimit'): Shown =>
  value(
    'ttl',
    (ttl) => `${title} ${ttl === 0 ? 'inherit' : ttl} `,
    (data) => data.ttl ?? 0,
  );

export const shownTos: Shown = value(
  'tos',
  (tos) => `tos ${tos === '0x1' ? 'inherit' : tos} `,
  ({ tos }) => hex(tos || undefined),
);

export const shownFwmark: Shown = value('fwmark', 'fwmark % ', ({ fwmark: mark }) => hex(mark || undefined));

/** A bit of `flags`, and what stands in its place when it is not set. */
function flagOr(name: (typeof ip6TunnelFlags)[number], text: string, otherwise?: Shown): Shown {
  return (data, view) =>
    ((data.flags ?? 0) & flag(name)) === 0 ? otherwise?.(data, view) : { text, json: { [`ip6_tnl_f_${name}`]: true } };
}

/** What {@link ipv6Rows} sets, but for what stands further behind. */
export const shownIpv6: readonly Shown[] = [
  shownTtl('hoplimit'),
  flagOr(
    'ign_encap_limit',
    'encaplimit none ',
    value('encap_limit', 'encaplimit % ', (data) => data.encapLimit),
  ),
  flagOr(
    'use_orig_tclass',
    'tclass inherit ',
    value('tclass', 'tclass % ', ({ flowinfo = 0 }) => hex((flowinfo >>> 20) & 0xff, 2)),
  ),
  flagOr(
    'use_orig_flowlabel',
    'flowlabel inherit ',
    value('flowlabel', 'flowlabel % ', ({ flowinfo = 0 }) => hex(flowinfo & 0xfffff, 5)),
  ),
  flagOr('rcv_dscp_copy', 'dscp inherit '),
];

export const shownMobile: Shown = flagOr('mip6_dev', 'mip6 ');
export const shownLocalRemote: Shown = flagOr('allow_local_remote', 'allow-localremote ');

export const shownIpv6Mark: Shown = flagOr('use_orig_fwmark', 'fwmark inherit ', shownFwmark);

/** A key in four parts. */
export const shownKey = (name: 'ikey' | 'okey', isShown: (data: Tunnel) => boolean): Shown =>
  value(name, `${name} % `, (data) => {
    const key = data[name];
    return key === undefined || !isShown(data)
      ? undefined
      : [24, 16, 8, 0].map((bits) => (key >>> bits) & 0xff).join('.');
  });

/** What {@link encapRows} sets, when there is any such wrapping. */
export const shownEncap: readonly Shown[] = [
  ({ encapType = 0, encapFlags = 0, encapSport = 0, encapDport = 0 }) => {
    if (encapType === 0) return undefined;
    const type = tunnelEncaps[encapType] ?? 'unknown';
    const on = (name: (typeof tunnelEncapFlags)[number]) => (encapFlags & (1 << tunnelEncapFlags.indexOf(name))) !== 0;
    const switches = tunnelEncapFlags.map((name) => `${on(name) ? '' : 'no'}encap-${name} `).join('');
    return {
      text: `encap ${type} encap-sport ${encapSport === 0 ? 'auto' : encapSport} encap-dport ${encapDport} ${switches}`,
      json: {
        encap: {
          type,
          sport: encapSport,
          dport: encapDport,
          ...Object.fromEntries(tunnelEncapFlags.map((name) => [name, on(name)])),
        },
      },
    };
  },
];
