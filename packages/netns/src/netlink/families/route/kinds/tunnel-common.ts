/** What a tunnel over IP is wrapped in once more (TUNNEL_ENCAP_*), by number. */
export const tunnelEncaps = ['none', 'fou', 'gue', 'mpls'] as const;

/** Bits of `encapFlags` (TUNNEL_ENCAP_FLAG_*), lowest first. */
export const tunnelEncapFlags = ['csum', 'csum6', 'remcsum'] as const;

/** Bits of `flags` of tunnels over IPv6 (IP6_TNL_F_*, `linux/ip6_tunnel.h`), lowest first. */
export const ip6TunnelFlags = [
  'ign_encap_limit',
  'use_orig_tclass',
  'use_orig_flowlabel',
  'mip6_dev',
  'rcv_dscp_copy',
  'use_orig_fwmark',
  'allow_local_remote',
] as const;
