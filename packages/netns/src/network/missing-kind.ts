import { NetlinkError } from '../errors.ts';

/** The kernel's own words for a kind that no part of it registered, after it has looked for a module. */
export function lacksKind(error: unknown): error is NetlinkError {
  return (
    error instanceof NetlinkError && error.code === 'EOPNOTSUPP' && error.extack?.message === 'Unknown device type'
  );
}

/** Which option of the kernel's configuration has a kind; those that are not here are called like the kind. */
const kindOptions: Readonly<Record<string, string>> = {
  bond: 'BONDING',
  erspan: 'NET_IPGRE',
  gre: 'NET_IPGRE',
  gretap: 'NET_IPGRE',
  ip6erspan: 'IPV6_GRE',
  ip6gre: 'IPV6_GRE',
  ip6gretap: 'IPV6_GRE',
  ip6tnl: 'IPV6_TUNNEL',
  ipip: 'NET_IPIP',
  ipoib: 'INFINIBAND_IPOIB',
  ipvtap: 'IPVTAP',
  sit: 'IPV6_SIT',
  team: 'NET_TEAM',
  vcan: 'CAN_VCAN',
  vlan: 'VLAN_8021Q',
  vrf: 'NET_VRF',
  vti: 'NET_IPVTI',
  vti6: 'IPV6_VTI',
  vxcan: 'CAN_VXCAN',
  xfrm: 'XFRM_INTERFACE',
};

/** The option of the kernel's configuration with which a kernel has devices of a kind: `CONFIG_DUMMY`. */
export function kindOption(kind: string): string {
  return `CONFIG_${kindOptions[kind] ?? kind.toUpperCase()}`;
}
