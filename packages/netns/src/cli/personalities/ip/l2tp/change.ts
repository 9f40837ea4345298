import { l2tpEncaps, l2tpHeaders, l2tpSession, l2tpTunnel } from '../../../../netlink/families/generic/l2tp.ts';
import type { In } from '../../../../wire/shape.ts';
import { missingArgument } from '../exit.ts';
import { toText } from '../inet.ts';
import type { Command } from '../session.ts';
import { withGeneric } from '../with-generic.ts';
import { type L2tpDraft, readL2tp } from './options.ts';
import { l2tpHelp } from './usage.ts';

type Attributes = NonNullable<In<typeof l2tpTunnel>['attributes']>;

const protocolVersion = 3;
/** L2TP_PWTYPE_ETH. */
const ethernet = 5;
const udp = l2tpEncaps.indexOf('udp');

/** `ip l2tp add` and `ip l2tp del`. */
export function change(verb: 'new' | 'del'): Command {
  return (session, list) => {
    if (list.length === 0) l2tpHelp();
    const draft = readL2tp(list, (text) => session.warn(text));
    const declaration = draft.object === 'tunnel' ? l2tpTunnel : l2tpSession;
    const attributes = draft.object === 'tunnel' ? tunnelOf(verb, draft) : sessionOf(verb, draft);
    const operation = `change an L2TP ${draft.object}`;
    return withGeneric(
      session,
      async (connection) => {
        await connection.request(declaration, verb, attributes, { operation });
        return 0;
      },
      2,
    );
  };
}

function tunnelOf(verb: 'new' | 'del', draft: L2tpDraft): Attributes {
  const { tunnelId: connId, peerTunnelId, encap, local, remote, sourcePort, destinationPort } = draft;
  if (connId === 0) throw missingArgument('tunnel_id');
  if (verb === 'del') return { connId };
  if (peerTunnelId === 0) throw missingArgument('peer_tunnel_id');
  if (local === undefined) throw missingArgument('local');
  if (remote === undefined) throw missingArgument('remote');
  if (encap === udp && sourcePort === 0) throw missingArgument('udp_sport');
  if (encap === udp && destinationPort === 0) throw missingArgument('udp_dport');
  return {
    connId,
    peerConnId: peerTunnelId,
    protoVersion: protocolVersion,
    encapType: encap,
    // each by its own family: it is for the kernel to refuse two that do not fit
    ...(local.family === 'inet' ? { ipSaddr: toText(local) } : { ip6Saddr: toText(local) }),
    ...(remote.family === 'inet' ? { ipDaddr: toText(remote) } : { ip6Daddr: toText(remote) }),
    ...(encap === udp && { udpSport: sourcePort, udpDport: destinationPort, ...checksums(draft) }),
  };
}

function checksums({ local, checksum, checksum6Sent, checksum6Received }: L2tpDraft): Attributes {
  if (local?.family === 'inet') return checksum ? { udpCsum: true } : {};
  return { udpZeroCsum6Tx: !checksum6Sent, udpZeroCsum6Rx: !checksum6Received };
}

function sessionOf(verb: 'new' | 'del', draft: L2tpDraft): Attributes {
  const { tunnelId: connId, sessionId, peerSessionId, cookie, peerCookie, header, name } = draft;
  if (verb === 'del') {
    if (sessionId === 0) throw missingArgument('session_id');
    if (connId === 0) throw missingArgument('tunnel_id');
    return { connId, sessionId };
  }
  if (connId === 0) throw missingArgument('tunnel_id');
  if (peerSessionId === 0) throw missingArgument('peer_session_id');
  if (sessionId === 0) throw missingArgument('session_id');
  return {
    connId,
    sessionId,
    peerSessionId,
    pwType: ethernet,
    l2specType: header,
    l2specLen: header === l2tpHeaders.indexOf('default') ? 4 : 0,
    ...(draft.sendSequence && { sendSeq: true }),
    ...(draft.receiveSequence && { recvSeq: true }),
    ...(cookie !== undefined && { cookie }),
    ...(peerCookie !== undefined && { peerCookie }),
    ...(name !== undefined && { ifname: name }),
  };
}
