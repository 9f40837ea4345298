/** Address families as rtnetlink headers carry them (`AF_*`, `linux/socket.h`). */
export const AF_UNSPEC = 0;
export const AF_INET = 2;
export const AF_BRIDGE = 7;
export const AF_INET6 = 10;
export const AF_PACKET = 17;
export const AF_MPLS = 28;
export const AF_MCTP = 45;
/** Multicast routes (RTNL_FAMILY_IPMR, RTNL_FAMILY_IP6MR). */
export const AF_IPMR = 128;
export const AF_IP6MR = 129;

export const addressFamilies = {
  0: 'unspec',
  2: 'inet',
  7: 'bridge',
  10: 'inet6',
  17: 'packet',
  28: 'mpls',
  45: 'mctp',
  128: 'ipmr',
  129: 'ip6mr',
} as const;
