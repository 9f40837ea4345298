/** Netlink protocols (`linux/netlink.h`): the third argument of `socket(AF_NETLINK, type, protocol)`. */
export const NETLINK_ROUTE = 0;
export const NETLINK_SOCK_DIAG = 4;
export const NETLINK_XFRM = 6;
export const NETLINK_NETFILTER = 12;
export const NETLINK_GENERIC = 16;
