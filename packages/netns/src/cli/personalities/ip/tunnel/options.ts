import { duplicateOrGarbage, invalidArgument, misuse } from '../exit.ts';
import { type OptionRow, readOptions } from '../grammar.ts';
import { address, dottedAddress } from '../inet.ts';
import { parseUnsigned } from '../numbers.ts';
import { dsfields } from '../route-names.ts';
import { isPrefix, type Words } from '../words.ts';
import { bits, carried, type Tunnel4, type Tunnel6 } from './parameters.ts';

/** What is going on while the words of a tunnel are read. */
export interface TunnelContext<T> {
  /** Prints help; does not return. */
  help(): never;
  /** A tunnel with this name is changed: what is not mentioned stays as it is. */
  existing?: ((name: string) => T) | undefined;
}

/** A mode that belongs to the other version of IP: all words are to be read again for that. */
export class OtherVersion extends Error {}

type Row<T> = OptionRow<Reading<T>, TunnelContext<T>>;

/** A tunnel while its words are read. */
export interface Reading<T> {
  readonly tunnel: T;
  /** What it is was said. */
  modeGiven: boolean;
  /** What it goes through: looked for when all words were read. */
  device?: string;
}

type Flags = 'inFlags' | 'outFlags';
const sides = { i: ['inFlags'], o: ['outFlags'], '': ['inFlags', 'outFlags'] } as const;

/** A device name, or Exit (255). */
export function interfaceName(word: string, option: string): string {
  if (word === '' || Buffer.byteLength(word) > 15 || /[/\s]/.test(word)) {
    throw invalidArgument(word, `"${option}" not a valid ifname`);
  }
  return word;
}

function keyNumber(word: string, option: string): number {
  if (word.includes('.')) {
    const { bytes } = dottedAddress(word);
    return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  }
  const key = parseUnsigned(word, 32);
  if (key === undefined) throw misuse(`invalid value for "${option}": "${word}"; it should be an unsigned integer\n`);
  return key;
}

/** `key`, `ikey`, `okey`; `seq` and `csum` likewise. */
function keyRows<T extends Tunnel4 | Tunnel6>(): readonly Row<T>[] {
  return (Object.keys(sides) as (keyof typeof sides)[]).flatMap((side): Row<T>[] => {
    const set = (tunnel: T, bit: number) => {
      for (const flags of sides[side] as readonly Flags[]) tunnel[flags] |= bit;
    };
    const plain = (word: 'seq' | 'csum'): Row<T> => ({
      words: `${side}${word}`,
      ...(side === '' && { help: `[ [i|o]${word} ]` }),
      apply: ({ tunnel }) => set(tunnel, bits[word]),
    });
    return [
      {
        words: `${side}key`,
        ...(side === '' && { help: '[ [i|o]key KEY ]' }),
        apply: ({ tunnel }, take) => {
          const key = keyNumber(take(), `${side}key`);
          set(tunnel, bits.key);
          if (side !== 'o') tunnel.inKey = key;
          if (side !== 'i') tunnel.outKey = key;
        },
      },
      plain('seq'),
      plain('csum'),
    ];
  });
}

function deviceRow<T extends Tunnel4 | Tunnel6>(): Row<T> {
  return {
    words: 'dev',
    help: '[ dev PHYS_DEV ]',
    apply: (reading, take) => {
      reading.device = take();
    },
  };
}

interface Mode {
  readonly protocol: number;
  /** Bits that make it what it is. */
  readonly own?: number;
}

const modes4: Readonly<Record<string, Mode>> = {
  ipip: { protocol: carried.ipip },
  'ip/ip': { protocol: carried.ipip },
  gre: { protocol: carried.gre },
  'gre/ip': { protocol: carried.gre },
  sit: { protocol: carried.ipv6 },
  'ipv6/ip': { protocol: carried.ipv6 },
  isatap: { protocol: carried.ipv6, own: bits.own },
  vti: { protocol: carried.ipip, own: bits.own },
};

const modes6: Readonly<Record<string, Mode>> = {
  'ipv6/ipv6': { protocol: carried.ipv6 },
  ip6ip6: { protocol: carried.ipv6 },
  vti6: { protocol: carried.ipv6, own: bits.own },
  'ip/ipv6': { protocol: carried.ipip },
  'ipv4/ipv6': { protocol: carried.ipip },
  ipip6: { protocol: carried.ipip },
  ip4ip6: { protocol: carried.ipip },
  'any/ipv6': { protocol: carried.any },
  any: { protocol: carried.any },
  'gre/ipv6': { protocol: carried.gre },
  ip6gre: { protocol: carried.gre },
};

/** Whether a mode tells by itself that it belongs to IPv6. */
export function isOfVersion6(mode: string): boolean {
  return Object.hasOwn(modes6, mode) && mode !== 'any/ipv6' && mode !== 'ipv4/ipv6';
}

function timeToLive(word: string): number {
  const ttl = parseUnsigned(word, 8);
  if (ttl === undefined) throw invalidArgument(word, 'invalid TTL\n');
  return ttl;
}

/** A class of service by name or in hexadecimal; with `inherit/` in front, for what carries none itself. */
function typeOfService(word: string): number {
  const [, inherit = '', given = ''] = /^(inherit(?:\/|$))?(.*)$/s.exec(word) ?? [];
  if (inherit !== '' && given === '') return 1;
  const tos = dsfields.numberOf(given) ?? parseUnsigned(`0x${given.replace(/^0x/i, '')}`, 8);
  if (tos === undefined) throw invalidArgument(inherit === '' ? word : 'inherit', 'bad TOS value');
  return inherit === '' ? tos : tos | 1;
}

export const tunnelRows4: readonly Row<Tunnel4>[] = [
  {
    words: 'mode',
    help: '[ mode { gre | ipip | isatap | sit | vti } ]',
    apply: (reading, take) => {
      const word = take();
      const mode = Object.hasOwn(modes4, word) ? modes4[word] : undefined;
      if (mode === undefined) {
        if (isOfVersion6(word)) throw new OtherVersion();
        throw misuse(`Unknown tunnel mode "${word}"\n`);
      }
      const { tunnel } = reading;
      if (tunnel.protocol !== 0 && tunnel.protocol !== mode.protocol) {
        throw misuse('You managed to ask for more than one tunnel mode.\n');
      }
      reading.modeGiven = true;
      tunnel.protocol = mode.protocol;
      tunnel.inFlags |= mode.own ?? 0;
    },
  },
  {
    words: 'remote',
    help: '[ remote ADDR ] [ local ADDR ]',
    apply: ({ tunnel }, take) => {
      tunnel.remote = end4(take());
    },
  },
  {
    words: 'local',
    apply: ({ tunnel }, take) => {
      tunnel.local = end4(take());
    },
  },
  ...keyRows<Tunnel4>(),
  {
    words: 'ttl hoplimit hlim',
    help: '[ ttl TTL ] [ tos TOS ] [ [no]pmtudisc ]',
    apply: ({ tunnel }, take) => {
      const word = take();
      tunnel.ttl = word === 'inherit' ? 0 : timeToLive(word);
    },
  },
  {
    words: 'tos tclass dsfield*',
    apply: ({ tunnel }, take) => {
      tunnel.tos = typeOfService(take());
    },
  },
  {
    words: 'nopmtudisc',
    apply: ({ tunnel }) => {
      tunnel.pmtudisc = false;
    },
  },
  {
    words: 'pmtudisc',
    apply: ({ tunnel }) => {
      tunnel.pmtudisc = true;
    },
  },
  deviceRow<Tunnel4>(),
];

const anyWords = ['any', 'all', 'default'];

function end4(word: string): Uint8Array {
  return anyWords.includes(word) ? new Uint8Array(4) : dottedAddress(word).bytes;
}

/** Bits of `flags` of a tunnel over IPv6 (IP6_TNL_F_*, `linux/ip6_tunnel.h`). */
export const flags6 = {
  noEncapLimit: 0x1,
  inheritClass: 0x2,
  inheritLabel: 0x4,
  inheritDscp: 0x10,
  allowLocalRemote: 0x40,
} as const;

const classBits = 0x0ff00000;
const labelBits = 0x000fffff;

/** A part of `flowinfo`: a hexadecimal number, or `inherit`. */
function flowRow(words: string, part: number, inherit: number, reason: string, help: string): Row<Tunnel6> {
  const shift = part === classBits ? 20 : 0;
  return {
    words,
    help,
    apply: ({ tunnel }, take) => {
      const word = take();
      tunnel.flowinfo &= ~part;
      tunnel.flags &= ~inherit;
      if (word === 'inherit') {
        tunnel.flags |= inherit;
        return;
      }
      const number = parseUnsigned(`0x${word.replace(/^0x/i, '')}`, 32);
      if (number === undefined || number > part >>> shift) throw invalidArgument(word, reason);
      tunnel.flowinfo = (tunnel.flowinfo | (number << shift)) >>> 0;
    },
  };
}

export const tunnelRows6: readonly Row<Tunnel6>[] = [
  {
    words: 'mode',
    help: '[ mode { ip6ip6 | ipip6 | ip6gre | vti6 | any } ]',
    apply: (reading, take) => {
      const word = take();
      const mode = Object.hasOwn(modes6, word) ? modes6[word] : undefined;
      if (mode === undefined) throw misuse(`Unknown tunnel mode "${word}"\n`);
      reading.modeGiven = true;
      reading.tunnel.protocol = mode.protocol;
      reading.tunnel.inFlags |= mode.own ?? 0;
    },
  },
  {
    words: 'remote',
    help: '[ remote ADDR local ADDR ]',
    apply: ({ tunnel }, take) => {
      tunnel.remote = address(take(), 'inet6').bytes;
    },
  },
  {
    words: 'local',
    apply: ({ tunnel }, take) => {
      tunnel.local = address(take(), 'inet6').bytes;
    },
  },
  deviceRow<Tunnel6>(),
  {
    words: 'encaplimit',
    help: '[ encaplimit { none | 0..255 } ]',
    apply: ({ tunnel }, take) => {
      const word = take();
      if (word === 'none') {
        tunnel.flags |= flags6.noEncapLimit;
        return;
      }
      const limit = parseUnsigned(word, 8);
      if (limit === undefined) throw invalidArgument(word, 'invalid ELIM');
      tunnel.encapLimit = limit;
      tunnel.flags &= ~flags6.noEncapLimit;
    },
  },
  {
    words: 'hoplimit ttl hlim',
    help: '[ hoplimit TTL ]',
    apply: ({ tunnel }, take) => {
      const word = take();
      const ttl = parseUnsigned(word, 8);
      if (ttl === undefined) throw invalidArgument(word, 'invalid TTL');
      tunnel.ttl = ttl;
    },
  },
  flowRow(
    'tclass* tc tos dsfield*',
    classBits,
    flags6.inheritClass,
    'invalid TClass',
    '[ tclass { 0x0..0xff | inherit } ]',
  ),
  flowRow(
    'flowlabel* fl',
    labelBits,
    flags6.inheritLabel,
    'invalid Flowlabel',
    '[ flowlabel { 0x0..0xfffff | inherit } ]',
  ),
  {
    words: 'dscp',
    help: '[ dscp inherit ]',
    apply: ({ tunnel }, take) => {
      const word = take();
      if (word !== 'inherit') throw invalidArgument(word, 'not inherit');
      tunnel.flags |= flags6.inheritDscp;
    },
  },
  {
    words: 'allow-localremote',
    help: '[ [no]allow-localremote ]',
    apply: ({ tunnel }) => {
      tunnel.flags |= flags6.allowLocalRemote;
    },
  },
  {
    words: 'noallow-localremote',
    apply: ({ tunnel }) => {
      tunnel.flags &= ~flags6.allowLocalRemote;
    },
  },
  ...keyRows<Tunnel6>(),
];

/** Reads the words of a tunnel. Throws Exit, and OtherVersion. */
export function readTunnel<T extends Tunnel4 | Tunnel6>(
  rows: readonly Row<T>[],
  words: Words,
  fresh: T,
  context: TunnelContext<T>,
): Reading<T> {
  let first = true;
  const reading: Reading<T> = { tunnel: fresh, modeGiven: false };
  const name = (word: string) => {
    if (reading.tunnel.name !== '') throw duplicateOrGarbage('name', word);
    const given = interfaceName(word, 'name');
    if (first && context.existing !== undefined) Object.assign(reading.tunnel, context.existing(given));
    reading.tunnel.name = given;
  };
  readOptions(
    {
      rows: rows.map((row) => ({
        ...row,
        apply: (...all: Parameters<Row<T>['apply']>) => {
          row.apply(...all);
          first = false;
        },
      })),
      otherwise: (_draft, word, take) => {
        if (word === 'name') name(take());
        else if (isPrefix(word, 'help')) context.help();
        else name(word);
        first = false;
      },
    },
    words,
    reading,
    context,
  );
  return reading;
}
