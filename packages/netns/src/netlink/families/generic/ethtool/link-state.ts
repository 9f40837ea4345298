import { attrs, nested } from '../../../../wire/attributes.ts';
import { bool, u8, u32 } from '../../../../wire/integers.ts';
import type { Out } from '../../../../wire/shape.ts';
import { ethtoolHeader, ethtoolMessage } from './ethtool-message.ts';

/** ETHTOOL_A_LINKSTATE_*. */
export const ethtoolLinkStateAttributes = attrs({
  header: [1, nested(ethtoolHeader)],
  link: [2, bool],
  sqi: [3, u32],
  sqiMax: [4, u32],
  extState: [5, u8],
  extSubstate: [6, u8],
  extDownCnt: [7, u32],
});

/** Whether there is a link, and how good it is: `ethtool DEV`. Linux 5.6. */
export const ethtoolLinkState = ethtoolMessage(
  'ethtoolLinkState',
  'LINKSTATE',
  ethtoolLinkStateAttributes,
  { get: 6 },
  { get_reply: 6 },
);

export type EthtoolLinkStateMessage = Out<typeof ethtoolLinkState>;
