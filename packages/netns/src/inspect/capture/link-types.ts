import type { LinkLayer } from './filter/packets.ts';
import { linkTypes } from './summary.ts';

/** How packets of an interface are kept. */
export interface LinkForm {
  /** LINKTYPE_…, as files have it: tcpdump.org/linktypes.html. */
  readonly linkType: number;
  /** What the filter sees. */
  readonly layer: LinkLayer;
}

const ethernet: LinkForm = { linkType: linkTypes.ethernet, layer: 'ethernet' };
const rawIp: LinkForm = { linkType: linkTypes.ip, layer: 'raw' };
/** LINKTYPE_LINUX_SLL: the kernel takes whatever header there is away, and we write what it knows of the packet in its place. */
const cooked: LinkForm = { linkType: linkTypes.cooked, layer: 'cooked' };

/** By hardware type: ARPHRD_…, `linux/if_arp.h`. */
const forms: Readonly<Record<number, LinkForm>> = {
  1: ethernet, // ARPHRD_ETHER
  772: ethernet, // ARPHRD_LOOPBACK: with addresses of zeros
  519: rawIp, // ARPHRD_RAWIP
  768: rawIp, // ARPHRD_TUNNEL
  769: rawIp, // ARPHRD_TUNNEL6
  776: rawIp, // ARPHRD_SIT
  778: rawIp, // ARPHRD_IPGRE
  823: rawIp, // ARPHRD_IP6GRE
  65534: rawIp, // ARPHRD_NONE: tun, wireguard
};

export const hardwareLoopback = 772;

export function linkFormOf(hardwareType: number): LinkForm {
  return forms[hardwareType] ?? cooked;
}
