import { attrs, nested, repeated } from '../../../../wire/attributes.ts';
import { bytes, fixed } from '../../../../wire/bytes.ts';
import { bool, flag, s32, u8, u16, u16be, u32, u32be, u64 } from '../../../../wire/integers.ts';
import { ipv4Address, ipv6Address } from '../../../../wire/ip-address.ts';
import { macAddress } from '../../../../wire/mac-address.ts';
import { followed, member, pad, struct } from '../../../../wire/struct.ts';
import { str } from '../../../../wire/text.ts';
import { ratespec } from '../tc-rate.ts';
import { tcfTimes, tcGen } from './act.ts';

/** TCA_GACT_*: a verdict and nothing else, now and then another one. `action pass|drop|…`. */
export const gact = nested(
  attrs({
    tm: [1, tcfTimes],
    parms: [2, struct(tcGen)],
    prob: [3, struct({ ptype: u16, pval: u16, paction: s32 })],
  }),
);

/** TCA_MIRRED_*: sends the packet (or a copy) to another device. `eaction`: 1 out, 2 a copy out, 3 in, 4 a copy in. */
export const mirred = nested(
  attrs({
    tm: [1, tcfTimes],
    parms: [2, struct({ ...tcGen, eaction: s32, ifindex: u32 })],
    blockid: [4, u32],
  }),
);

/** TCA_POLICE_*: what is faster than a rate. `burst` and `mtu` as in tbf; `result` for what conforms. */
export const police = attrs({
  tbf: [
    1,
    struct({
      index: u32,
      action: s32,
      limit: u32,
      burst: u32,
      mtu: u32,
      rate: member(ratespec),
      peakrate: member(ratespec),
      refcnt: s32,
      bindcnt: s32,
      capab: u32,
    }),
  ],
  rate: [2, bytes],
  peakrate: [3, bytes],
  avrate: [4, u32],
  result: [5, s32],
  tm: [6, tcfTimes],
  rate64: [8, u64],
  peakrate64: [9, u64],
  pktrate64: [10, u64],
  pktburst64: [11, u64],
});

/** TCA_SKBEDIT_*: sets what the kernel keeps of a packet: priority, queue, mark, type. */
export const skbedit = nested(
  attrs({
    tm: [1, tcfTimes],
    parms: [2, struct(tcGen)],
    priority: [3, u32],
    queueMapping: [4, u16],
    mark: [5, u32],
    ptype: [7, u16],
    mask: [8, u32],
    flags: [9, u64],
    queueMappingMax: [10, u16],
  }),
);

const peditKey = struct({ mask: u32, val: u32, off: u32, at: u32, offmask: u32, shift: u32 });
const peditSelector = followed(struct({ ...tcGen, nkeys: u8, flags: u8, reserved: pad(2) }), 'keys', peditKey, 'nkeys');

/** TCA_PEDIT_*: changes bytes of packets. The values of a key are as they lie in the packet, read as little-endian numbers. */
export const pedit = nested(
  attrs({
    tm: [1, tcfTimes],
    parms: [2, peditSelector],
    parmsEx: [4, peditSelector],
    keysEx: [5, nested(attrs({ key: [6, repeated(nested(attrs({ htype: [1, u16], cmd: [2, u16] })))] }))],
  }),
);

/** TCA_NAT_*: another address without a memory of connections. Bit 0 of `flags`: for what goes out. */
export const nat = nested(
  attrs({
    parms: [
      1,
      struct({
        ...tcGen,
        oldAddr: fixed(ipv4Address, 4),
        newAddr: fixed(ipv4Address, 4),
        mask: fixed(ipv4Address, 4),
        flags: u32,
      }),
    ],
    tm: [2, tcfTimes],
  }),
);

/** TCA_VLAN_*. `vAction`: 1 takes a tag off, 2 puts one on, 3 changes it, 4 and 5 the Ethernet header. */
export const vlanAction = nested(
  attrs({
    tm: [1, tcfTimes],
    parms: [2, struct({ ...tcGen, vAction: s32 })],
    pushVlanId: [3, u16],
    pushVlanProtocol: [4, u16be],
    pushVlanPriority: [6, u8],
    pushEthDst: [7, macAddress],
    pushEthSrc: [8, macAddress],
  }),
);

/** TCA_TUNNEL_KEY_*: what a collecting tunnel device (`external`) is to put around. `tAction`: 1 sets it, 2 forgets it. */
export const tunnelKey = nested(
  attrs({
    tm: [1, tcfTimes],
    parms: [2, struct({ ...tcGen, tAction: s32 })],
    encIpv4Src: [3, ipv4Address],
    encIpv4Dst: [4, ipv4Address],
    encIpv6Src: [5, ipv6Address],
    encIpv6Dst: [6, ipv6Address],
    encKeyId: [7, u32be],
    encDstPort: [9, u16be],
    noCsum: [10, bool],
    encOpts: [
      11,
      attrs({
        geneve: [1, repeated(attrs({ class: [1, u16be], type: [2, u8], data: [3, bytes] }))],
        vxlan: [2, nested(attrs({ gbp: [1, u32] }))],
        erspan: [3, nested(attrs({ ver: [1, u8], index: [2, u32be], dir: [3, u8], hwid: [4, u8] }))],
      }),
    ],
    encTos: [12, u8],
    encTtl: [13, u8],
    noFrag: [14, flag],
  }),
);

/** TCA_CSUM_*: computes checksums again, those whose bits are in `updateFlags`. */
export const csum = nested(attrs({ parms: [1, struct({ ...tcGen, updateFlags: u32 })], tm: [2, tcfTimes] }));

/** TCA_CONNMARK_*: the mark of the connection becomes that of the packet. */
export const connmark = nested(
  attrs({ parms: [1, struct({ ...tcGen, zone: u16, reserved: pad(2) })], tm: [2, tcfTimes] }),
);

/** TCA_CT_*: asks the table of connections, and changes addresses by it. Bits of `action`: TCA_CT_ACT_*. */
export const ct = nested(
  attrs({
    parms: [1, struct(tcGen)],
    tm: [2, tcfTimes],
    action: [3, u16],
    zone: [4, u16],
    mark: [5, u32],
    markMask: [6, u32],
    labels: [7, bytes],
    labelsMask: [8, bytes],
    natIpv4Min: [9, ipv4Address],
    natIpv4Max: [10, ipv4Address],
    natIpv6Min: [11, ipv6Address],
    natIpv6Max: [12, ipv6Address],
    natPortMin: [13, u16be],
    natPortMax: [14, u16be],
    helperName: [16, str],
    helperFamily: [17, u8],
    helperProto: [18, u8],
  }),
);

/** TCA_CTINFO_*: the DSCP or the mark of a packet from the mark of its connection. */
export const ctinfo = nested(
  attrs({
    tm: [2, tcfTimes],
    act: [3, struct(tcGen)],
    zone: [4, u16],
    parmsDscpMask: [5, u32],
    parmsDscpStatemask: [6, u32],
    parmsCpmarkMask: [7, u32],
    statsDscpSet: [8, u64],
    statsDscpError: [9, u64],
    statsCpmarkSet: [10, u64],
  }),
);

/** TCA_DEF_*: writes a word into the kernel's log for each packet. `action simple sdata hello`. */
export const simple = nested(attrs({ tm: [1, tcfTimes], parms: [2, struct(tcGen)], data: [3, str] }));

/** TCA_SAMPLE_*: one packet of so many goes to those who listen (psample). */
export const sample = nested(
  attrs({
    tm: [1, tcfTimes],
    parms: [2, struct(tcGen)],
    rate: [3, u32],
    truncSize: [4, u32],
    psampleGroup: [5, u32],
  }),
);

/** TCA_ACT_BPF_*: a program decides. Classic instructions in `ops`, or the program that `fd` is. */
export const bpfAction = nested(
  attrs({
    tm: [1, tcfTimes],
    parms: [2, struct(tcGen)],
    opsLen: [3, u16],
    ops: [4, bytes],
    fd: [5, u32],
    name: [6, str],
    tag: [8, bytes],
    id: [9, u32],
  }),
);

/** TCA_MPLS_*. `mAction`: 1 takes a label off, 2 puts one on, 3 changes it, 4 counts down its TTL, 5 puts one before the MAC header. */
export const mpls = nested(
  attrs({
    tm: [1, tcfTimes],
    parms: [2, struct({ ...tcGen, mAction: s32 })],
    proto: [4, u16be],
    label: [5, u32],
    tc: [6, u8],
    ttl: [7, u8],
    bos: [8, u8],
  }),
);

/** TCA_IFE_*: carries what the kernel keeps of a packet to another machine, in front of it. `flags`: 1 encodes, 0 decodes. */
export const ife = nested(
  attrs({
    parms: [1, struct({ ...tcGen, flags: u16, reserved: pad(2) })],
    tm: [2, tcfTimes],
    dmac: [3, macAddress],
    smac: [4, macAddress],
    type: [5, u16],
    metalst: [
      6,
      attrs({ mark: [1, bytes], hash: [2, bytes], prio: [3, bytes], qmap: [4, bytes], tcindex: [5, bytes] }),
    ],
  }),
);

/** TCA_GATE_*: lets pass by the clock. Times in nanoseconds. */
export const gate = nested(
  attrs({
    tm: [1, tcfTimes],
    parms: [2, struct(tcGen)],
    priority: [4, s32],
    entryList: [
      5,
      nested(
        attrs({
          entry: [
            1,
            repeated(
              nested(
                attrs({ index: [1, u32], gate: [2, flag], interval: [3, u32], ipv: [4, s32], maxOctets: [5, s32] }),
              ),
            ),
          ],
        }),
      ),
    ],
    baseTime: [6, u64],
    cycleTime: [7, u64],
    cycleTimeExt: [8, u64],
    flags: [9, u32],
    clockid: [10, s32],
  }),
);

/** TCA_SKBMOD_*: sets or swaps hardware addresses, marks congestion. */
export const skbmod = nested(
  attrs({
    tm: [1, tcfTimes],
    parms: [2, struct({ ...tcGen, reserved: pad(4), flags: u64 })],
    dmac: [3, macAddress],
    smac: [4, macAddress],
    etype: [5, u16],
  }),
);
