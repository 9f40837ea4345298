import type { Kind } from './kind.ts';

/** The two ends of a cable. The words behind `peer` are those of `ip link add` again: `change.ts` reads them. */
export const veth: Kind = {
  kind: 'veth',
  usage: `\
Usage: ip link <options> type veth [peer <options>]
To get <options> type 'ip link add help'
`,
};
