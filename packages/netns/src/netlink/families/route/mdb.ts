import { attrs, nested, prefixed, repeated } from '../../../wire/attributes.ts';
import { u8, u16, u32 } from '../../../wire/integers.ts';
import { ipAddress } from '../../../wire/ip-address.ts';
import { exchange, message } from '../../../wire/message.ts';
import { flags, named } from '../../../wire/names.ts';
import type { In, Out } from '../../../wire/shape.ts';
import { pad, struct } from '../../../wire/struct.ts';
import { NETLINK_ROUTE } from '../../protocols.ts';
import { addressFamilies } from './address-families.ts';
import { bridgeRouterPorts } from './kinds/bridge.ts';
import { mdbGroup } from './mdb-group.ts';
import { routeProtocols } from './route.ts';

/** States of an entry (MDB_TEMPORARY, MDB_PERMANENT), named as `bridge` names them. */
export const mdbStates = ['temp', 'permanent'] as const;
/** Bits of an entry's `flags` (MDB_FLAGS_*), lowest first. */
export const mdbFlags = ['offload', 'fast_leave', 'star_excl', 'blocked', 'offload_failed'] as const;
/** Which sources an entry is for (MCAST_EXCLUDE, MCAST_INCLUDE). */
export const mdbGroupModes = ['exclude', 'include'] as const;

/** `struct br_port_msg` (`linux/if_bridge.h`). `ifindex` is that of the bridge, or of the vxlan. */
export const brPortMsg = struct({ family: named(u8, addressFamilies), pad: pad(3), ifindex: u32 });

/** `struct br_mdb_entry`. `ifindex` is that of the port. */
export const brMdbEntry = struct({
  ifindex: u32,
  state: named(u8, mdbStates),
  flags: flags(u8, mdbFlags),
  vid: u16,
  addr: mdbGroup,
  pad: pad(2),
});

/** MDBA_MDB_EATTR_*: what is known of an entry. `timer` is in hundredths of a second. Those of a vxlan since Linux 6.4. */
export const mdbEntryAttributes = attrs({
  timer: [1, u32],
  srcList: [2, nested(attrs({ entry: [1, repeated(nested(attrs({ address: [1, ipAddress], timer: [2, u32] })))] }))],
  groupMode: [3, named(u8, mdbGroupModes)],
  source: [4, ipAddress],
  rtprot: [5, named(u8, routeProtocols)],
  dst: [6, ipAddress],
  dstPort: [7, u16],
  vni: [8, u32],
  ifindex: [9, u32],
  srcVni: [10, u32],
});

/** MDBA_* attributes of answers and events. Each entry comes with its own attributes, without a nest around them. */
export const mdbAttributes = attrs({
  mdb: [1, attrs({ entry: [1, repeated(attrs({ info: [1, repeated(prefixed(brMdbEntry, mdbEntryAttributes))] }))] })],
  router: [2, bridgeRouterPorts],
});

/** MDBE_ATTR_*: what a request says of an entry. All but `source` since Linux 6.3 or later. */
export const mdbRequestEntryAttributes = attrs({
  source: [1, ipAddress],
  srcList: [2, nested(attrs({ entry: [1, repeated(nested(attrs({ address: [1, ipAddress] })))] }))],
  groupMode: [3, named(u8, mdbGroupModes)],
  rtprot: [4, named(u8, routeProtocols)],
  dst: [5, ipAddress],
  dstPort: [6, u16],
  vni: [7, u32],
  ifindex: [8, u32],
  srcVni: [9, u32],
  stateMask: [10, named(u8, mdbStates)],
});

/** MDBA_SET_ENTRY_*, which are also MDBA_GET_ENTRY_*: attributes of requests. */
export const mdbRequestAttributes = attrs({
  setEntry: [1, brMdbEntry],
  setEntryAttrs: [2, nested(mdbRequestEntryAttributes)],
});

// A dump is answered by RTM_GETMDB, unlike all others.
const common = {
  kernelName: 'MDB',
  protocol: NETLINK_ROUTE,
  types: { new: 84, del: 85, get: 86 },
  header: brPortMsg,
} as const;

/**
 * Behind which ports of a bridge there are members of a multicast group: `bridge mdb`, since Linux 3.8. Asking for one entry, and
 * those of a vxlan, since 6.4. The numbers mean something else in requests than in answers.
 */
export const mdb = exchange(
  message({
    ...common,
    name: 'mdbRequest',
    attributes: mdbRequestAttributes,
    direction: 'sent',
  }),
  message({ ...common, name: 'mdb', attributes: mdbAttributes, direction: 'received' }),
);

export type MdbMessage = Out<typeof mdb>;
export type MdbMessageInput = In<typeof mdb>;
