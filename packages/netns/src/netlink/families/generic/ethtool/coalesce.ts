import { attrs, nested } from '../../../../wire/attributes.ts';
import { bool, u32 } from '../../../../wire/integers.ts';
import { ethtoolHeader, ethtoolMessage } from './ethtool-message.ts';

/** ETHTOOL_A_COALESCE_*. */
export const ethtoolCoalesceAttributes = attrs({
  header: [1, nested(ethtoolHeader)],
  rxUsecs: [2, u32],
  rxMaxFrames: [3, u32],
  rxUsecsIrq: [4, u32],
  rxMaxFramesIrq: [5, u32],
  txUsecs: [6, u32],
  txMaxFrames: [7, u32],
  txUsecsIrq: [8, u32],
  txMaxFramesIrq: [9, u32],
  statsBlockUsecs: [10, u32],
  useAdaptiveRx: [11, bool],
  useAdaptiveTx: [12, bool],
  pktRateLow: [13, u32],
  rxUsecsLow: [14, u32],
  rxMaxFramesLow: [15, u32],
  txUsecsLow: [16, u32],
  txMaxFramesLow: [17, u32],
  pktRateHigh: [18, u32],
  rxUsecsHigh: [19, u32],
  rxMaxFramesHigh: [20, u32],
  txUsecsHigh: [21, u32],
  txMaxFramesHigh: [22, u32],
  rateSampleInterval: [23, u32],
  useCqeModeTx: [24, bool],
  useCqeModeRx: [25, bool],
  txAggrMaxBytes: [26, u32],
  txAggrMaxFrames: [27, u32],
  txAggrTimeUsecs: [28, u32],
});

/** How long a device gathers packets before it interrupts: `ethtool -c`, `ethtool -C`. Times in microseconds. Linux 5.8. */
export const ethtoolCoalesce = ethtoolMessage(
  'ethtoolCoalesce',
  'COALESCE',
  ethtoolCoalesceAttributes,
  { get: 19, set: 20 },
  { get_reply: 20, ntf: 21 },
);
