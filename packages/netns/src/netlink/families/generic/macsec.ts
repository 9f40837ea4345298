import { attrs, list, nested } from '../../../wire/attributes.ts';
import { bytes } from '../../../wire/bytes.ts';
import { bool, u8, u32, u32be, u32OrU64, u64, u64be } from '../../../wire/integers.ts';
import { message } from '../../../wire/message.ts';
import { named } from '../../../wire/names.ts';
import type { Out } from '../../../wire/shape.ts';
import { NETLINK_GENERIC } from '../../protocols.ts';
import { macsecOffloads, macsecValidations } from '../route/kinds/macsec.ts';
import { genericFamilies, genericMessage } from './families.ts';
import { genlmsghdr } from './genlmsghdr.ts';

/** MACSEC_SECY_STATS_ATTR_*: packets of the device. */
export const macsecSecyStats = attrs({
  outPktsUntagged: [1, u64],
  inPktsUntagged: [2, u64],
  outPktsTooLong: [3, u64],
  inPktsNoTag: [4, u64],
  inPktsBadTag: [5, u64],
  inPktsUnknownSci: [6, u64],
  inPktsNoSci: [7, u64],
  inPktsOverrun: [8, u64],
});

/** MACSEC_TXSC_STATS_ATTR_*: what was sent. */
export const macsecTxscStats = attrs({
  outPktsProtected: [1, u64],
  outPktsEncrypted: [2, u64],
  outOctetsProtected: [3, u64],
  outOctetsEncrypted: [4, u64],
});

/** MACSEC_RXSC_STATS_ATTR_*: what came from one sender. */
export const macsecRxscStats = attrs({
  inOctetsValidated: [1, u64],
  inOctetsDecrypted: [2, u64],
  inPktsUnchecked: [3, u64],
  inPktsDelayed: [4, u64],
  inPktsOk: [5, u64],
  inPktsInvalid: [6, u64],
  inPktsLate: [7, u64],
  inPktsNotValid: [8, u64],
  inPktsNotUsingSa: [9, u64],
  inPktsUnusedSa: [10, u64],
});

/** MACSEC_SA_STATS_ATTR_*: packets of one key. */
export const macsecSaStats = attrs({
  inPktsOk: [1, u32],
  inPktsInvalid: [2, u32],
  inPktsNotValid: [3, u32],
  inPktsNotUsingSa: [4, u32],
  inPktsUnusedSa: [5, u32],
  outPktsProtected: [6, u32],
  outPktsEncrypted: [7, u32],
});

/** MACSEC_SA_ATTR_*. A packet number of eight bytes (a bigint), `ssci` and `salt` belong to the ciphers with extended numbers (XPN). */
export const macsecSa = attrs({
  an: [1, u8],
  active: [2, bool],
  pn: [3, u32OrU64],
  key: [4, bytes],
  keyid: [5, bytes],
  stats: [6, nested(macsecSaStats)],
  ssci: [8, u32be],
  salt: [9, bytes],
});

/** MACSEC_RXSC_ATTR_*. `sci` is address and port of the sender in one number. */
export const macsecRxsc = attrs({
  sci: [1, u64be],
  active: [2, bool],
  saList: [3, list(nested(macsecSa), 1)],
  stats: [4, nested(macsecRxscStats)],
});

/** MACSEC_SECY_ATTR_*: how the device is set up, as `ip -d link` shows it, too. */
export const macsecSecy = attrs({
  sci: [1, u64be],
  encodingSa: [2, u8],
  window: [3, u32],
  cipherSuite: [4, u64],
  icvLen: [5, u8],
  protect: [6, bool],
  replay: [7, bool],
  oper: [8, bool],
  validate: [9, named(u8, macsecValidations)],
  encrypt: [10, bool],
  incSci: [11, bool],
  es: [12, bool],
  scb: [13, bool],
});

/** MACSEC_OFFLOAD_ATTR_*. */
export const macsecOffload = attrs({ type: [1, named(u8, macsecOffloads)] });

/** MACSEC_ATTR_* (`linux/if_macsec.h`). */
export const macsecAttributes = attrs({
  ifindex: [1, u32],
  rxscConfig: [2, nested(macsecRxsc)],
  saConfig: [3, nested(macsecSa)],
  secy: [4, nested(macsecSecy)],
  txsaList: [5, list(nested(macsecSa), 1)],
  rxscList: [6, list(nested(macsecRxsc), 1)],
  txscStats: [7, nested(macsecTxscStats)],
  secyStats: [8, nested(macsecSecyStats)],
  offload: [9, nested(macsecOffload)],
});

const family = genericFamilies.macsec;

/** Keys and senders of MACsec devices (802.1AE): `ip macsec`. Linux 4.6; offload since 5.6, extended packet numbers since 5.7. */
export const macsecDevice = message({
  name: 'macsecDevice',
  kernelName: 'MACSEC_CMD_*',
  protocol: NETLINK_GENERIC,
  types: {
    get: genericMessage(family, 0),
    add_rxsc: genericMessage(family, 1),
    del_rxsc: genericMessage(family, 2),
    upd_rxsc: genericMessage(family, 3),
    add_txsa: genericMessage(family, 4),
    del_txsa: genericMessage(family, 5),
    upd_txsa: genericMessage(family, 6),
    add_rxsa: genericMessage(family, 7),
    del_rxsa: genericMessage(family, 8),
    upd_rxsa: genericMessage(family, 9),
    upd_offload: genericMessage(family, 10),
  },
  header: genlmsghdr,
  attributes: macsecAttributes,
});

export type MacsecMessage = Out<typeof macsecDevice>;
