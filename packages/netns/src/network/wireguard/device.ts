import type { WireguardMessage } from '../../netlink/families/generic/wireguard.ts';
import type { SocketAddress } from '../../wire/socket-address.ts';

/** A WireGuard device: `wg show DEV`. */
export interface WireguardDevice {
  readonly name: string;
  readonly index: number;
  /** In base64; undefined where it has none, and without CAP_NET_ADMIN in there. */
  readonly privateKey: string | undefined;
  readonly publicKey: string | undefined;
  readonly listenPort: number;
  /** The mark of the packets that it sends; 0 is none. */
  readonly fwmark: number;
  readonly peers: readonly WireguardPeer[];
}

/** Who is at another end of a WireGuard device: `wg show DEV`. */
export interface WireguardPeer {
  readonly publicKey: string;
  readonly presharedKey: string | undefined;
  /** Where it was last heard of, or what was set. */
  readonly endpoint: SocketAddress | undefined;
  /** Seconds; 0: off. */
  readonly persistentKeepalive: number;
  /** Undefined: there was none yet. */
  readonly latestHandshake: Date | undefined;
  readonly rxBytes: bigint;
  readonly txBytes: bigint;
  /** The prefixes that go through it and may come from it: `10.0.0.0/24`. */
  readonly allowedIps: readonly string[];
}

type Attributes = WireguardMessage['attributes'];
type PeerPart = NonNullable<Attributes['peers']>[number];

const zero = `${'A'.repeat(43)}=`;

/** Puts a device together from the messages of its dump. Where a peer did not fit into one, the next goes on with it. */
export function deviceOf(messages: readonly WireguardMessage[]): WireguardDevice | undefined {
  const [first] = messages;
  if (first === undefined) return undefined;
  const parts = messages.flatMap(({ attributes }) => attributes.peers ?? []);
  const grouped: PeerPart[][] = [];
  for (const part of parts) {
    const last = grouped.at(-1);
    if (last?.[0]?.publicKey === part.publicKey) last?.push(part);
    else grouped.push([part]);
  }
  const { ifname = '', ifindex = 0, privateKey, publicKey, listenPort = 0, fwmark = 0 } = first.attributes;
  return {
    name: ifname,
    index: ifindex,
    privateKey: keyOrNone(privateKey),
    publicKey: keyOrNone(publicKey),
    listenPort,
    fwmark,
    peers: grouped.map(peerOf),
  };
}

/** The first part has everything but further allowed addresses. */
function peerOf(parts: readonly PeerPart[]): WireguardPeer {
  const {
    publicKey = '',
    presharedKey,
    endpoint,
    persistentKeepaliveInterval = 0,
    lastHandshakeTime,
    rxBytes = 0n,
    txBytes = 0n,
  } = parts[0] ?? {};
  const { seconds = 0n, nanoseconds = 0n } = lastHandshakeTime ?? {};
  return {
    publicKey,
    presharedKey: keyOrNone(presharedKey),
    endpoint,
    persistentKeepalive: persistentKeepaliveInterval,
    latestHandshake: seconds === 0n ? undefined : new Date(Number(seconds) * 1000 + Number(nanoseconds) / 1e6),
    rxBytes,
    txBytes,
    allowedIps: parts.flatMap(({ allowedips = [] }) =>
      allowedips.map(({ ipaddr, cidrMask }) => `${ipaddr}/${cidrMask}`),
    ),
  };
}

/** All zeros are no key. */
function keyOrNone(key: string | undefined): string | undefined {
  return key === zero ? undefined : key;
}
