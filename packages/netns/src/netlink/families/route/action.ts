import { attrs, byKind, type Counted, list, nested } from '../../../wire/attributes.ts';
import { bytes } from '../../../wire/bytes.ts';
import { u8, u32 } from '../../../wire/integers.ts';
import { message } from '../../../wire/message.ts';
import type { In, Out, Typed } from '../../../wire/shape.ts';
import { pad, struct } from '../../../wire/struct.ts';
import { str } from '../../../wire/text.ts';
import { NETLINK_ROUTE } from '../../protocols.ts';
import {
  bpfAction,
  connmark,
  csum,
  ct,
  ctinfo,
  gact,
  gate,
  ife,
  mirred,
  mpls,
  nat,
  pedit,
  police,
  sample,
  simple,
  skbedit,
  skbmod,
  tunnelKey,
  vlanAction,
} from './actions/kinds.ts';
import { tcStats2 } from './tc-stats.ts';

/** A value and which of its bits count (`struct nla_bitfield32`). */
export const bitfield32 = struct({ value: u32, selector: u32 });

/** The settings of each kind of action, in TCA_ACT_OPTIONS. */
export const actionKinds = {
  gact,
  mirred,
  police: nested(police), // filters have it without the mark, as it once was
  skbedit,
  pedit,
  nat,
  vlan: vlanAction,
  tunnel_key: tunnelKey,
  csum,
  connmark,
  ct,
  ctinfo,
  simple,
  sample,
  bpf: bpfAction,
  mpls,
  ife,
  gate,
  skbmod,
} as const;

/** TCA_ACT_*: one action. */
export const actionAttributes = byKind(1, 2, actionKinds, {
  index: [3, u32],
  stats: [4, tcStats2],
  cookie: [6, bytes],
  flags: [7, bitfield32],
  hwStats: [8, bitfield32],
  usedHwStats: [9, bitfield32],
  inHwCount: [10, u32],
});

/**
 * One action. It has a name so that the types of all that holds actions refer to it, and do not spell out every kind again; without
 * `| never` the compiler takes it for another name of the union, and drops it.
 */
export type Action = Out<typeof actionAttributes> | never;
export type ActionInput = In<typeof actionAttributes> | never;

/** Actions one after the other, numbered from one. */
export const actionList: Typed<Counted, readonly Action[], readonly ActionInput[]> = list(actionAttributes, 1);

/** TCA_ROOT_*: `count` says how many there are in an answer, `timeDelta` asks for those used in the last milliseconds. */
export const actionMessageAttributes = attrs({
  tab: [1, actionList],
  flags: [2, bitfield32],
  count: [3, u32],
  timeDelta: [4, u32],
  extWarnMsg: [5, str],
});

/** Actions that stand for themselves, to be shared by filters: `tc actions`. See tc-actions(8), `struct tcamsg`. */
export const action = message({
  name: 'action',
  kernelName: 'ACTION',
  protocol: NETLINK_ROUTE,
  types: { new: 48, del: 49, get: 50 },
  header: struct({ family: u8, reserved: pad(3) }),
  attributes: actionMessageAttributes,
});

export type ActionMessage = Out<typeof action>;
export type ActionMessageInput = In<typeof action>;
