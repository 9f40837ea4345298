import type { Kind } from './kind.ts';

/** The two ends of a cable. The words behind `peer` are those of `ip link add` again: `kind-words.ts` reads them. */
const pair = (kind: 'veth' | 'vxcan'): Kind => ({
  kind,
  usage: `\
Usage: ip link <options> type ${kind} [peer <options>]
To get <options> type 'ip link add help'
`,
});

export const veth = pair('veth');
/** The same for CAN. */
export const vxcan = pair('vxcan');
