import { invalidArgument } from '../../exit.ts';
import type { OptionRow } from '../../grammar.ts';
import { hexWithPrefix } from '../../numbers.ts';
import { type Part, value } from '../../show/fields.ts';
import { unsigned } from '../../values.ts';
import { isPrefix } from '../../words.ts';
import type { LinkView } from '../view.ts';
import type { DataOf, DraftOf, KindContext } from './kind.ts';
import { numberRow, wordRow } from './parse.ts';
import { keyOf, shownKey, type Tunnel } from './tunnel-common.ts';

type Data = DataOf<'gre'> | DataOf<'ip6gre'>;
/** What is read of GRE, over whichever protocol. */
export type GreDraft = Tunnel &
  Pick<DraftOf<'gre'>, 'ignoreDf' | 'erspanVer' | 'erspanIndex' | 'erspanDir' | 'erspanHwid'>;
type Row = OptionRow<GreDraft, KindContext>;

/** Bits of `iflags` and `oflags`. */
const bits = { csum: 0x8000, key: 0x2000, seq: 0x1000 } as const;
export const keyFlag = bits.key;

/** The ways that a word means: both, or the one that its first letter names. */
const ways = { '': ['i', 'o'], i: ['i'], o: ['o'] } as const;

function setFlag(draft: GreDraft, way: 'i' | 'o', name: keyof typeof bits, on: boolean): void {
  const flags = draft[`${way}flags`] ?? 0;
  draft[`${way}flags`] = on ? flags | bits[name] : flags & ~bits[name];
}

const keyRow = (letter: keyof typeof ways): Row => ({
  words: `${letter}key*`,
  apply: (draft, take) => {
    const key = keyOf(take(), `${letter}key`);
    for (const way of ways[letter]) {
      draft[`${way}key`] = key;
      setFlag(draft, way, 'key', true);
    }
  },
});

const switchRow = (no: '' | 'no', letter: keyof typeof ways, name: keyof typeof bits): Row =>
  wordRow(`${no}${letter}${name}*`, (draft) => {
    for (const way of ways[letter]) {
      setFlag(draft, way, name, no === '');
      if (name === 'key') draft[`${way}key`] = 0;
    }
  });

const letters = ['', 'i', 'o'] as const;

/** Keys, sequence numbers and checksums. */
export const greRows: readonly Row[] = [
  ...letters.map(keyRow),
  ...letters.map((letter) => switchRow('no', letter, 'key')),
  ...letters.flatMap((letter) => [switchRow('', letter, 'seq'), switchRow('no', letter, 'seq')]),
  ...letters.flatMap((letter) => [switchRow('', letter, 'csum'), switchRow('no', letter, 'csum')]),
];

/** The words of ERSPAN. */
export const erspanRows: readonly Row[] = [
  {
    words: 'erspan_ver',
    apply: (draft, take) => {
      const word = take();
      draft.erspanVer = unsigned(word, 8, 'invalid erspan version\n');
      if (draft.erspanVer > 2) throw invalidArgument(word, 'erspan version must be 0/1/2\n');
    },
  },
  {
    words: 'erspan',
    apply: (draft, take) => {
      const word = take();
      draft.erspanIndex = unsigned(word, 32, 'invalid erspan index\n');
      if (draft.erspanIndex === 0 || draft.erspanIndex > 0xfffff) {
        throw invalidArgument(word, 'erspan index must be > 0 and <= 20-bit\n');
      }
    },
  },
  {
    words: 'erspan_dir',
    apply: (draft, take) => {
      const word = take();
      draft.erspanDir = directions.findIndex((name) => isPrefix(word, name));
      if (draft.erspanDir < 0) throw invalidArgument(word, 'Invalid erspan direction.');
    },
  },
  numberRow(
    'erspan_hwid',
    16,
    (draft, id) => {
      draft.erspanHwid = id;
    },
    'invalid erspan hwid\n',
  ),
];

const directions = ['ingress', 'egress'];

/** The settings of the one version of ERSPAN that is meant; those of another are not sent. */
export function onlyOwnErspan(draft: GreDraft): GreDraft {
  const { erspanVer = 1, erspanIndex, erspanDir = 0, erspanHwid = 0, ...rest } = draft;
  if (erspanVer === 2) return { ...rest, erspanVer, erspanDir, erspanHwid };
  return {
    ...rest,
    erspanVer,
    ...(erspanVer === 1 && erspanIndex !== undefined && erspanIndex !== 0 && { erspanIndex }),
  };
}

type Shown = Part<Data, LinkView>;

const has = (flags: number | undefined, bit: number) => ((flags ?? 0) & bit) !== 0;

const flagShown = (way: 'i' | 'o', name: 'seq' | 'csum'): Shown =>
  value(`${way}${name}`, `${way}${name} `, (data) => has(data[`${way}flags`], bits[name]) || undefined);

export const shownGre: readonly Shown[] = [
  shownKey('ikey', ({ iflags }) => has(iflags, bits.key)),
  shownKey('okey', ({ oflags }) => has(oflags, bits.key)),
  flagShown('i', 'seq'),
  flagShown('o', 'seq'),
  flagShown('i', 'csum'),
  flagShown('o', 'csum'),
];

export const shownErspan: readonly Shown[] = [
  value('erspan_index', 'erspan_index % ', (data) => data.erspanIndex),
  value('erspan_ver', 'erspan_ver % ', (data) => data.erspanVer),
  value('erspan_dir', 'erspan_dir % ', ({ erspanDir }) =>
    erspanDir === undefined ? undefined : (directions[erspanDir] ?? 'egress'),
  ),
  value('erspan_hwid', 'erspan_hwid % ', ({ erspanHwid }) =>
    erspanHwid === undefined ? undefined : hexWithPrefix(erspanHwid),
  ),
];
