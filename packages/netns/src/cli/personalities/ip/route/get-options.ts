import type { DeviceNames } from '../device-names.ts';
import { invalidArgument } from '../exit.ts';
import type { OptionRow } from '../grammar.ts';
import { address, type InetAddress, type InetPrefix, isAnyWord, prefix } from '../inet.ts';
import { getIpProtocol } from '../ip-protocols.ts';
import type { Family } from '../options.ts';
import { dsfieldNumber } from '../route-names.ts';
import { unsigned } from '../values.ts';
import { vrfNamed } from '../vrf.ts';

/** A question for a route, while its words are read. */
export interface GetDraft {
  family: Family | undefined;
  destination?: InetPrefix;
  source?: InetPrefix;
  tos?: number;
  input?: string;
  output?: string;
  mark?: number;
  uid?: number;
  ipProto?: number;
  sport?: number;
  dport?: number;
  /** The whole route that matches, not the decision for the one address. */
  fibmatch?: true;
  notify?: true;
  /** What is found is asked for once more, as a socket does that is connected by then. */
  connected?: true;
  /** The address that the packet gets instead of its own; only kernels with such routes take it. */
  as?: InetAddress;
  flowlabel?: number;
}

interface Context {
  readonly devices: DeviceNames;
}

type Row = OptionRow<GetDraft, Context>;

export function readPrefix(draft: GetDraft, word: string): InetPrefix {
  const found = prefix(word, draft.family);
  if (!isAnyWord(word)) draft.family ??= found.family;
  return found;
}

/** The options of `ip route get`, in the order in which `ip` compares them. */
export const getRows: readonly Row[] = [
  {
    words: 'from*',
    apply: (draft, take) => {
      draft.source = readPrefix(draft, take());
    },
  },
  {
    words: 'tos dsfield*',
    help: '[ tos TOS ]',
    apply: (draft, take) => {
      draft.tos = dsfieldNumber(take(), 'TOS value is invalid\n');
    },
  },
  {
    words: 'iif*',
    help: '[ from ADDRESS [ iif DEV ] ]',
    apply: (draft, take) => {
      draft.input = take();
    },
  },
  {
    words: 'mark*',
    help: '[ mark NUMBER ]',
    apply: (draft, take) => {
      draft.mark = unsigned(take(), 32, 'invalid mark value');
    },
  },
  {
    words: 'oif* dev',
    help: '[ oif DEV ]',
    apply: (draft, take) => {
      draft.output = take();
    },
  },
  {
    words: 'notify*',
    apply: (draft) => {
      draft.notify = true;
    },
  },
  {
    words: 'connected*',
    apply: (draft) => {
      draft.connected = true;
    },
  },
  {
    words: 'vrf*',
    help: '[ vrf NAME ]',
    apply: (draft, take, { devices }) => {
      const word = take();
      vrfNamed(devices, word);
      draft.output = word;
    },
  },
  {
    words: 'uid*',
    help: '[ uid NUMBER ]',
    apply: (draft, take) => {
      draft.uid = unsigned(take(), 32, 'invalid UID\n');
    },
  },
  {
    words: 'fibmatch*',
    apply: (draft) => {
      draft.fibmatch = true;
    },
  },
  {
    words: 'as*',
    apply: (draft, take) => {
      const word = take();
      draft.as = address(word === 'to' ? take() : word, draft.family);
    },
  },
  {
    words: 'sport*',
    help: '[ ipproto PROTOCOL ] [ sport NUMBER ] [ dport NUMBER ]',
    apply: (draft, take) => {
      draft.sport = unsigned(take(), 16, 'invalid sport\n');
    },
  },
  {
    words: 'dport*',
    apply: (draft, take) => {
      draft.dport = unsigned(take(), 16, 'invalid dport\n');
    },
  },
  {
    words: 'ipproto*',
    apply: (draft, take) => {
      const word = take();
      const number = getIpProtocol(word);
      if (number === undefined) throw invalidArgument(word, 'Invalid "ipproto" value\n');
      draft.ipProto = number;
    },
  },
  {
    words: 'flowlabel',
    help: '[ flowlabel FLOWLABEL ]',
    apply: (draft, take) => {
      draft.flowlabel = unsigned(take(), 32, 'invalid flowlabel');
    },
  },
];
