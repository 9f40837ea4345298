import { attrs, listOf, nested } from '../../../../wire/attributes.ts';
import { flag, u32 } from '../../../../wire/integers.ts';
import { str } from '../../../../wire/text.ts';
import { ethtoolHeader, ethtoolMessage } from './ethtool-message.ts';

/** ETHTOOL_A_STRING_*, ETHTOOL_A_STRINGSET_*, ETHTOOL_A_STRSET_*. */
export const ethtoolString = attrs({ index: [1, u32], value: [2, str] });
export const ethtoolStringset = attrs({
  id: [1, u32],
  count: [2, u32],
  strings: [3, listOf(1, nested(ethtoolString))],
});
export const ethtoolStringsAttributes = attrs({
  header: [1, nested(ethtoolHeader)],
  stringsets: [2, listOf(1, nested(ethtoolStringset))],
  countsOnly: [3, flag],
});

/** The names that belong to numbers: of features, link modes, and of what a driver counts. Linux 5.6. */
export const ethtoolStrings = ethtoolMessage(
  'ethtoolStrings',
  'STRSET',
  ethtoolStringsAttributes,
  { get: 1 },
  { get_reply: 1 },
);
