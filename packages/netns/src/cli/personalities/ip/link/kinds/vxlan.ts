import { duplicateOrGarbage, failure, invalidArgument, misuse, noSuchDevice } from '../../exit.ts';
import { type OptionRow, readOptions } from '../../grammar.ts';
import { address, type InetAddress, isAny, isAnyWord, isMulticast, toText } from '../../inet.ts';
import { parseUnsigned64 } from '../../numbers.ts';
import { type Part, value, words } from '../../show/fields.ts';
import { unsigned } from '../../values.ts';
import { isPrefix } from '../../words.ts';
import { type LinkView, linkName } from '../view.ts';
import { dsfield } from './dsfield.ts';
import type { DataOf, DraftOf, Kind, KindContext } from './kind.ts';

const usage = `\
Usage: ... vxlan id VNI
		[ { group | remote } IP_ADDRESS ]
		[ local ADDR ]
		[ ttl TTL ]
		[ tos TOS ]
		[ df DF ]
		[ flowlabel LABEL ]
		[ dev PHYS_DEV ]
		[ dstport PORT ]
		[ srcport MIN MAX ]
		[ reserved_bits VALUE ]
		[ [no]learning ]
		[ [no]proxy ]
		[ [no]rsc ]
		[ [no]l2miss ]
		[ [no]l3miss ]
		[ ageing SECONDS ]
		[ maxaddress NUMBER ]
		[ [no]udpcsum ]
		[ [no]udp6zerocsumtx ]
		[ [no]udp6zerocsumrx ]
		[ [no]remcsumtx ] [ [no]remcsumrx ]
		[ [no]localbypass ]
		[ [no]external ] [ gbp ] [ gpe ]
		[ [no]vnifilter ]
		[ [no]mcroute ]

Where:	VNI	:= 0-16777215
	ADDR	:= { IP_ADDRESS | any }
	TOS	:= { NUMBER | inherit }
	TTL	:= { 1..255 | auto | inherit }
	DF	:= { unset | set | inherit }
	LABEL := 0-1048575
`;

interface Draft {
  readonly data: DraftOf<'vxlan'>;
  /** What was given already: most settings may be given once. */
  readonly given: Set<string>;
  local?: InetAddress;
  remote?: InetAddress;
}

type Row = OptionRow<Draft, KindContext>;
type Data = DraftOf<'vxlan'>;

/** A setting with a value, which may be given once. */
function setting(
  spellings: string,
  key: string,
  apply: (draft: Draft, word: string, context: KindContext) => void,
): Row {
  return {
    words: spellings,
    apply: (draft, take, context) => {
      const word = take();
      claim(draft, key, key, word);
      apply(draft, word, context);
    },
  };
}

/** `learning` and `nolearning`: together they may be given once. Words that were added late are not cut. */
function toggle(word: string, set: (data: Data, on: boolean) => void, off = true, cut = '*'): Row[] {
  const row = (spelling: string, on: boolean): Row => ({
    words: `${spelling}${cut}`,
    apply: (draft, _take, _context, given) => {
      claim(draft, word, given, given);
      set(draft.data, on);
    },
  });
  return off ? [row(`no${word}`, false), row(word, true)] : [row(word, true)];
}

function claim(draft: Draft, key: string, name: string, word: string): void {
  if (draft.given.has(key)) throw duplicateOrGarbage(name, word);
  draft.given.add(key);
}

function far(draft: Draft, key: 'group' | 'remote', word: string): void {
  const found = address(word, draft.local?.family);
  const fits = key === 'group' ? isMulticast(found) : !isMulticast(found) && !isAnyWord(word);
  if (!fits) throw invalidArgument(word, `invalid ${key} address`);
  draft.remote = found;
}

function farRow(key: 'group' | 'remote'): Row {
  return {
    words: `${key}*`,
    apply: (draft, take) => {
      if (draft.remote !== undefined && isMulticast(draft.remote) !== (key === 'group')) {
        throw failure('vxlan: both group and remote cannot be specified');
      }
      const word = take();
      claim(draft, 'remote', key, word);
      far(draft, key, word);
    },
  };
}

const rows: readonly Row[] = [
  setting('id* vni*', 'id', ({ data }, word) => {
    data.id = unsigned(word, 32, 'invalid id');
    if (data.id >= 1 << 24) throw invalidArgument(word, 'invalid id');
  }),
  farRow('group'),
  farRow('remote'),
  setting('local*', 'local', (draft, word) => {
    const found = address(word, draft.remote?.family);
    if (isMulticast(found) || isAnyWord(word)) throw invalidArgument(word, 'invalid local address');
    draft.local = found;
  }),
  setting('dev*', 'dev', ({ data }, word, { lookup }) => {
    data.link = lookup.indexOf(word);
    if (data.link === 0) throw misuse(noSuchDevice(word).message);
  }),
  setting('ttl* hoplimit*', 'ttl', ({ data }, word) => {
    if (word === 'inherit') data.ttlInherit = true;
    else if (word === 'auto') data.ttl = 0;
    else {
      const ttl = unsigned(word, 32, 'invalid TTL');
      if (ttl > 255) throw invalidArgument(word, 'TTL must be <= 255');
      data.ttl = ttl;
    }
  }),
  setting('tos* dsfield*', 'tos', ({ data }, word) => {
    data.tos = word === 'inherit' ? 1 : dsfield(word);
  }),
  setting('df*', 'df', ({ data }, word) => {
    const df = dfModes.indexOf(word);
    if (df < 0) throw invalidArgument(word, "DF must be 'unset', 'set' or 'inherit'");
    data.df = df;
  }),
  setting('label* flowlabel*', 'flowlabel', ({ data }, word) => {
    data.label = unsigned(word, 32, 'invalid flowlabel');
    if (data.label > 0xfffff) throw invalidArgument(word, 'invalid flowlabel');
  }),
  setting('ageing*', 'ageing', ({ data }, word) => {
    data.ageing = word === 'none' ? 0 : unsigned(word, 32, 'ageing timer');
  }),
  setting('maxaddress*', 'maxaddress', ({ data }, word) => {
    data.limit = word === 'unlimited' ? 0 : unsigned(word, 32, 'max addresses');
  }),
  {
    words: 'port* srcport*',
    apply: (draft, take) => {
      const first = take();
      claim(draft, 'srcport', 'srcport', first);
      const low = unsigned(first, 16, 'min port');
      const high = unsigned(take(), 16, 'max port');
      if (low !== 0 || high !== 0) draft.data.portRange = { low, high };
    },
  },
  setting('dstport*', 'dstport', ({ data }, word) => {
    data.port = unsigned(word, 16, 'dst port');
  }),
  {
    words: 'reserved_bits',
    apply: (draft, take) => {
      const word = take();
      claim(draft, 'reserved_bits', word, word);
      draft.data.reservedBits = eightBytes(word);
    },
  },
  ...toggle('learning', (data, on) => {
    data.learning = on;
  }),
  ...toggle('proxy', (data, on) => {
    data.proxy = on;
  }),
  ...toggle('rsc', (data, on) => {
    data.rsc = on;
  }),
  ...toggle('l2miss', (data, on) => {
    data.l2miss = on;
  }),
  ...toggle('l3miss', (data, on) => {
    data.l3miss = on;
  }),
  ...toggle('udpcsum', (data, on) => {
    data.udpCsum = on;
  }),
  ...toggle('udp6zerocsumtx', (data, on) => {
    data.udpZeroCsum6Tx = on;
  }),
  ...toggle('udp6zerocsumrx', (data, on) => {
    data.udpZeroCsum6Rx = on;
  }),
  ...toggle('remcsumtx', (data, on) => {
    data.remcsumTx = on;
  }),
  ...toggle('remcsumrx', (data, on) => {
    data.remcsumRx = on;
  }),
  ...toggle(
    'localbypass',
    (data, on) => {
      data.localbypass = on;
    },
    true,
    '',
  ),
  ...toggle('external', (data, on) => {
    data.collectMetadata = on;
  }),
  ...toggle(
    'gbp',
    (data) => {
      data.gbp = true;
    },
    false,
  ),
  ...toggle(
    'gpe',
    (data) => {
      data.gpe = true;
    },
    false,
  ),
  ...toggle('vnifilter', (data, on) => {
    data.vnifilter = on;
  }),
  ...toggle(
    'mcroute',
    (data, on) => {
      data.mcRoute = on;
    },
    true,
    '',
  ),
];

/** A number of 64 bits, the highest first. */
function eightBytes(word: string): Uint8Array {
  const number = parseUnsigned64(word);
  if (number === undefined) throw invalidArgument(word, 'reserved_bits');
  return Uint8Array.from({ length: 8 }, (_byte, at) => Number((number >> BigInt(56 - 8 * at)) & 0xffn));
}

const dfModes = ['unset', 'set', 'inherit'];
const portOfGpe = 4790;

/** What the settings must be like together, and what follows from them. */
function finish(draft: Draft, { creating, warn }: KindContext): DraftOf<'vxlan'> {
  const { data, given, local, remote } = draft;
  const external = data.collectMetadata === true;
  if (external && given.has('id')) throw failure("vxlan: both 'external' and vni cannot be specified");
  if (!external && !given.has('id') && creating) throw failure('vxlan: missing virtual network identifier');
  if (remote !== undefined && isMulticast(remote) && !given.has('dev')) {
    throw failure("vxlan: 'group' requires 'dev' to be specified");
  }
  if (data.vnifilter === true && !external) throw failure("vxlan: vnifilter is valid only when 'external' is set");
  if (!given.has('dstport')) {
    if (data.gpe === true) data.port = portOfGpe;
    else if (creating) warn(portMissing);
  } else if (data.port === 0) {
    data.port = undefined; // the kernel's own default
  }
  if (external) data.learning = false;
  else if (creating && data.learning === undefined) data.learning = true;
  if (local !== undefined) data[local.family === 'inet' ? 'local' : 'local6'] = toText(local);
  if (remote !== undefined) data[remote.family === 'inet' ? 'group' : 'group6'] = toText(remote);
  return data;
}

const portMissing = `\
vxlan: destination port not specified
Will use Linux kernel default (non-standard value)
Use 'dstport 4789' to get the IANA assigned value
Use 'dstport 0' to get default and quiet this message
`;

type Shown = Part<DataOf<'vxlan'>, LinkView>;

const hex = (number: number | bigint) => `0x${number.toString(16)}`;
const bigEndian = (bytes: Uint8Array) => bytes.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);

/** The other end: its name tells whether it is a group, and in JSON also of which family. */
const otherEnd: Shown = (data, view) => {
  const text = data.group ?? data.group6;
  if (text === undefined) return undefined;
  const other = address(text);
  if (isAny(other)) return undefined;
  const name = isMulticast(other) ? 'group' : 'remote';
  const host = view.host(text);
  return { text: `${name} ${host} `, json: { [`${name}${other.family === 'inet6' ? '6' : ''}`]: host } };
};

const ownEnd: Shown = (data, view) => {
  const text = data.local ?? data.local6;
  if (text === undefined || isAny(address(text))) return undefined;
  const host = view.host(text);
  return { text: `local ${host} `, json: { [data.local === undefined ? 'local6' : 'local']: host } };
};

/** Something that is on or off: JSON says which, text only what is unusual, with `no` in front if that is off. */
const toggled = (name: string, usual: boolean, get: (data: DataOf<'vxlan'>) => boolean | undefined): Shown =>
  value(name, (on) => (on === usual ? '' : `${usual ? 'no' : ''}${name} `), get);

/** A word that has no value in JSON. */
const word = (name: string, get: (data: DataOf<'vxlan'>) => boolean | undefined): Shown =>
  value(name, `${name} `, (data) => (get(data) === true ? null : undefined));

const describe: readonly Shown[] = [
  value('id', 'id % ', (data) => data.id),
  otherEnd,
  ownEnd,
  value('link', 'dev % ', ({ link }, view) => (link === undefined || link === 0 ? undefined : linkName(view, link))),
  value(
    'port_range',
    (_range, _view, { portRange }) => `srcport ${portRange?.low} ${portRange?.high} `,
    ({ portRange }) => portRange && { low: portRange.low, high: portRange.high },
  ),
  value('port', 'dstport % ', (data) => data.port),
  value(
    'tos',
    (tos) => `tos ${tos === '0x1' ? 'inherit' : tos} `,
    ({ tos = 0 }) => (tos === 0 ? undefined : hex(tos)),
  ),
  words(({ ttlInherit }) => (ttlInherit === true ? 'ttl inherit ' : '')),
  value(
    'ttl',
    (ttl) => `ttl ${ttl === 0 ? 'auto' : ttl} `,
    ({ ttl, ttlInherit }) => (ttlInherit === true ? undefined : ttl),
  ),
  value(
    'df',
    (df) => (df === 'unset' ? '' : `df ${df} `),
    ({ df }) => (df === undefined ? undefined : dfModes[df]),
  ),
  value('label', 'flowlabel % ', ({ label = 0 }) => (label === 0 ? undefined : hex(label))),
  value(
    'ageing',
    (ageing) => `ageing ${ageing === 0 ? 'none' : ageing} `,
    (data) => data.ageing,
  ),
  value('limit', 'maxaddr % ', ({ limit = 0 }) => (limit === 0 ? undefined : limit)),
  value('reserved_bits', 'reserved_bits % ', ({ reservedBits }) => reservedBits && hex(bigEndian(reservedBits))),
  word('gbp', (data) => data.gbp),
  word('gpe', (data) => data.gpe),
  toggled('external', false, (data) => data.collectMetadata),
  toggled('vnifilter', false, (data) => data.vnifilter),
  toggled('learning', true, (data) => data.learning),
  toggled('proxy', false, (data) => data.proxy),
  toggled('rsc', false, (data) => data.rsc),
  toggled('l2miss', false, (data) => data.l2miss),
  toggled('l3miss', false, (data) => data.l3miss),
  toggled('udp_csum', true, (data) => data.udpCsum),
  toggled('udp_zero_csum6_tx', false, (data) => data.udpZeroCsum6Tx),
  toggled('udp_zero_csum6_rx', false, (data) => data.udpZeroCsum6Rx),
  toggled('remcsum_tx', false, (data) => data.remcsumTx),
  toggled('remcsum_rx', false, (data) => data.remcsumRx),
  toggled('localbypass', true, (data) => data.localbypass),
  toggled('mcroute', false, (data) => data.mcRoute),
];

/** A virtual Ethernet over UDP: `ip link add NAME type vxlan id VNI …`. */
export const vxlan: Kind<DataOf<'vxlan'>, DraftOf<'vxlan'>> = {
  kind: 'vxlan',
  usage,
  describe,
  parse(list, context) {
    const draft: Draft = { data: {}, given: new Set() };
    readOptions(
      {
        rows,
        otherwise: (_draft, word) => {
          throw isPrefix(word, 'help')
            ? failure(usage.trimEnd())
            : failure(`vxlan: unknown command "${word}"?\n${usage.trimEnd()}`);
        },
      },
      list,
      draft,
      context,
    );
    return finish(draft, context);
  },
};
