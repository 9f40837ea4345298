import { gtpRoles, ovpnModes } from '../../../../../netlink/families/route/kinds/small.ts';
import { duplicateOrGarbage, failure, invalidArgument } from '../../exit.ts';
import type { OptionRow } from '../../grammar.ts';
import { value } from '../../show/fields.ts';
import { oneOf, oneOfOnOff, unsigned } from '../../values.ts';
import type { DataOf, DraftOf, Kind, KindContext } from './kind.ts';
import { numberRow, readWords, unknownWord } from './parse.ts';

const gtpUsage = `\
Usage: ... gtp role ROLE
		[ hsize HSIZE ]
		[ restart_count RESTART_COUNT ]

Where:	ROLE		:= { sgsn | ggsn }
	HSIZE		:= 1-131071
	RESTART_COUNT	:= 0-255
`;

const mostHashSize = 131071;
const usualHashSize = 1024;

const gtpRows: readonly OptionRow<DraftOf<'gtp'>, KindContext>[] = [
  {
    words: 'role',
    apply: (draft, take) => {
      const word = take();
      if (draft.role !== undefined) throw duplicateOrGarbage('role', word);
      const role = (gtpRoles as readonly string[]).indexOf(word);
      if (role < 0) throw invalidArgument(word, 'invalid role, use sgsn or ggsn');
      draft.role = role;
    },
  },
  {
    words: 'hsize',
    apply: (draft, take) => {
      const word = take();
      draft.pdpHashsize = unsigned(word, 32, 'invalid PDP hash size');
      if (draft.pdpHashsize > mostHashSize) throw invalidArgument(word, 'PDP hash size too big');
    },
  },
  numberRow('restart_count', 8, (draft, number) => {
    draft.restartCount = number;
  }),
];

/** Tunnels of mobile networks: `ip link add NAME type gtp role sgsn`. The kernel opens the sockets. */
export const gtp: Kind<DataOf<'gtp'>, DraftOf<'gtp'>> = {
  kind: 'gtp',
  usage: gtpUsage,
  parse(words, context) {
    const draft = readWords<DraftOf<'gtp'>>(gtpRows, words, {}, context, (word) =>
      'help'.startsWith(word) ? failure(gtpUsage.trimEnd()) : failure('gtp: role of the gtp device was not specified'),
    );
    if (draft.role === undefined) throw failure('gtp: role of the gtp device was not specified');
    return { createSockets: 1, pdpHashsize: usualHashSize, ...draft };
  },
  describe: [
    value('role', 'role % ', ({ role }) => (role === undefined ? undefined : (gtpRoles[role as 0] ?? 'unknown'))),
    value('hsize', 'hsize % ', ({ pdpHashsize }) => pdpHashsize),
    value('restart_count', 'restart_count % ', ({ restartCount }) => restartCount),
  ],
};

const rmnetUsage = `\
Usage: ... rmnet mux_id MUXID
		[ ingress-deaggregation { on | off } ]
		[ ingress-commands { on | off } ]
		[ ingress-mapv4-checksum { on | off } ]
		[ egress-mapv4-checksum { on | off } ]
		[ ingress-mapv5-checksum { on | off } ]
		[ egress-mapv5-checksum { on | off } ]

MUXID := 1-254
`;

/** Bits of `flags` (RMNET_FLAGS_*), lowest first, by their words. */
const rmnetFlags = [
  ['ingress-deaggregation', 'INGRESS_DEAGGREGATION'],
  ['ingress-commands', 'INGRESS_MAP_COMMANDS'],
  ['ingress-mapv4-checksum', 'INGRESS_MAP_CKSUMV4'],
  ['egress-mapv4-checksum', 'EGRESS_MAP_CKSUMV4'],
  ['ingress-mapv5-checksum', 'INGRESS_MAP_CKSUMV5'],
  ['egress-mapv5-checksum', 'EGRESS_MAP_CKSUMV5'],
] as const;

/** The names of the bits that are set, and the rest as a number. */
function rmnetFlagNames(flags: number): readonly string[] {
  const rest = (flags & ~((1 << rmnetFlags.length) - 1)) >>> 0;
  return [
    ...rmnetFlags.filter((_flag, bit) => (flags >> bit) & 1).map(([, name]) => name),
    ...(rest === 0 ? [] : [rest.toString(16)]),
  ];
}

const rmnetRows: readonly OptionRow<DraftOf<'rmnet'>, KindContext>[] = [
  numberRow(
    'mux_id',
    16,
    (draft, number) => {
      draft.muxId = number;
    },
    'mux_id is invalid',
  ),
  ...rmnetFlags.map(
    ([words], bit): OptionRow<DraftOf<'rmnet'>, KindContext> => ({
      words,
      apply: (draft, take) => {
        const { flags = 0, mask = 0 } = draft.flags ?? {};
        const on = oneOfOnOff(take(), words, 1);
        draft.flags = { flags: on ? flags | (1 << bit) : flags & ~(1 << bit), mask: mask | (1 << bit) };
      },
    }),
  ),
];

/** A channel of a Qualcomm modem: `ip link add link DEV name NAME type rmnet mux_id 5`. */
export const rmnet: Kind<DataOf<'rmnet'>, DraftOf<'rmnet'>> = {
  kind: 'rmnet',
  usage: rmnetUsage,
  parse: (words, context) =>
    readWords<DraftOf<'rmnet'>>(rmnetRows, words, {}, context, (word) =>
      unknownWord(word, `rmnet: unknown command "${word}"?`, rmnetUsage),
    ),
  describe: [
    value('mux_id', 'mux_id % ', ({ muxId }) => muxId),
    value(
      'flags',
      (names) => `<${(names as readonly string[]).join(',')}> `,
      ({ flags }) => flags && rmnetFlagNames(flags.flags),
    ),
  ],
};

const ovpnUsage = `\
Usage: ... ovpn [ mode { p2p | mp } ]

MODE := p2p | mp
(p2p is the default if mode is not specified)
`;

const ovpnRows: readonly OptionRow<DraftOf<'ovpn'>, KindContext>[] = [
  {
    words: 'mode',
    apply: (draft, take) => {
      draft.mode = oneOf(ovpnModes, take(), 'mode', 1);
    },
  },
];

/** The data channel of OpenVPN in the kernel: `ip link add NAME type ovpn mode mp`. */
export const ovpn: Kind<DataOf<'ovpn'>, DraftOf<'ovpn'>> = {
  kind: 'ovpn',
  usage: ovpnUsage,
  parse: (words, context) =>
    readWords<DraftOf<'ovpn'>>(ovpnRows, words, {}, context, (word) =>
      unknownWord(word, `ovpn: unknown option "${word}"?`, ovpnUsage),
    ),
  describe: [
    value('mode', 'mode % ', ({ mode }) => (mode === undefined ? undefined : (ovpnModes[mode as 0] ?? '(unknown)'))),
  ],
};

const wwanUsage = `\
Usage: ... wwan linkid LINKID

Where: LINKID := 0-4294967295
`;

const wwanRows: readonly OptionRow<DraftOf<'wwan'>, KindContext>[] = [
  numberRow(
    'linkid*',
    32,
    (draft, number) => {
      draft.linkId = number;
    },
    'linkid',
  ),
];

/** A channel of a modem: `ip link add parentdev wwan0 name NAME type wwan linkid 5`. */
export const wwan: Kind<DataOf<'wwan'>, DraftOf<'wwan'>> = {
  kind: 'wwan',
  usage: wwanUsage,
  parse: (words, context) =>
    readWords<DraftOf<'wwan'>>(wwanRows, words, {}, context, (word) =>
      unknownWord(word, `wwan: unknown command "${word}"?`, wwanUsage),
    ),
  describe: [value('linkid', 'linkid % ', ({ linkId }) => linkId)],
};
