import { attrs, nested } from '../../../../wire/attributes.ts';
import { u8 } from '../../../../wire/integers.ts';
import type { Out } from '../../../../wire/shape.ts';
import { ethtoolHeader, ethtoolMessage } from './ethtool-message.ts';

/** ETHTOOL_A_LINKINFO_*. */
export const ethtoolLinkInfoAttributes = attrs({
  header: [1, nested(ethtoolHeader)],
  port: [2, u8],
  phyaddr: [3, u8],
  tpMdix: [4, u8],
  tpMdixCtrl: [5, u8],
  transceiver: [6, u8],
});

/** The port of a device: `ethtool DEV`. Linux 5.6. */
export const ethtoolLinkInfo = ethtoolMessage(
  'ethtoolLinkInfo',
  'LINKINFO',
  ethtoolLinkInfoAttributes,
  { get: 2, set: 3 },
  { get_reply: 2, ntf: 3 },
);

export type EthtoolLinkInfoMessage = Out<typeof ethtoolLinkInfo>;
