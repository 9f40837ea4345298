import { FIB_RULE_INVERT, type RuleMessageInput } from '../../../../netlink/families/route/rule.ts';
import { invalidArgument } from '../exit.ts';
import type { Grammar, OptionRow } from '../grammar.ts';
import { dottedAddress, isAnyWord, prefix, toText } from '../inet.ts';
import { groupNumber } from '../link/names.ts';
import type { Family } from '../options.ts';
import { dsfieldNumber, numberIn, protocols, realmsNumber, tables, typeNumber } from '../route-names.ts';
import { unsigned } from '../values.ts';
import { isPrefix } from '../words.ts';
import {
  deviceName,
  readDscp,
  readFlowLabel,
  readIpProtocol,
  readMark,
  readPorts,
  readTunnelId,
  readUsers,
} from './values.ts';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** A request about a rule, while its words are read. */
export interface RuleDraft {
  readonly family: Family | undefined;
  flags: number;
  srcLen: number;
  dstLen: number;
  tos: number;
  table?: number;
  action: number;
  /** What Linux had until 2.6: it still takes the words, and does nothing. */
  natTo?: Uint8Array;
  readonly attributes: Writable<NonNullable<RuleMessageInput['attributes']>>;
}

interface Context {
  /** Prints the help of `ip rule`; does not return. */
  help(): never;
  warn(text: string): void;
}

type Row = OptionRow<RuleDraft, Context>;
type Attributes = RuleDraft['attributes'];

/** FR_ACT_*; the others have the numbers of types of routes. */
const gotoAction = 2;
const nopAction = 3;
const natAction = 10;

function readPrefix(key: 'src' | 'dst'): Row['apply'] {
  return (draft, take) => {
    const word = take();
    const found = prefix(word, draft.family);
    draft[`${key}Len`] = found.length;
    draft.attributes[key] = isAnyWord(word) ? undefined : toText(found);
  };
}

/** An option whose value is one attribute. */
function attribute<K extends keyof Attributes>(
  key: K,
  words: string,
  help: string | undefined,
  read: (word: string) => Attributes[K],
): Row {
  return {
    words,
    ...(help === undefined ? {} : { help }),
    apply: (draft, take) => {
      draft.attributes[key] = read(take());
    },
  };
}

function ports(which: 'sport' | 'dport'): Row {
  return {
    words: which,
    apply: ({ attributes }, take) => {
      const { start, end, mask } = readPorts(take());
      attributes[`${which}Range`] = { start, end };
      attributes[`${which}Mask`] = mask;
    },
  };
}

/** The options of `ip rule add` and `del`, in the order in which `ip` compares them. */
export const ruleRows: readonly Row[] = [
  {
    words: 'not',
    help: '[ not ] [ from PREFIX ] [ to PREFIX ]',
    apply: (draft) => {
      draft.flags |= FIB_RULE_INVERT;
    },
  },
  { words: 'from', apply: readPrefix('src') },
  { words: 'to', apply: readPrefix('dst') },
  attribute('priority', 'preference* order* priority* pref', '[ pref NUMBER ]', (word) =>
    unsigned(word, 32, 'preference value is invalid\n'),
  ),
  {
    words: 'tos dsfield*',
    help: '[ tos TOS ]',
    apply: (draft, take) => {
      draft.tos = dsfieldNumber(take(), 'TOS value is invalid\n');
    },
  },
  {
    words: 'fwmark',
    help: '[ fwmark FWMARK[/MASK] ]',
    apply: ({ attributes }, take) => {
      const { mark, mask } = readMark(take());
      attributes.fwmark = mark;
      attributes.fwmask = mask;
    },
  },
  attribute('flow', 'realms*', '[ realms [SRCREALM/]DSTREALM ]', (word) => {
    const realm = realmsNumber(word);
    if (realm === undefined) throw invalidArgument(word, 'invalid realms\n');
    return realm;
  }),
  attribute('protocol', 'protocol*', '[ protocol PROTO ]', (word) =>
    numberIn(protocols, word, 8, '"protocol" value is invalid\n'),
  ),
  attribute('tunId', 'tun_id*', '[ tun_id NUMBER ]', readTunnelId),
  {
    words: 'table* lookup',
    help: '[ table TABLE_ID ]',
    apply: (draft, take) => {
      draft.table = numberIn(tables, take(), 32, 'invalid table ID\n');
    },
  },
  attribute('suppressPrefixlen', 'suppress_prefixlength* sup_pl', '[ suppress_prefixlength NUMBER ]', (word) => {
    const length = unsigned(word, 32, 'suppress_prefixlength value is invalid\n');
    if (length > 0x7fffffff) throw invalidArgument(word, 'suppress_prefixlength value is invalid\n');
    return length;
  }),
  attribute('suppressIfgroup', 'suppress_ifgroup* sup_group', '[ suppress_ifgroup DEVGROUP ]', (word) => {
    const group = groupNumber(word);
    if (group === undefined) throw invalidArgument(word, 'Invalid "suppress_ifgroup" value\n');
    return group | 0;
  }),
  attribute('iifname', 'dev iif', '[ iif DEV ] [ oif DEV ]', deviceName('"iif"/"dev"')),
  attribute('oifname', 'oif', undefined, deviceName('"oif"')),
  {
    words: 'l3mdev',
    help: '[ l3mdev ]',
    apply: (draft) => {
      draft.attributes.l3mdev = true;
      draft.action = 1;
    },
  },
  attribute('uidRange', 'uidrange', '[ uidrange NUMBER-NUMBER ]', readUsers),
  {
    words: 'nat map-to*',
    apply: (draft, take, { warn }) => {
      const word = take();
      warn('Warning: route NAT is deprecated\n');
      draft.natTo = isAnyWord(word) ? new Uint8Array(4) : dottedAddress(word).bytes;
      draft.action = natAction;
    },
  },
  attribute('ipProto', 'ipproto', '[ ipproto PROTOCOL ] [ sport PORTS ] [ dport PORTS ]', readIpProtocol),
  ports('sport'),
  ports('dport'),
  {
    words: 'dscp',
    help: '[ dscp DSCP[/MASK] ] [ flowlabel FLOWLABEL[/MASK] ]',
    apply: ({ attributes }, take) => {
      const { dscp, mask } = readDscp(take());
      attributes.dscp = dscp;
      attributes.dscpMask = mask;
    },
  },
  {
    words: 'flowlabel',
    apply: ({ attributes }, take) => {
      const { label, mask } = readFlowLabel(take());
      attributes.flowlabel = label;
      attributes.flowlabelMask = mask;
    },
  },
];

/** Words that are no option: what the rule does, or `help`. */
export const ruleGrammar: Grammar<RuleDraft, Context> = {
  rows: ruleRows,
  otherwise(draft, first, take, context) {
    const word = first === 'type' ? take() : first;
    if (isPrefix(word, 'help')) context.help();
    if (isPrefix(word, 'goto')) {
      draft.action = gotoAction;
      draft.attributes.goto = unsigned(take(), 32, 'invalid target\n');
      return;
    }
    if (isPrefix(word, 'nop')) {
      draft.action = nopAction;
      return;
    }
    const type = typeNumber(word);
    if (type === undefined) throw invalidArgument(word, 'Failed to parse rule type');
    draft.action = type;
  },
};
