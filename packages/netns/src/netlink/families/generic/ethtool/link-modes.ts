import { attrs, nested } from '../../../../wire/attributes.ts';
import { bool, u8, u32 } from '../../../../wire/integers.ts';
import type { Out } from '../../../../wire/shape.ts';
import { ethtoolBitset, ethtoolHeader, ethtoolMessage } from './ethtool-message.ts';

/** ETHTOOL_A_LINKMODES_*. */
export const ethtoolLinkModesAttributes = attrs({
  header: [1, nested(ethtoolHeader)],
  autoneg: [2, bool],
  ours: [3, nested(ethtoolBitset)],
  peer: [4, nested(ethtoolBitset)],
  speed: [5, u32],
  duplex: [6, u8],
  masterSlaveCfg: [7, u8],
  masterSlaveState: [8, u8],
  lanes: [9, u32],
  rateMatching: [10, u8],
});

/** Speed, duplex and what both sides can: `ethtool DEV`, `ethtool -s DEV`. Speed in Mbit/s, 4294967295 for unknown. Linux 5.6. */
export const ethtoolLinkModes = ethtoolMessage(
  'ethtoolLinkModes',
  'LINKMODES',
  ethtoolLinkModesAttributes,
  { get: 4, set: 5 },
  { get_reply: 4, ntf: 5 },
);

export type EthtoolLinkModesMessage = Out<typeof ethtoolLinkModes>;
