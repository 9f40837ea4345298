import type { AnyMessage, Direction } from '../wire/message.ts';
import { Declarations } from './declarations.ts';
import { socketMessages } from './families/diag/messages.ts';
import { genericMessages } from './families/generic/messages.ts';
import { conntrackMessages } from './families/netfilter/conntrack-messages.ts';
import { firewallMessages } from './families/netfilter/firewall-messages.ts';
import { networkMessages } from './families/route/network-messages.ts';
import { shapingMessages } from './families/route/shaping-messages.ts';
import { xfrmMessages } from './families/xfrm/messages.ts';
import { messageName } from './message-name.ts';

const everything = new Declarations(
  [
    networkMessages,
    firewallMessages,
    shapingMessages,
    genericMessages,
    conntrackMessages,
    xfrmMessages,
    socketMessages,
  ].flatMap(({ messages }) => messages),
);

/** Every message that the library knows, from the lists in `families/`. Tests, the formatter and `describeMessage` loop over it. */
export const catalogue: readonly KnownMessage[] = everything.messages;

/** A message of the catalogue. The types of all of them together are more than a compiler wants to write down. */
export type KnownMessage = AnyMessage;

/**
 * The declaration of a message number: `16` of NETLINK_ROUTE is `link`. A few numbers mean something else on their way to the kernel, and
 * that of NETLINK_SOCK_DIAG means another thing for each `family`: the first byte behind the header.
 */
export function declarationOf(
  type: number,
  protocol = 0,
  direction: Direction = 'received',
  family?: number,
): KnownMessage | undefined {
  return everything.of(type, protocol, direction, family);
}

/** The kernel's name of a message number: `16` is `RTM_NEWLINK`; a number that is not known stays one. */
export function messageTypeName(type: number, protocol = 0, direction?: Direction): string {
  for (const known of catalogue)
    if ((known.direction ?? direction) === (direction ?? known.direction))
      for (const [verb, number] of Object.entries(known.types))
        if (number === type && known.protocol === protocol) return messageName(known, verb);
  return `type ${type}`;
}
