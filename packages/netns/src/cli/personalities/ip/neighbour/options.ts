import { neighbourExtFlags, neighbourFlag } from '../../../../netlink/families/route/neighbour.ts';
import { duplicateArgument, duplicateOrGarbage } from '../exit.ts';
import type { Grammar, OptionRow } from '../grammar.ts';
import { address, bytesSent, type InetAddress, isAnyWord } from '../inet.ts';
import type { Family } from '../options.ts';
import { numberIn, protocols } from '../route-names.ts';
import { hardwareAddress } from '../values.ts';
import { isPrefix } from '../words.ts';
import { stateNumber } from './states.ts';

export const NDA_DST = 1;

/** An address, and what is sent of how it was written. */
export type NeighbourAddress = InetAddress & { readonly sent: Uint8Array };

/** A request about a neighbour, while its words are read. */
export interface NeighbourDraft {
  readonly family: Family | undefined;
  /** Undefined, or of no family, is no address. */
  address?: NeighbourAddress | 'of no family';
  device?: string;
  lladdr?: string;
  state?: number;
  flags: number;
  extFlags: number;
  protocol?: number;
}

interface Context {
  /** Prints the help of `ip neighbour`; does not return. */
  help(): never;
}

type Row = OptionRow<NeighbourDraft, Context>;

function flag(word: string, bit: number): Row {
  return {
    words: word,
    apply: (draft) => {
      draft.flags |= bit;
    },
  };
}

function extFlag(word: string, name: (typeof neighbourExtFlags)[number]): Row {
  return {
    words: word,
    apply: (draft) => {
      draft.extFlags |= 1 << neighbourExtFlags.indexOf(name);
    },
  };
}

/** The options of `ip neighbour add` and its like, in the order in which `ip` compares them. */
export const neighbourRows: readonly Row[] = [
  {
    words: 'lladdr*',
    help: '[ lladdr LLADDR ]',
    once: 'lladdr',
    apply: (draft, take) => {
      draft.lladdr = take();
    },
  },
  {
    words: 'nud',
    help: '[ nud STATE ]',
    apply: (draft, take) => {
      draft.state = stateNumber(take());
    },
  },
  {
    words: 'proxy*',
    help: '[ proxy ADDR ]',
    apply: (draft, take, context) => {
      const word = take();
      if (isPrefix(word, 'help')) context.help();
      if (draft.address !== undefined) throw duplicateArgument('address', word);
      draft.address = readAddress(word, draft.family);
      draft.flags |= neighbourFlag('proxy');
    },
  },
  {
    ...flag('router', neighbourFlag('router')),
    help: '[ router ] [ use ] [ managed ] [ extern_learn ] [ extern_valid ]',
  },
  flag('use', neighbourFlag('use')),
  extFlag('managed', 'managed'),
  flag('extern_learn*', neighbourFlag('extern_learn')),
  extFlag('extern_valid', 'ext_validated'),
  {
    words: 'dev',
    help: 'dev DEV',
    apply: (draft, take) => {
      draft.device = take();
    },
  },
  {
    words: 'protocol*',
    help: '[ protocol PROTO ]',
    apply: (draft, take) => {
      draft.protocol = numberIn(protocols, take(), 8, '"protocol" value is invalid\n');
    },
  },
];

/** Words that are no option: the address itself, or `help`. */
export const neighbourGrammar: Grammar<NeighbourDraft, Context> = {
  rows: neighbourRows,
  otherwise(draft, first, take) {
    let word = first === 'to' ? take() : first;
    if (isPrefix(word, 'help')) word = take(); // `ip` passes over it
    if (draft.address !== undefined) throw duplicateOrGarbage('to', word);
    draft.address = readAddress(word, draft.family);
  },
};

/** `any` tells of no family itself. Throws Exit. */
export function readAddress(word: string, family: Family | undefined): NeighbourAddress | 'of no family' {
  if (family === undefined && isAnyWord(word)) return 'of no family';
  const found = address(word, family);
  return { ...found, sent: bytesSent(word, found, family) };
}

/** What `lladdr` says, as the codec has it. `null` is no address. */
export function linkLayerAddress(word: string | undefined): string | undefined {
  return word === undefined || word === 'null' ? undefined : hardwareAddress(word);
}
