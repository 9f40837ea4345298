import type { encapIp, encapIp6 } from '../../../../../netlink/families/route/encap.ts';
import type { Out } from '../../../../../wire/shape.ts';
import { duplicateOrGarbage, invalidArgument, notImplemented } from '../../exit.ts';
import type { OptionRow } from '../../grammar.ts';
import { address, type InetFamily, toText } from '../../inet.ts';
import { dsfieldNumber } from '../../route-names.ts';
import { type Part, value } from '../../show/fields.ts';
import { unsigned } from '../../values.ts';
import { type EncapContext, type EncapKind, type EncapView, encapValue } from './kind.ts';

type Draft = Record<string, string | number | bigint>;
type Row = OptionRow<Draft, EncapContext>;

/** LWTUNNEL_IP_OPT flags (TUNNEL_KEY, TUNNEL_CSUM, TUNNEL_SEQ), in the order in which they are shown. */
const flags = { key: 0x04, csum: 0x01, seq: 0x08 } as const;

/** Options of a tunnel that could crash the machine on kernels that do not check them, or that nothing here can show. */
const optionWords = 'geneve_opts vxlan_opts erspan_opts';

/** An option that may stand once. */
function once(word: string, key: string, read: (word: string) => string | number | bigint): Row {
  return {
    words: word,
    apply: (draft, _take, context) => {
      const given = encapValue(context);
      if (draft[key] !== undefined) throw duplicateOrGarbage(word, given);
      draft[key] = read(given);
    },
  };
}

function tunnelId(word: string): bigint {
  try {
    if (/^(0x[0-9a-f]+|[0-9]+)$/i.test(word)) {
      const id = BigInt(/^0[0-7]+$/.test(word) ? `0o${word.slice(1)}` : word);
      if (id < 1n << 64n) return id;
    }
  } catch {
    // no number
  }
  throw invalidArgument(word, '"id" value is invalid\n');
}

function rows(family: InetFamily, ttl: string, tos: string): readonly Row[] {
  const host = (word: string) => toText(address(word, family));
  return [
    once('id', 'id', tunnelId),
    once('dst', 'dst', host),
    once('src', 'src', host),
    once(ttl, ttl, (word) => unsigned(word, 8, `"${ttl}" value is invalid\n`)),
    once(tos, tos, (word) => dsfieldNumber(word, `"${tos}" value is invalid\n`)),
    {
      words: optionWords,
      apply: (_draft, _take, _context, word) => {
        throw notImplemented(`"${word}"`);
      },
    },
    ...Object.entries(flags).map(
      ([word, bit]): Row => ({
        words: word,
        apply: (draft) => {
          draft.flags = Number(draft.flags ?? 0) | bit;
        },
      }),
    ),
  ];
}

interface Shown {
  readonly id?: bigint;
  readonly src?: string;
  readonly dst?: string;
  readonly flags?: number;
}

function parts<T extends Shown>(
  tint: InetFamily,
  ttl: readonly [string, (data: T) => number | undefined],
  tos: readonly [string, (data: T) => number | undefined],
): readonly Part<T, EncapView>[] {
  return [
    value('id', 'id % ', ({ id }) => id),
    value(
      'src',
      (text, { paint }) => paint(tint, `src ${text} `),
      ({ src }) => src,
    ),
    value(
      'dst',
      (text, { paint }) => paint(tint, `dst ${text} `),
      ({ dst }) => dst,
    ),
    value(ttl[0], `${ttl[0]} % `, ttl[1]),
    value(tos[0], `${tos[0]} % `, tos[1]),
    ...Object.entries(flags).map(
      ([word, bit]): Part<T, EncapView> =>
        (data) =>
          ((data.flags ?? 0) & bit) === 0 ? undefined : { text: `${word} `, json: { [word]: true } },
    ),
  ];
}

/** `encap ip id 100 dst 192.0.2.1`: what a collecting tunnel device puts around. */
export const ipEncap: EncapKind<Out<typeof encapIp>, Draft> = {
  begin: () => ({}),
  rows: rows('inet', 'ttl', 'tos'),
  finish: (draft) => draft,
  parts: parts('inet', ['ttl', ({ ttl }) => ttl], ['tos', ({ tos }) => tos]),
};

/** The same over IPv6. */
export const ip6Encap: EncapKind<Out<typeof encapIp6>, Draft> = {
  begin: () => ({}),
  rows: rows('inet6', 'hoplimit', 'tc'),
  finish: (draft) => draft,
  parts: parts('inet6', ['hoplimit', ({ hoplimit }) => hoplimit], ['tc', ({ tc }) => tc]),
};
