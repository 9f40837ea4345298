import { type L2tpMessage, l2tpEncaps, l2tpSession, l2tpTunnel } from '../../../../netlink/families/generic/l2tp.ts';
import { hexOf } from '../hex.ts';
import type { Command } from '../session.ts';
import { type Part, toJson, toText, type View, value, words } from '../show/fields.ts';
import { viewOf } from '../show/view.ts';
import { wholeDump, withGeneric } from '../with-generic.ts';
import { readL2tp } from './options.ts';
import { l2tpHelp } from './usage.ts';

/** Tunnels or sessions: all, or those with an id. `ip` asks for those with an id, too, and shows all that there are. */
export const show: Command = async (session, list) => {
  if (list.length === 0) l2tpHelp();
  const { object, tunnelId, sessionId } = readL2tp(list, (text) => session.warn(text));
  const declaration = object === 'tunnel' ? l2tpTunnel : l2tpSession;
  const all = await withGeneric(session, (connection) =>
    wholeDump(connection.dump(declaration, {}, { operation: `list L2TP ${object}s` })),
  );
  const found = all.filter(
    ({ attributes }) =>
      (tunnelId === 0 || attributes.connId === tunnelId) && (sessionId === 0 || attributes.sessionId === sessionId),
  );
  const view = viewOf(session);
  const parts = object === 'tunnel' ? tunnelParts : sessionParts;
  if (session.options.json) session.printJson(found.map((each) => toJson(parts, each, view)));
  else for (const each of found) session.output.write(toText(parts, each, view));
  return 0;
};

type Shown = Part<L2tpMessage, View>;

/** What begins the next line, which `-oneline` does not have. */
const newline: Shown = words((_, view) => view.newline);

const isUdp = ({ attributes: { encapType } }: L2tpMessage) => encapType === l2tpEncaps.indexOf('udp');

const tunnelParts: readonly Shown[] = [
  value('tunnel_id', 'Tunnel %,', ({ attributes }) => attributes.connId ?? 0),
  value('encap', ' encap %', ({ attributes: { encapType } }) => (l2tpEncaps[encapType ?? 0] ?? '??').toUpperCase()),
  newline,
  value('local', '  From % ', ({ attributes }) => attributes.ipSaddr ?? attributes.ip6Saddr ?? ''),
  value('peer', 'to %', ({ attributes }) => attributes.ipDaddr ?? attributes.ip6Daddr ?? ''),
  newline,
  value('peer_tunnel', '  Peer tunnel %', ({ attributes }) => attributes.peerConnId ?? 0),
  newline,
  (message, { newline: end }) => {
    if (!isUdp(message)) return undefined;
    const { udpSport = 0, udpDport = 0 } = message.attributes;
    return {
      text: `  UDP source / dest ports: ${udpSport}/${udpDport}${end}`,
      json: { local_port: udpSport, peer_port: udpDport },
    };
  },
  (message) => {
    if (!isUdp(message)) return undefined;
    const { ip6Saddr, udpCsum = false, udpZeroCsum6Tx = false, udpZeroCsum6Rx = false } = message.attributes;
    if (ip6Saddr === undefined)
      return { text: `  UDP checksum: ${udpCsum ? 'enabled' : 'disabled'}\n`, json: { checksum: udpCsum } };
    const ways = [...(udpZeroCsum6Tx ? [] : ['tx']), ...(udpZeroCsum6Rx ? [] : ['rx'])];
    const said = ways.length === 2 ? 'enabled' : (ways[0] ?? 'disabled');
    return { text: `  UDP checksum: ${said}\n`, json: { checksum_tx: !udpZeroCsum6Tx, checksum_rx: !udpZeroCsum6Rx } };
  },
];

const cookie = (bytes: Uint8Array | undefined) =>
  bytes === undefined || bytes.length === 0 ? undefined : hexOf(bytes);

const sessionParts: readonly Shown[] = [
  value('session_id', 'Session %', ({ attributes }) => attributes.sessionId ?? 0),
  value('tunnel_id', ' in tunnel %', ({ attributes }) => attributes.connId ?? 0),
  newline,
  value('peer_session_id', '  Peer session %,', ({ attributes }) => attributes.peerSessionId ?? 0),
  value('peer_tunnel_id', ' tunnel %', ({ attributes }) => attributes.peerConnId ?? 0),
  newline,
  (message, { newline: end }) => {
    const { ifname } = message.attributes;
    return ifname === undefined
      ? undefined
      : { text: `  interface name: ${ifname}${end}`, json: { interface: ifname } };
  },
  words('  offset 0, peer offset 0\n'),
  value('cookie', '  cookie %', ({ attributes }) => cookie(attributes.cookie)),
  value('peer_cookie', '  peer cookie %', ({ attributes }) => cookie(attributes.peerCookie)),
  ({ attributes: { sendSeq = false, recvSeq = false } }, { newline: begin }) =>
    sendSeq || recvSeq
      ? {
          text: `${begin}  sequence numbering:${sendSeq ? ' send' : ''}${recvSeq ? ' recv' : ''}`,
          json: { ...(sendSeq && { send_seq: null }), ...(recvSeq && { recv_seq: null }) },
        }
      : undefined,
  words('\n'),
];
