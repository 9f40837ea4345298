import { attrs, nested } from '../../../../wire/attributes.ts';
import { bool, u8, u32 } from '../../../../wire/integers.ts';
import { ethtoolHeader, ethtoolMessage } from './ethtool-message.ts';

/** ETHTOOL_A_RINGS_*. */
export const ethtoolRingsAttributes = attrs({
  header: [1, nested(ethtoolHeader)],
  rxMax: [2, u32],
  rxMiniMax: [3, u32],
  rxJumboMax: [4, u32],
  txMax: [5, u32],
  rx: [6, u32],
  rxMini: [7, u32],
  rxJumbo: [8, u32],
  tx: [9, u32],
  rxBufLen: [10, u32],
  tcpDataSplit: [11, u8],
  cqeSize: [12, u32],
  txPush: [13, bool],
  rxPush: [14, bool],
  txPushBufLen: [15, u32],
  txPushBufLenMax: [16, u32],
  hdsThresh: [17, u32],
  hdsThreshMax: [18, u32],
});

/** How many packets wait in the rings of a device, and how many may: `ethtool -g`, `ethtool -G`. Linux 5.8. */
export const ethtoolRings = ethtoolMessage(
  'ethtoolRings',
  'RINGS',
  ethtoolRingsAttributes,
  { get: 15, set: 16 },
  { get_reply: 16, ntf: 17 },
);
