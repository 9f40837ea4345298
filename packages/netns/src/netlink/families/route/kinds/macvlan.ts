import { attrs, repeated } from '../../../../wire/attributes.ts';
import { s32, u16, u32 } from '../../../../wire/integers.ts';
import { macAddress } from '../../../../wire/mac-address.ts';
import { named } from '../../../../wire/names.ts';

/** Modes of a macvlan or macvtap (MACVLAN_MODE_*). */
export const macvlanModes = { 1: 'private', 2: 'vepa', 4: 'bridge', 8: 'passthru', 16: 'source' } as const;

/** IFLA_MACVLAN_*: `ip link add type macvlan`, the same for macvtap. */
export const macvlan = attrs({
  mode: [1, named(u32, macvlanModes)],
  flags: [2, u16],
  macaddrMode: [3, u32],
  macaddr: [4, macAddress],
  macaddrData: [5, attrs({ macaddr: [4, repeated(macAddress)] })],
  macaddrCount: [6, u32],
  bcQueueLen: [7, u32],
  bcQueueLenUsed: [8, u32],
  bcCutoff: [9, s32],
});
