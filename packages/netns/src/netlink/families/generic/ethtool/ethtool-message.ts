import { attrs, listOf, nested } from '../../../../wire/attributes.ts';
import { bytes } from '../../../../wire/bytes.ts';
import { flag, u32 } from '../../../../wire/integers.ts';
import { exchange, message } from '../../../../wire/message.ts';
import { flags } from '../../../../wire/names.ts';
import type { AttributeSet, Typed } from '../../../../wire/shape.ts';
import { str } from '../../../../wire/text.ts';
import { NETLINK_GENERIC } from '../../../protocols.ts';
import { genericFamilies, genericMessage } from '../families.ts';
import { genlmsghdr } from '../genlmsghdr.ts';

/** ETHTOOL_FLAG_*: short bit sets in the answer, no answer to a change, counters in the answer. */
export const ethtoolFlags = ['compactBitsets', 'omitReply', 'stats'] as const;

/** ETHTOOL_A_HEADER_*: the device that is meant, by index or name; every message has it (`linux/ethtool_netlink.h`). */
export const ethtoolHeader = attrs({
  devIndex: [1, u32],
  devName: [2, str],
  flags: [3, flags(u32, ethtoolFlags)],
  phyIndex: [4, u32],
});

/** ETHTOOL_A_BITSET_BIT_*. Without a mask (`nomask`) the bits that are named are set, with one they are those that are meant. */
export const ethtoolBit = attrs({ index: [1, u32], name: [2, str], value: [3, flag] });

/** ETHTOOL_A_BITSET_*: either named bit by bit, or packed into words of 32. */
export const ethtoolBitset = attrs({
  nomask: [1, flag],
  size: [2, u32],
  bits: [3, listOf(1, nested(ethtoolBit))],
  value: [4, bytes],
  mask: [5, bytes],
});

type Numbers = Readonly<Record<string, number>>;

/**
 * Declares what can be asked of a device, and what comes back: the kernel numbers the two apart, and both hold the same attributes.
 * `word` is the one in the kernel's names: `RINGS` as in ETHTOOL_MSG_RINGS_GET.
 */
export function ethtoolMessage<
  const N extends string,
  A extends Typed<AttributeSet, unknown>,
  const S extends Numbers,
  const R extends Numbers,
>(name: N, word: string, attributes: A, sent: S, received: R) {
  const common = {
    name,
    kernelName: `ETHTOOL_MSG_${word}_*`,
    protocol: NETLINK_GENERIC,
    header: genlmsghdr,
    attributes,
  } as const;
  const numbered = <T extends Numbers>(commands: T) =>
    Object.fromEntries(
      Object.entries(commands).map(([verb, command]) => [verb, genericMessage(genericFamilies.ethtool, command)]),
    ) as { readonly [K in keyof T]: number };
  return exchange(
    message({ ...common, types: numbered(sent), direction: 'sent' }),
    message({ ...common, types: numbered(received), direction: 'received' }),
  );
}
