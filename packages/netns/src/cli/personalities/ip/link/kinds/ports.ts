import { amtModes } from '../../../../../netlink/families/route/kinds/small.ts';
import { failure, invalidArgument } from '../../exit.ts';
import type { OptionRow } from '../../grammar.ts';
import { address, isAny, toText } from '../../inet.ts';
import { value } from '../../show/fields.ts';
import { linkName } from '../view.ts';
import type { DataOf, DraftOf, Kind, KindContext } from './kind.ts';
import { deviceRow, numberRow, readWords, unknownWord } from './parse.ts';

const amtUsage = `\
Usage: ... amt
               [ discovery IP_ADDRESS ]
               [ mode MODE ]
               [ local ADDR ]
               [ dev PHYS_DEV ]
               [ relay_port PORT ]
               [ gateway_port PORT ]
               [ max_tunnels NUMBER ]

Where: ADDR	:= { IP_ADDRESS }
       MODE	:= { gateway | relay }
`;

const amtAddress = (words: string, key: 'localIp' | 'discoveryIp'): OptionRow<DraftOf<'amt'>, KindContext> => ({
  words,
  apply: (draft, take) => {
    const found = address(take());
    if (!isAny(found)) draft[key] = toText(found);
  },
});

const amtRows: readonly OptionRow<DraftOf<'amt'>, KindContext>[] = [
  {
    words: 'mode',
    apply: (draft, take) => {
      const mode = (amtModes as readonly string[]).indexOf(take());
      if (mode < 0) throw failure(amtUsage.trimEnd());
      draft.mode = mode;
    },
  },
  numberRow(
    'relay_port',
    16,
    (draft, number) => {
      draft.relayPort = number;
    },
    'relay_port',
  ),
  numberRow(
    'gateway_port',
    16,
    (draft, number) => {
      draft.gatewayPort = number;
    },
    'gateway_port',
  ),
  numberRow(
    'max_tunnels',
    32,
    (draft, number) => {
      draft.maxTunnels = number;
    },
    'max_tunnels',
  ),
  deviceRow('dev', (draft, index) => {
    draft.link = index;
  }),
  amtAddress('local', 'localIp'),
  amtAddress('discovery', 'discoveryIp'),
];

/** Multicast through networks without it: `ip link add NAME type amt mode gateway local ADDR discovery ADDR dev DEV`. */
export const amt: Kind<DataOf<'amt'>, DraftOf<'amt'>> = {
  kind: 'amt',
  usage: amtUsage,
  parse: (words, context) =>
    readWords<DraftOf<'amt'>>(amtRows, words, {}, context, (word) =>
      unknownWord(word, `amt: unknown command "${word}"?`, amtUsage),
    ),
  describe: [
    value('mode', '% ', ({ mode }) => amtModes[mode ?? -1]),
    value('gateway_port', 'gateway_port % ', ({ gatewayPort }) => gatewayPort),
    value('relay_port', 'relay_port % ', ({ relayPort }) => relayPort),
    value('local', 'local % ', ({ localIp }) => localIp),
    value('remote', 'remote % ', ({ remoteIp }) => remoteIp),
    value('discovery', 'discovery % ', ({ discoveryIp }) => discoveryIp),
    value('link', 'dev % ', ({ link }, view) => (link === undefined || link === 0 ? undefined : linkName(view, link))),
    value('max_tunnels', 'max_tunnels % ', ({ maxTunnels }) => maxTunnels),
  ],
};

const ipoibUsage = `\
Usage: ... ipoib [ pkey PKEY ]
		 [ mode {datagram | connected} ]
		 [ umcast {0|1} ]

PKEY  := 0x8001-0xffff
`;

const hexOfFour = (number: number) => number.toString(16).padStart(4, '0');

const ipoibModes = ['datagram', 'connected'] as const;

const ipoibRows: readonly OptionRow<DraftOf<'ipoib'>, KindContext>[] = [
  numberRow(
    'pkey*',
    16,
    (draft, number) => {
      draft.pkey = number;
    },
    'pkey is invalid',
  ),
  {
    words: 'mode*',
    apply: (draft, take) => {
      const mode = (ipoibModes as readonly string[]).indexOf(take());
      if (mode < 0) throw failure('Error: argument of "mode" must be "datagram"or "connected"');
      draft.mode = mode;
    },
  },
  numberRow(
    'umcast*',
    16,
    (draft, number) => {
      draft.umcast = number;
    },
    'umcast is invalid',
  ),
];

/** IP over InfiniBand: `ip link add link DEV name NAME type ipoib pkey 0x8001`. */
export const ipoib: Kind<DataOf<'ipoib'>, DraftOf<'ipoib'>> = {
  kind: 'ipoib',
  usage: ipoibUsage,
  parse: (words, context) =>
    readWords<DraftOf<'ipoib'>>(ipoibRows, words, {}, context, (word) =>
      unknownWord(word, `ipoib: unknown option "${word}"?`, ipoibUsage),
    ),
  describe: [
    value('key', 'pkey % ', ({ pkey }) => (pkey === undefined ? undefined : `0x${hexOfFour(pkey)}`)),
    value('mode', 'mode % ', ({ mode }) => (mode === undefined ? undefined : (ipoibModes[mode as 0] ?? 'unknown'))),
    value('umcast', 'umcast % ', ({ umcast }) => (umcast === undefined ? undefined : hexOfFour(umcast))),
  ],
};

const dsaUsage = 'Usage: ... dsa [ conduit DEVICE ]\n';

const dsaRows: readonly OptionRow<DraftOf<'dsa'>, KindContext>[] = [
  {
    words: 'conduit master',
    apply: (draft, take, { lookup }) => {
      const word = take();
      draft.master = lookup.indexOf(word);
      if (draft.master === 0) throw invalidArgument(word, 'Device does not exist\n');
    },
  },
];

/** A port of a switch chip: `ip link set NAME type dsa conduit DEV`. */
export const dsa: Kind<DataOf<'dsa'>, DraftOf<'dsa'>> = {
  kind: 'dsa',
  usage: dsaUsage,
  parse: (words, context) =>
    readWords<DraftOf<'dsa'>>(dsaRows, words, {}, context, (word) =>
      unknownWord(word, `dsa: unknown command "${word}"?`, dsaUsage),
    ),
  describe: [
    value('conduit', 'conduit % ', ({ master }, view) => (master === undefined ? undefined : linkName(view, master))),
  ],
};
