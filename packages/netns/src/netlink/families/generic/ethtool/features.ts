import { attrs, nested } from '../../../../wire/attributes.ts';

import type { Out } from '../../../../wire/shape.ts';
import { ethtoolBitset, ethtoolHeader, ethtoolMessage } from './ethtool-message.ts';

/** ETHTOOL_A_FEATURES_*. */
export const ethtoolFeaturesAttributes = attrs({
  header: [1, nested(ethtoolHeader)],
  hw: [2, nested(ethtoolBitset)],
  wanted: [3, nested(ethtoolBitset)],
  active: [4, nested(ethtoolBitset)],
  nochange: [5, nested(ethtoolBitset)],
});

/** What a device does by itself instead of the kernel (offloads), and what may be switched: `ethtool -k`, `ethtool -K`. Linux 5.8. */
export const ethtoolFeatures = ethtoolMessage(
  'ethtoolFeatures',
  'FEATURES',
  ethtoolFeaturesAttributes,
  { get: 11, set: 12 },
  { get_reply: 11, set_reply: 12, ntf: 13 },
);

export type EthtoolFeaturesMessage = Out<typeof ethtoolFeatures>;
export type EthtoolBitset = Out<typeof ethtoolBitset>;
