import { attrs, repeated } from '../../../../wire/attributes.ts';
import { u16, u16be, u32 } from '../../../../wire/integers.ts';
import { flags, named } from '../../../../wire/names.ts';
import { struct } from '../../../../wire/struct.ts';

/** VLAN protocols (ETH_P_8021Q, ETH_P_8021AD). */
export const vlanProtocols = { 33024: '802.1Q', 34984: '802.1ad' } as const;
/** Bits of `flags` (VLAN_FLAG_*), lowest first. */
export const vlanFlags = ['reorder_hdr', 'gvrp', 'loose_binding', 'mvrp', 'bridge_binding'] as const;

const qosMap = attrs({ mapping: [1, repeated(struct({ from: u32, to: u32 }))] });

/** IFLA_VLAN_*: `ip link add type vlan`. Only the bits of `mask` are changed. */
export const vlan = attrs({
  id: [1, u16],
  flags: [2, struct({ flags: flags(u32, vlanFlags), mask: u32 })],
  egressQos: [3, qosMap],
  ingressQos: [4, qosMap],
  protocol: [5, named(u16be, vlanProtocols)],
});
