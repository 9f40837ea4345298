import { addressFlag } from '../../../../netlink/families/route/address.ts';
import { duplicateArgument, duplicateOrGarbage, invalidArgument } from '../exit.ts';
import type { Grammar, OptionRow } from '../grammar.ts';
import { address, bytesSent, type InetAddress, type InetPrefix, isAnyWord, prefix } from '../inet.ts';
import { addressProtocolTable, scopeNumber } from '../link/names.ts';
import { parseUnsigned } from '../numbers.ts';
import type { Family } from '../options.ts';
import { isPrefix } from '../words.ts';

/** A request about an address, while its words are read. */
export interface AddressDraft {
  family: Family | undefined;
  local?: InetPrefix & AsWritten;
  peer?: InetPrefix & AsWritten;
  /** An address, or the last or first one of the network. */
  broadcast?: AsWritten | '+' | '-';
  anycast?: AsWritten;
  scope?: number;
  device?: string;
  label?: string;
  metric?: number;
  protocol?: number;
  validLifetime?: number;
  preferredLifetime?: number;
  flags: number;
}

/** Of an address: its word, and what is sent of that. */
interface AsWritten {
  readonly word: string;
  readonly sent: Uint8Array;
}

interface Context {
  /** Says something on stderr, and goes on. */
  warn(text: string): void;
  /** Prints the help of `ip address`; does not return. */
  help(): never;
}

type Row = OptionRow<AddressDraft, Context>;

const forever = 0xffffffff;

function lifetime(word: string, option: string): number {
  const seconds = word === 'forever' ? forever : parseUnsigned(word, 32);
  if (seconds === undefined) throw invalidArgument(word, `${option} value`);
  return seconds;
}

function flag(name: Parameters<typeof addressFlag>[0], only6 = false): Row {
  return {
    words: name,
    apply: (draft, _take, context) => {
      if (only6 && draft.family !== 'inet6')
        context.warn(`Warning: ${name} option can be set only for IPv6 addresses\n`);
      else draft.flags |= addressFlag(name);
    },
  };
}

/** What the kernel alone says of an address. */
const told: Row = {
  words: 'secondary temporary dadfailed deprecated tentative permanent stable-privacy',
  apply: (_draft, _take, context, word) => context.warn(`Warning: ${word} option is not mutable from userspace\n`),
};

/** Reads an address of the family that is known so far, which is then known. */
function inFamily<T extends InetAddress>(
  draft: AddressDraft,
  word: string,
  read: (word: string, family?: Family) => T,
): T & AsWritten {
  const found = read(word, draft.family);
  if (!isAnyWord(word)) draft.family ??= found.family;
  return { ...found, word, sent: bytesSent(word, found, draft.family) };
}

/** The options of `ip address add` and its like, in the order in which `ip` compares them. */
export const addressRows: readonly Row[] = [
  {
    words: 'peer remote',
    help: '[ peer PREFIX ]',
    once: 'peer',
    apply: (draft, take) => {
      draft.peer = inFamily(draft, take(), prefix);
    },
  },
  {
    words: 'broadcast* brd',
    help: '[ broadcast { ADDR | + | - } ]',
    once: 'broadcast',
    apply: (draft, take) => {
      const word = take();
      draft.broadcast = word === '+' || word === '-' ? word : inFamily(draft, word, address);
    },
  },
  {
    words: 'anycast',
    help: '[ anycast ADDR ]',
    once: 'anycast',
    apply: (draft, take) => {
      draft.anycast = inFamily(draft, take(), address);
    },
  },
  {
    words: 'scope',
    help: '[ scope SCOPE-ID ]',
    apply: (draft, take) => {
      const word = take();
      const scope = scopeNumber(word);
      if (scope === undefined) throw invalidArgument(word, 'invalid scope value.');
      draft.scope = scope;
    },
  },
  {
    words: 'dev',
    apply: (draft, take) => {
      draft.device = take();
    },
  },
  {
    words: 'label',
    help: '[ label LABEL ]',
    apply: (draft, take) => {
      draft.label = take();
    },
  },
  {
    words: 'metric* priority* preference*',
    help: '[ metric METRIC ]',
    once: 'metric',
    apply: (draft, take) => {
      const word = take();
      const metric = parseUnsigned(word, 32);
      if (metric === undefined) throw invalidArgument(word, '"metric" value is invalid\n');
      draft.metric = metric;
    },
  },
  {
    words: 'valid_lft*',
    help: '[ valid_lft LFT ] [ preferred_lft LFT ]',
    apply: (draft, take, _context, word) => {
      if (draft.validLifetime !== undefined) throw duplicateArgument('valid_lft', word);
      draft.validLifetime = lifetime(take(), 'valid_lft');
    },
  },
  {
    words: 'preferred_lft*',
    apply: (draft, take, _context, word) => {
      if (draft.preferredLifetime !== undefined) throw duplicateArgument('preferred_lft', word);
      draft.preferredLifetime = lifetime(take(), 'preferred_lft');
    },
  },
  {
    words: 'proto',
    help: '[ proto ADDRPROTO ]',
    apply: (draft, take) => {
      const word = take();
      const protocol = addressProtocolTable().numberOf(word) ?? parseUnsigned(word, 8);
      if (protocol === undefined) throw invalidArgument(word, '"proto" value is invalid\n');
      draft.protocol = protocol;
    },
  },
  { ...flag('home', true), help: '[ home ] [ nodad ] [ mngtmpaddr ] [ noprefixroute ] [ autojoin ]' },
  flag('nodad', true),
  flag('optimistic', true),
  flag('mngtmpaddr', true),
  flag('noprefixroute'),
  flag('autojoin'),
  told,
];

/** Words that are no option: `help`, or the address itself. */
export const addressGrammar: Grammar<AddressDraft, Context> = {
  rows: addressRows,
  otherwise(draft, first, take, context) {
    const word = first === 'local' ? take() : first;
    if (isPrefix(word, 'help')) context.help();
    if (draft.local !== undefined) throw duplicateOrGarbage('local', word);
    draft.local = inFamily(draft, word, prefix);
  },
};
