import { attrs, nested } from '../../../../wire/attributes.ts';
import { u32 } from '../../../../wire/integers.ts';
import { ethtoolBitset, ethtoolHeader, ethtoolMessage } from './ethtool-message.ts';

/** ETHTOOL_A_TSINFO_*. */
export const ethtoolTimestampingAttributes = attrs({
  header: [1, nested(ethtoolHeader)],
  timestamping: [2, nested(ethtoolBitset)],
  txTypes: [3, nested(ethtoolBitset)],
  rxFilters: [4, nested(ethtoolBitset)],
  phcIndex: [5, u32],
});

/** Which packets a device can stamp with the time: `ethtool -T`. Linux 5.8. */
export const ethtoolTimestamping = ethtoolMessage(
  'ethtoolTimestamping',
  'TSINFO',
  ethtoolTimestampingAttributes,
  { get: 25 },
  { get_reply: 26 },
);
