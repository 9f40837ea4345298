import { InvalidArgumentError } from '../../errors.ts';
import {
  WGDEVICE_F_REPLACE_PEERS,
  WGPEER_F_REMOVE_ME,
  WGPEER_F_REPLACE_ALLOWEDIPS,
  WGPEER_F_UPDATE_ONLY,
  type WireguardMessageInput,
} from '../../netlink/families/generic/wireguard.ts';
import type { SocketAddress } from '../../wire/socket-address.ts';
import { familyNumber, parsePrefix } from '../prefix.ts';
import { isKey } from './keys.ts';

/** What to change of a WireGuard device; what is left out stays as it is. */
export interface WireguardChanges {
  /** In base64; `null` takes it away. */
  readonly privateKey?: string | null | undefined;
  /** 0: any. */
  readonly listenPort?: number | undefined;
  /** 0: none. */
  readonly fwmark?: number | undefined;
  /** All peers that are not among these go. */
  readonly replacePeers?: boolean | undefined;
  readonly peers?: readonly WireguardPeerChanges[] | undefined;
}

/** A peer to add, change or remove. */
export interface WireguardPeerChanges {
  readonly publicKey: string;
  readonly remove?: boolean | undefined;
  /** Only if it is there already. */
  readonly updateOnly?: boolean | undefined;
  /** In base64; `null` takes it away. */
  readonly presharedKey?: string | null | undefined;
  /** `192.0.2.1:51820`, `[2001:db8::1]:51820`, or its parts. A name has to be looked up before. */
  readonly endpoint?: string | SocketAddress | undefined;
  /** Seconds; 0: off. */
  readonly persistentKeepalive?: number | undefined;
  /** These instead of those that it has. */
  readonly replaceAllowedIps?: boolean | undefined;
  readonly allowedIps?: readonly string[] | undefined;
}

type Attributes = NonNullable<WireguardMessageInput['attributes']>;
type PeerInput = NonNullable<Attributes['peers']>[number];
type AllowedInput = NonNullable<PeerInput['allowedips']>[number];

const noKey = `${'A'.repeat(43)}=`;
/** Bytes that a peer and an allowed address take at most, with room to spare, and what a list of attributes may hold (65,535). */
const peerSize = 200;
const allowedSize = 48;
const room = 60_000;

/**
 * The messages that make the changes, in order: a list of peers that is too long for one goes on in the next, and so do the addresses of a
 * peer. What replaces, does so in the first one only. Throws InvalidArgumentError for what cannot be right, before anything is sent.
 */
export function messagesOf(header: Pick<Attributes, 'ifname' | 'ifindex'>, changes: WireguardChanges): Attributes[] {
  const { privateKey, listenPort, fwmark, replacePeers, peers = [] } = changes;
  const messages: Attributes[] = [];
  let gathered: PeerInput[] = [];
  let size = 0;
  const flush = () => {
    const first = messages.length === 0;
    messages.push({
      ...header,
      ...(first
        ? {
            privateKey: keyOf(privateKey, 'privateKey'),
            listenPort,
            fwmark,
            flags: replacePeers ? WGDEVICE_F_REPLACE_PEERS : undefined,
          }
        : {}),
      peers: gathered.length === 0 ? undefined : gathered,
    });
    gathered = [];
    size = 0;
  };
  for (const peer of peers) {
    const { allowedips = [], ...rest } = peerInput(peer);
    const perMessage = Math.floor((room - peerSize) / allowedSize);
    for (let at = 0; at === 0 || at < allowedips.length; at += perMessage) {
      const part = allowedips.slice(at, at + perMessage);
      const needed = peerSize + allowedSize * part.length;
      if (size + needed > room) flush();
      gathered.push({
        ...(at === 0 ? rest : { publicKey: rest.publicKey }),
        allowedips: part.length === 0 ? undefined : part,
      });
      size += needed;
    }
  }
  if (gathered.length > 0 || messages.length === 0) flush();
  return messages;
}

function peerInput(peer: WireguardPeerChanges): PeerInput {
  const { publicKey, presharedKey, endpoint, persistentKeepalive, allowedIps = [] } = peer;
  const flags =
    (peer.remove ? WGPEER_F_REMOVE_ME : 0) |
    (peer.replaceAllowedIps ? WGPEER_F_REPLACE_ALLOWEDIPS : 0) |
    (peer.updateOnly ? WGPEER_F_UPDATE_ONLY : 0);
  return {
    publicKey: keyOf(publicKey, 'peers.publicKey'),
    presharedKey: keyOf(presharedKey, 'peers.presharedKey'),
    flags: flags === 0 ? undefined : flags,
    endpoint: endpoint === undefined ? undefined : endpointOf(endpoint),
    persistentKeepaliveInterval: persistentKeepalive,
    allowedips: allowedIps.map(allowedOf),
  };
}

/** The message is without the value: a key does not belong into a log. */
function keyOf(key: string | null | undefined, argument: string): string | undefined {
  if (key === null) return noKey;
  if (key === undefined || isKey(key)) return key;
  throw new InvalidArgumentError(argument, '…', 'it must be 32 bytes in base64');
}

function allowedOf(text: string): AllowedInput {
  const { address, length, family } = parsePrefix(text, 'peers.allowedIps');
  return { family: familyNumber(family), ipaddr: address, cidrMask: length };
}

function endpointOf(endpoint: string | SocketAddress): SocketAddress {
  if (typeof endpoint !== 'string') return endpoint;
  const [, v6, v4, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)):(\d{1,5})$/.exec(endpoint) ?? [];
  const address = v6 ?? v4;
  if (address === undefined || Number(port) > 65_535)
    throw new InvalidArgumentError('peers.endpoint', endpoint, 'it must be an address with a port: 192.0.2.1:51820');
  parsePrefix(address, 'peers.endpoint');
  return { address, port: Number(port) };
}
