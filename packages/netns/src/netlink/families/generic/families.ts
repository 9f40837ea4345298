/** A family of generic netlink: the kernel knows it by its name, and gives it a number at each start. */
export interface GenericFamily {
  readonly name: string;
  /** The version of its language that our requests are in. */
  readonly version: number;
  /** Stands for the number that only the running kernel knows. */
  readonly index: number;
}

export const genericFamilies = {
  ethtool: { name: 'ethtool', version: 1, index: 0x81 },
  wireguard: { name: 'wireguard', version: 1, index: 0x82 },
  tcpMetrics: { name: 'tcp_metrics', version: 1, index: 0x83 },
  mptcp: { name: 'mptcp_pm', version: 1, index: 0x84 },
  seg6: { name: 'SEG6', version: 1, index: 0x85 },
  ioam6: { name: 'IOAM6', version: 1, index: 0x86 },
  fou: { name: 'fou', version: 1, index: 0x87 },
  ila: { name: 'ila', version: 1, index: 0x88 },
  l2tp: { name: 'l2tp', version: 1, index: 0x89 },
  macsec: { name: 'macsec', version: 1, index: 0x8a },
} as const satisfies Readonly<Record<string, GenericFamily>>;

/**
 * The number by which the catalogue knows a message of generic netlink: the family in the upper byte (above all numbers that the kernel
 * gives), the command in the lower. On the wire the family's number of the running kernel stands there, and the command in the header.
 */
export function genericMessage({ index }: GenericFamily, command: number): number {
  return (index << 8) | command;
}

/** The family and the command of such a number. */
export function genericParts(number: number): { readonly family: GenericFamily | undefined; readonly command: number } {
  const family = Object.values<GenericFamily>(genericFamilies).find(({ index }) => index === number >> 8);
  return { family, command: number & 0xff };
}
