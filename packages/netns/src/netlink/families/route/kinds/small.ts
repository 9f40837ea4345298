import { attrs } from '../../../../wire/attributes.ts';
import { bool, u8, u16, u32 } from '../../../../wire/integers.ts';
import { named } from '../../../../wire/names.ts';

/** Kinds that take no settings: `ip link add type dummy`, `type ifb`. */
export const dummy = attrs({});
export const ifb = attrs({});

/** IFLA_TUN_*: read only; a tun device is made by opening /dev/net/tun. `type` is 1 for tun and 2 for tap. */
export const tun = attrs({
  owner: [1, u32],
  group: [2, u32],
  type: [3, u8],
  pi: [4, bool],
  vnetHdr: [5, bool],
  persist: [6, bool],
  multiQueue: [7, bool],
  numQueues: [8, u32],
  numDisabledQueues: [9, u32],
});

/** Modes of an ipvlan or ipvtap, by number. */
export const ipvlanModes = ['l2', 'l3', 'l3s'] as const;

/** IFLA_IPVLAN_*: `ip link add type ipvlan`, the same for ipvtap. `flags`: 1 private, 2 vepa. */
export const ipvlan = attrs({ mode: [1, named(u16, ipvlanModes)], flags: [2, u16] });

/** IFLA_VRF_*: `ip link add type vrf table NUMBER`; also what its members show. */
export const vrf = attrs({ table: [1, u32] });
