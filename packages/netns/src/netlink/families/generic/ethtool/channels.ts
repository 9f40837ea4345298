import { attrs, nested } from '../../../../wire/attributes.ts';
import { u32 } from '../../../../wire/integers.ts';
import { ethtoolHeader, ethtoolMessage } from './ethtool-message.ts';

/** ETHTOOL_A_CHANNELS_*. */
export const ethtoolChannelsAttributes = attrs({
  header: [1, nested(ethtoolHeader)],
  rxMax: [2, u32],
  txMax: [3, u32],
  otherMax: [4, u32],
  combinedMax: [5, u32],
  rxCount: [6, u32],
  txCount: [7, u32],
  otherCount: [8, u32],
  combinedCount: [9, u32],
});

/** How many queues of a device are used, and how many there can be: `ethtool -l`, `ethtool -L`. Linux 5.8. */
export const ethtoolChannels = ethtoolMessage(
  'ethtoolChannels',
  'CHANNELS',
  ethtoolChannelsAttributes,
  { get: 17, set: 18 },
  { get_reply: 18, ntf: 19 },
);
