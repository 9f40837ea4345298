import { attrs, nested } from '../../../../wire/attributes.ts';
import { bool, u32, u64 } from '../../../../wire/integers.ts';
import { ethtoolHeader, ethtoolMessage } from './ethtool-message.ts';

/** ETHTOOL_A_PAUSE_*. */
export const ethtoolPauseAttributes = attrs({
  header: [1, nested(ethtoolHeader)],
  autoneg: [2, bool],
  rx: [3, bool],
  tx: [4, bool],
  stats: [5, nested(attrs({ txFrames: [2, u64], rxFrames: [3, u64] }))],
  statsSrc: [6, u32],
});

/** Whether a device asks the other side to pause, and does so when it is asked: `ethtool -a`, `ethtool -A`. Linux 5.8. */
export const ethtoolPause = ethtoolMessage(
  'ethtoolPause',
  'PAUSE',
  ethtoolPauseAttributes,
  { get: 21, set: 22 },
  { get_reply: 22, ntf: 23 },
);
