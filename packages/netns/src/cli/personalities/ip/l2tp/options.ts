import { l2tpEncaps, l2tpHeaders } from '../../../../netlink/families/generic/l2tp.ts';
import { invalidArgument, misuse } from '../exit.ts';
import { type Grammar, type OptionRow, readOptions } from '../grammar.ts';
import { parseHex } from '../hex.ts';
import { address, type InetAddress, isAny } from '../inet.ts';

import { isLinkName } from '../link/names.ts';
import { unsigned } from '../values.ts';
import { isPrefix, Words } from '../words.ts';
import { l2tpHelp, l2tpUnknown } from './usage.ts';

/** What is changed or shown. */
export type L2tpObject = 'tunnel' | 'session';

/** What the words say. An id of zero is none. */
export interface L2tpDraft {
  object?: L2tpObject;
  local?: InetAddress;
  remote?: InetAddress;
  tunnelId: number;
  peerTunnelId: number;
  sessionId: number;
  peerSessionId: number;
  encap: number;
  sourcePort: number;
  destinationPort: number;
  checksum: boolean;
  checksum6Sent: boolean;
  checksum6Received: boolean;
  cookie?: Uint8Array;
  peerCookie?: Uint8Array;
  header: number;
  sendSequence: boolean;
  receiveSequence: boolean;
  name?: string;
}

/** Says something on stderr, and goes on. */
type Warn = (text: string) => void;
type Row = OptionRow<L2tpDraft, Warn>;

const idRow = (words: string, name: 'tunnelId' | 'peerTunnelId' | 'sessionId' | 'peerSessionId'): Row => ({
  words,
  apply: (draft, take) => {
    draft[name] = unsigned(take(), 32, 'invalid ID\n');
  },
});

const portRow = (words: string, name: 'sourcePort' | 'destinationPort'): Row => ({
  words,
  apply: (draft, take) => {
    draft[name] = unsigned(take(), 16, 'invalid port\n');
  },
});

const checksumRow = (words: string, name: 'checksum' | 'checksum6Sent' | 'checksum6Received'): Row => ({
  words,
  apply: (draft, take) => {
    const word = take();
    if (word !== 'on' && word !== 'off') throw invalidArgument(word, `invalid option for ${words}\n`);
    draft[name] = word === 'on';
  },
});

const endRow = (words: string, name: 'local' | 'remote'): Row => ({
  words,
  apply: (draft, take) => {
    const found = address(take());
    if (isAny(found)) delete draft[name];
    else draft[name] = found;
  },
});

const cookieRow = (words: string, name: 'cookie' | 'peerCookie'): Row => ({
  words,
  apply: (draft, take) => {
    const word = take();
    if (word.length !== 8 && word.length !== 16)
      throw invalidArgument(word, 'cookie must be either 8 or 16 hex digits\n');
    const found = parseHex(word);
    if (found === undefined) throw invalidArgument(word, 'cookie must be a hex string\n');
    draft[name] = found;
  },
});

/** The kernel has none any more. */
const ignoredRow = (words: string): Row => ({
  words,
  apply: (_draft, take, warn) => {
    take();
    warn(`Ignoring option "${words}"\n`);
  },
});

const sequences = new Map([
  ['both', { send: true, receive: true }],
  ['none', { send: false, receive: false }],
  ['send', { send: true, receive: false }],
  ['recv', { send: false, receive: true }],
]);

const grammar: Grammar<L2tpDraft, Warn> = {
  rows: [
    {
      words: 'encap',
      apply: (draft, take) => {
        const word = take();
        draft.encap = l2tpEncaps.indexOf(word as 'ip');
        if (draft.encap < 0) throw misuse(`Unknown tunnel encapsulation "${word}"\n`);
      },
    },
    {
      words: 'name',
      apply: (draft, take) => {
        const word = take();
        if (!isLinkName(word)) throw invalidArgument(word, '"name" not a valid ifname');
        draft.name = word;
      },
    },
    endRow('remote', 'remote'),
    endRow('local', 'local'),
    idRow('tunnel_id pid', 'tunnelId'),
    idRow('peer_tunnel_id ppid', 'peerTunnelId'),
    idRow('session_id sid', 'sessionId'),
    idRow('peer_session_id psid', 'peerSessionId'),
    portRow('udp_sport', 'sourcePort'),
    portRow('udp_dport', 'destinationPort'),
    checksumRow('udp_csum', 'checksum'),
    checksumRow('udp6_csum_rx', 'checksum6Received'),
    checksumRow('udp6_csum_tx', 'checksum6Sent'),
    ignoredRow('offset'),
    ignoredRow('peer_offset'),
    cookieRow('cookie', 'cookie'),
    cookieRow('peer_cookie', 'peerCookie'),
    {
      words: 'l2spec_type',
      apply: (draft, take) => {
        const word = take();
        draft.header = l2tpHeaders.indexOf(word.toLowerCase() as 'none');
        if (draft.header < 0) throw misuse(`Unknown layer2specific header type "${word}"\n`);
      },
    },
    {
      words: 'seq',
      apply: (draft, take) => {
        const word = take();
        const found = sequences.get(word.toLowerCase());
        if (found === undefined) throw misuse(`Unknown seq value "${word}"\n`);
        draft.sendSequence = found.send;
        draft.receiveSequence = found.receive;
      },
    },
    {
      words: 'tunnel',
      apply: (draft) => {
        draft.object = 'tunnel';
      },
    },
    {
      words: 'session',
      apply: (draft) => {
        draft.object = 'session';
      },
    },
  ],
  otherwise: (_draft, word) => {
    if (isPrefix(word, 'help')) l2tpHelp();
    l2tpUnknown(word);
  },
};

/** Throws Exit, also where nothing says whether tunnels are meant or sessions. */
export function readL2tp(list: readonly string[], warn: Warn): L2tpDraft & { readonly object: L2tpObject } {
  const draft: L2tpDraft = {
    tunnelId: 0,
    peerTunnelId: 0,
    sessionId: 0,
    peerSessionId: 0,
    encap: l2tpEncaps.indexOf('udp'),
    sourcePort: 0,
    destinationPort: 0,
    checksum: false,
    checksum6Sent: true,
    checksum6Received: true,
    header: l2tpHeaders.indexOf('default'),
    sendSequence: false,
    receiveSequence: false,
  };
  readOptions(grammar, new Words(list), draft, warn);
  const { object } = draft;
  if (object === undefined) l2tpHelp();
  return { ...draft, object };
}
