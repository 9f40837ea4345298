import { attrs, list } from '../../../../wire/attributes.ts';
import { bytes } from '../../../../wire/bytes.ts';
import { s16, s32, u8, u16, u16be, u32, u32be, u64 } from '../../../../wire/integers.ts';
import { named } from '../../../../wire/names.ts';
import { followed, pad, struct } from '../../../../wire/struct.ts';
import { str } from '../../../../wire/text.ts';
import { actionList } from '../action.ts';
import { police } from '../actions/kinds.ts';

/** Kinds of extended matches (TCF_EM_*). */
export const ematchKinds = [
  'container',
  'cmp',
  'nbyte',
  'u32',
  'meta',
  'text',
  'vlan',
  'canid',
  'ipset',
  'ipt',
] as const;

/** `struct tcf_ematch_hdr`; the data of its kind follows in `rest`. Bits of `flags`: 1 and, 2 or, 4 not, 8 simple. */
const ematch = struct({ matchid: u16, kind: named(u16, ematchKinds), flags: u16, pad: u16 });

/** TCA_EMATCH_TREE_*: conditions that are joined by "and" and "or". */
export const ematches = attrs({ hdr: [1, struct({ nmatches: u16, progid: u16 })], list: [2, list(ematch, 1)] });

const u32Key = struct({ mask: u32be, val: u32be, off: s32, offmask: s32 });

/** `struct tc_u32_sel`: the keys that must all hold, and where the next header is. Bits of `flags`: TC_U32_*. */
export const u32Selector = followed(
  struct({
    flags: u8,
    offshift: u8,
    nkeys: u8,
    reserved: pad(1),
    offmask: u16be,
    off: u16,
    offoff: s16,
    hoff: s16,
    hmask: u32be,
  }),
  'keys',
  u32Key,
  'nkeys',
);

/** TCA_U32_*: any bits at any place, with hash tables. `tc filter add … u32`. */
export const u32Filter = attrs({
  classid: [1, u32],
  hash: [2, u32],
  link: [3, u32],
  divisor: [4, u32],
  sel: [5, u32Selector],
  police: [6, police],
  act: [7, actionList],
  indev: [8, str],
  pcnt: [9, followed(struct({ rcnt: u64, rhit: u64 }), 'kcnts', u64)],
  mark: [10, struct({ val: u32, mask: u32, success: u32 })],
  flags: [11, u32],
});

/** TCA_BPF_*: a program decides: classic instructions in `ops`, or the program that `fd` is. */
export const bpfFilter = attrs({
  act: [1, actionList],
  police: [2, police],
  classid: [3, u32],
  opsLen: [4, u16],
  ops: [5, bytes],
  fd: [6, u32],
  name: [7, str],
  flags: [8, u32],
  flagsGen: [9, u32],
  tag: [10, bytes],
  id: [11, u32],
});

/** TCA_MATCHALL_*: everything. */
export const matchall = attrs({
  classid: [1, u32],
  act: [2, actionList],
  flags: [3, u32],
  pcnt: [4, struct({ rhit: u64 })],
});

/** TCA_FW_*: by the mark of the packet, which is the filter's handle. */
export const fw = attrs({
  classid: [1, u32],
  police: [2, police],
  indev: [3, str],
  act: [4, actionList],
  mask: [5, u32],
});

/** TCA_ROUTE4_*: by the realms of the route. */
export const routeFilter = attrs({
  classid: [1, u32],
  to: [2, u32],
  from: [3, u32],
  iif: [4, u32],
  police: [5, police],
  act: [6, actionList],
});

/** TCA_BASIC_*: extended matches only. */
export const basicFilter = attrs({
  classid: [1, u32],
  ematches: [2, ematches],
  act: [3, actionList],
  police: [4, police],
  pcnt: [5, struct({ rcnt: u64, rhit: u64 })],
});

/** TCA_CGROUP_*: by the control group (net_cls) of the sender. */
export const cgroupFilter = attrs({ act: [1, actionList], police: [2, police], ematches: [3, ematches] });

/** Keys of the flow filter (FLOW_KEY_*), by bit. */
export const flowKeys = [
  'src',
  'dst',
  'proto',
  'proto-src',
  'proto-dst',
  'iif',
  'priority',
  'mark',
  'nfct',
  'nfct-src',
  'nfct-dst',
  'nfct-proto-src',
  'nfct-proto-dst',
  'rt-classid',
  'sk-uid',
  'sk-gid',
  'vlan-tag',
  'rxhash',
] as const;

/** TCA_FLOW_*: the class is computed from parts of the packet. `mode`: 0 map, 1 hash. */
export const flowFilter = attrs({
  keys: [1, u32],
  mode: [2, u32],
  baseclass: [3, u32],
  rshift: [4, u32],
  addend: [5, u32],
  mask: [6, u32],
  xor: [7, u32],
  divisor: [8, u32],
  act: [9, actionList],
  police: [10, police],
  ematches: [11, ematches],
  perturb: [12, u32],
});
