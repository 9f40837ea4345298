import { attrs } from '../../../wire/attributes.ts';
import { u8, u16be, u32 } from '../../../wire/integers.ts';
import { exchange, message } from '../../../wire/message.ts';
import { named } from '../../../wire/names.ts';
import type { In, Out } from '../../../wire/shape.ts';
import { member, pad, struct } from '../../../wire/struct.ts';
import { NETLINK_XFRM } from '../../protocols.ts';
import {
  xfrmAttributes,
  xfrmMarkAttributes,
  xfrmPolicyCountAttributes,
  xfrmStateCountAttributes,
  xfrmTypeAttributes,
} from './attributes.ts';
import {
  xfrmAddress,
  xfrmId,
  xfrmPolicyId,
  xfrmPolicyInfo,
  xfrmProtocols,
  xfrmSelector,
  xfrmStateId,
  xfrmStateInfo,
} from './structs.ts';

const protocol = NETLINK_XFRM;
const common = { protocol, attributes: xfrmAttributes } as const;
const nothing = struct({});

/** Keys and how they are used, a security association each: `ip xfrm state`. */
export const xfrmState = message({
  ...common,
  name: 'xfrmState',
  kernelName: 'XFRM_MSG_*SA',
  types: { new: 0x10, upd: 0x1a },
  header: xfrmStateInfo,
});

/** One of them is asked for, or deleted; that one was deleted. */
const stateId = message({
  ...common,
  name: 'xfrmStateId',
  kernelName: 'XFRM_MSG_*SA',
  types: { del: 0x11, get: 0x12 },
  header: xfrmStateId,
});
export const xfrmStateOne = exchange(stateId, xfrmState);
/** That a state was deleted: what it was is in `sa`, with the other attributes beside it. */
export const xfrmStateGone = stateId;

/** All are asked for: there is no header, only attributes. */
export const xfrmStates = exchange(
  message({
    protocol,
    attributes: attrs({}),
    name: 'xfrmStates',
    kernelName: 'XFRM_MSG_*SA',
    types: { get: 0x12 },
    header: nothing,
    direction: 'sent',
    families: [],
  }),
  xfrmState,
);

/** A number is chosen for a state to come: `ip xfrm state allocspi`. */
export const xfrmStateNumber = exchange(
  message({
    protocol,
    attributes: xfrmMarkAttributes,
    name: 'xfrmStateNumber',
    kernelName: 'XFRM_MSG_*SPI',
    types: { alloc: 0x16 },
    header: struct({ info: member(xfrmStateInfo), min: u32, max: u32 }),
  }),
  xfrmState,
);

/** All states of a protocol are deleted; 255 is any. */
export const xfrmStateFlush = message({
  protocol,
  attributes: attrs({}),
  name: 'xfrmStateFlush',
  kernelName: 'XFRM_MSG_*SA',
  types: { flush: 0x1c },
  header: struct({ proto: named(u8, xfrmProtocols) }),
});

/** Which packets need what: `ip xfrm policy`. */
export const xfrmPolicy = message({
  ...common,
  name: 'xfrmPolicy',
  kernelName: 'XFRM_MSG_*POLICY',
  types: { new: 0x13, upd: 0x19 },
  header: xfrmPolicyInfo,
});

const policyId = message({
  ...common,
  name: 'xfrmPolicyId',
  kernelName: 'XFRM_MSG_*POLICY',
  types: { del: 0x14, get: 0x15 },
  header: xfrmPolicyId,
});
/** One of them is asked for, or deleted. */
export const xfrmPolicyOne = exchange(policyId, xfrmPolicy);
/** That a policy was deleted: what it was is in `policy`. */
export const xfrmPolicyGone = policyId;

/** All are asked for. */
export const xfrmPolicies = exchange(
  message({
    protocol,
    attributes: attrs({}),
    name: 'xfrmPolicies',
    kernelName: 'XFRM_MSG_*POLICY',
    types: { get: 0x15 },
    header: nothing,
    direction: 'sent',
    families: [],
  }),
  xfrmPolicy,
);

/** All policies of a type are deleted. */
export const xfrmPolicyFlush = message({
  protocol,
  attributes: xfrmTypeAttributes,
  name: 'xfrmPolicyFlush',
  kernelName: 'XFRM_MSG_*POLICY',
  types: { flush: 0x1d },
  header: nothing,
});

/** A limit of a state was reached, the soft or the hard one. */
export const xfrmStateExpired = message({
  ...common,
  name: 'xfrmStateExpired',
  kernelName: 'XFRM_MSG_*',
  types: { expire: 0x18 },
  header: struct({ state: member(xfrmStateInfo), hard: u8, padding: pad(7) }),
});

/** The same of a policy. */
export const xfrmPolicyExpired = message({
  ...common,
  name: 'xfrmPolicyExpired',
  kernelName: 'XFRM_MSG_POL*',
  types: { expire: 0x1b },
  header: struct({ pol: member(xfrmPolicyInfo), hard: u8, padding: pad(7) }),
});

/** A packet needs a state that is not there: whoever settles keys is asked for one. */
export const xfrmAcquire = message({
  ...common,
  name: 'xfrmAcquire',
  kernelName: 'XFRM_MSG_*',
  types: { acquire: 0x17 },
  header: struct({
    id: member(xfrmId),
    saddr: xfrmAddress,
    sel: member(xfrmSelector),
    policy: member(xfrmPolicyInfo),
    aalgos: u32,
    ealgos: u32,
    calgos: u32,
    seq: u32,
  }),
});

/** How far a state has got: its counters, told now and then so that another machine can go on. `flags` are XFRM_AE_*. */
export const xfrmAsyncEvent = message({
  ...common,
  name: 'xfrmAsyncEvent',
  kernelName: 'XFRM_MSG_*AE',
  types: { new: 0x1e },
  header: struct({ id: member(xfrmStateId), saddr: xfrmAddress, flags: u32, reqid: u32 }),
});

/** A packet of a mobile node was refused (Mobile IPv6): which ones, and the care-of address in `coaddr`. */
export const xfrmReport = message({
  ...common,
  name: 'xfrmReport',
  kernelName: 'XFRM_MSG_*',
  types: { report: 0x20 },
  header: struct({ proto: named(u8, xfrmProtocols), padding: pad(3), sel: member(xfrmSelector) }),
});

/** A peer behind NAT sends from another address or port than before. */
export const xfrmMapping = message({
  ...common,
  name: 'xfrmMapping',
  kernelName: 'XFRM_MSG_*',
  types: { mapping: 0x26 },
  header: struct({
    id: member(xfrmStateId),
    reqid: u32,
    oldSaddr: xfrmAddress,
    newSaddr: xfrmAddress,
    oldSport: u16be,
    newSport: u16be,
  }),
});

/** How many states there are: `ip xfrm state count`. */
export const xfrmStateCount = message({
  protocol,
  name: 'xfrmStateCount',
  kernelName: 'XFRM_MSG_*SADINFO',
  types: { new: 0x22, get: 0x23 },
  header: struct({ flags: u32 }),
  attributes: xfrmStateCountAttributes,
});

/** How many policies there are: `ip xfrm policy count`; thresholds of hashing: `ip xfrm policy set`. */
export const xfrmPolicyCount = message({
  protocol,
  name: 'xfrmPolicyCount',
  kernelName: 'XFRM_MSG_*SPDINFO',
  types: { new: 0x24, get: 0x25 },
  header: struct({ flags: u32 }),
  attributes: xfrmPolicyCountAttributes,
});

/** XFRM_USERPOLICY_*: what becomes of packets that no policy is for, by number. */
export const xfrmDefaults = [undefined, 'block', 'accept'] as const;

/** What becomes of packets that no policy is for: `ip xfrm policy setdefault`. Zero leaves it as it is. Linux 5.15. */
export const xfrmPolicyDefault = message({
  protocol,
  name: 'xfrmPolicyDefault',
  kernelName: 'XFRM_MSG_*DEFAULT',
  types: { set: 0x27, get: 0x28 },
  header: struct({ in: named(u8, xfrmDefaults), fwd: named(u8, xfrmDefaults), out: named(u8, xfrmDefaults) }),
  attributes: attrs({}),
});

export type XfrmStateMessage = Out<typeof xfrmState>;
export type XfrmStateInput = In<typeof xfrmState>;
export type XfrmPolicyMessage = Out<typeof xfrmPolicy>;
export type XfrmPolicyInput = In<typeof xfrmPolicy>;
