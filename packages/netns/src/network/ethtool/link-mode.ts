import type { EthtoolBitset } from '../../netlink/families/generic/ethtool/features.ts';
import type { EthtoolLinkInfoMessage } from '../../netlink/families/generic/ethtool/link-info.ts';
import type { EthtoolLinkModesMessage } from '../../netlink/families/generic/ethtool/link-modes.ts';
import type { EthtoolLinkStateMessage } from '../../netlink/families/generic/ethtool/link-state.ts';

/** How a device is connected. */
export interface LinkMode {
  /** Whether there is a link. */
  readonly up: boolean | undefined;
  /** Mbit/s; undefined where it is not known. */
  readonly speed: number | undefined;
  readonly duplex: 'half' | 'full' | undefined;
  readonly autoneg: boolean | undefined;
  /** What plugs into it: `twisted-pair`, `fibre`, `none`, …; a number where it has no name. */
  readonly port: string | undefined;
  readonly transceiver: 'internal' | 'external' | undefined;
  /** What it can: `1000baseT/Full`, `Autoneg`, `TP`, … */
  readonly supported: readonly string[];
  /** What of that it tells the other side. */
  readonly advertised: readonly string[];
  /** What the other side tells. */
  readonly peer: readonly string[];
}

/** PORT_* (`linux/ethtool.h`). */
const ports: Readonly<Record<number, string>> = {
  0: 'twisted-pair',
  1: 'aui',
  2: 'mii',
  3: 'fibre',
  4: 'bnc',
  5: 'direct-attach',
  239: 'none',
  255: 'other',
};

const UNKNOWN_SPEED = 0xffffffff;

export function linkModeOf(
  { autoneg, ours, peer, speed, duplex }: EthtoolLinkModesMessage['attributes'],
  { port, transceiver }: EthtoolLinkInfoMessage['attributes'],
  { link }: EthtoolLinkStateMessage['attributes'],
): LinkMode {
  return {
    up: link,
    speed: speed === UNKNOWN_SPEED ? undefined : speed,
    duplex: duplex === 0 ? 'half' : duplex === 1 ? 'full' : undefined,
    autoneg,
    port: port === undefined ? undefined : (ports[port] ?? String(port)),
    transceiver: transceiver === 0 ? 'internal' : transceiver === 1 ? 'external' : undefined,
    supported: bitNames(ours),
    // Of our own modes, the mask says which there are, and the value which of them are told.
    advertised: (ours?.bits ?? []).flatMap(({ name, value }) => (value === true && name !== undefined ? [name] : [])),
    peer: bitNames(peer),
  };
}

/** The bits that a set names. */
export function bitNames(set: EthtoolBitset | undefined): string[] {
  return (set?.bits ?? []).flatMap(({ name }) => name ?? []);
}
