import { attrs } from '../../../../wire/attributes.ts';
import { bool, u8, u16be, u32, u64, u64be } from '../../../../wire/integers.ts';
import { named } from '../../../../wire/names.ts';

/** How strictly a macsec link looks at what arrives (MACSEC_VALIDATE_*), by number. */
export const macsecValidations = ['disabled', 'check', 'strict'] as const;

/** Where the work is done (MACSEC_OFFLOAD_*), by number. */
export const macsecOffloads = ['off', 'phy', 'mac'] as const;

/** Cipher suites (`linux/if_macsec.h`), by their numbers in 802.1AE. */
export const macsecCiphers: ReadonlyMap<bigint, string> = new Map([
  [0x0080020001000001n, 'gcm-aes-128'],
  [0x0080c20001000001n, 'gcm-aes-128'],
  [0x0080c20001000002n, 'gcm-aes-256'],
  [0x0080c20001000003n, 'gcm-aes-xpn-128'],
  [0x0080c20001000004n, 'gcm-aes-xpn-256'],
]);

/** IFLA_MACSEC_*: `ip link add link DEV type macsec`. `sci` is address and port of the sender in one number. */
export const macsec = attrs({
  sci: [1, u64be],
  port: [2, u16be],
  icvLen: [3, u8],
  cipherSuite: [4, u64],
  window: [5, u32],
  encodingSa: [6, u8],
  encrypt: [7, bool],
  protect: [8, bool],
  incSci: [9, bool],
  es: [10, bool],
  scb: [11, bool],
  replayProtect: [12, bool],
  validation: [13, named(u8, macsecValidations)],
  offload: [15, named(u8, macsecOffloads)],
});
