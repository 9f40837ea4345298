import { attrs } from '../../../wire/attributes.ts';
import { s32, u8, u16, u16be, u32, u64 } from '../../../wire/integers.ts';
import { named } from '../../../wire/names.ts';
import { array, pad, struct } from '../../../wire/struct.ts';
import { paddedText } from '../../../wire/text.ts';
import { addressFamilies } from '../route/address-families.ts';
import {
  xfrmAddress,
  xfrmEncaps,
  xfrmLifetimeCurrent,
  xfrmModes,
  xfrmPolicyInfo,
  xfrmStateInfo,
  xfrmTemplate,
} from './structs.ts';

const algorithmName = paddedText(64);

/** `struct xfrm_algo`: the name in the kernel's words, `cbc(aes)`, and the length of the key in bits; the key itself is in `rest`. */
const algorithm = struct({ name: algorithmName, keyLen: u32 });

const policyType = struct({ type: u8, padding: pad(1), reserved1: u16, reserved2: u8, padding2: pad(1) });
const mark = struct({ value: u32, mask: u32 });

/** XFRMA_* (`linux/xfrm.h`): attributes of all messages of IPsec. */
export const xfrmAttributes = attrs({
  algAuth: [1, algorithm],
  algCrypt: [2, algorithm],
  algComp: [3, algorithm],
  encap: [4, struct({ type: named(u16, xfrmEncaps), sport: u16be, dport: u16be, padding: pad(2), oa: xfrmAddress })],
  tmpl: [5, array(xfrmTemplate)],
  sa: [6, xfrmStateInfo],
  policy: [7, xfrmPolicyInfo],
  // the text of the context is in `rest`
  secCtx: [8, struct({ len: u16, exttype: u16, ctxAlg: u8, ctxDoi: u8, ctxLen: u16 })],
  ltimeVal: [9, xfrmLifetimeCurrent],
  replayVal: [10, struct({ oseq: u32, seq: u32, bitmap: u32 })],
  replayThresh: [11, u32],
  etimerThresh: [12, u32],
  srcaddr: [13, xfrmAddress],
  coaddr: [14, xfrmAddress],
  lastused: [15, u64],
  policyType: [16, policyType],
  migrate: [
    17,
    array(
      struct({
        oldDaddr: xfrmAddress,
        oldSaddr: xfrmAddress,
        newDaddr: xfrmAddress,
        newSaddr: xfrmAddress,
        proto: u8,
        mode: named(u8, xfrmModes),
        reserved: u16,
        reqid: u32,
        oldFamily: u16,
        newFamily: u16,
      }),
    ),
  ],
  // `algorithm` with the length of what is left of the check sum, in bits
  algAead: [18, struct({ name: algorithmName, keyLen: u32, icvLen: u32 })],
  kmaddress: [19, struct({ local: xfrmAddress, remote: xfrmAddress, reserved: u32, family: u16, padding: pad(2) })],
  algAuthTrunc: [20, struct({ name: algorithmName, keyLen: u32, truncLen: u32 })],
  mark: [21, mark],
  tfcpad: [22, u32],
  // the bitmap is in `rest`
  replayEsnVal: [23, struct({ bmpLen: u32, oseq: u32, seq: u32, oseqHi: u32, seqHi: u32, replayWindow: u32 })],
  saExtraFlags: [24, u32],
  proto: [25, u8],
  addressFilter: [
    26,
    struct({
      saddr: xfrmAddress,
      daddr: xfrmAddress,
      family: named(u16, addressFamilies),
      splen: u8,
      dplen: u8,
    }),
  ],
  offloadDev: [28, struct({ ifindex: s32, flags: u8, padding: pad(3) })],
  setMark: [29, u32],
  setMarkMask: [30, u32],
  ifId: [31, u32],
  mtimerThresh: [32, u32],
  saDir: [33, u8],
  natKeepaliveInterval: [34, u32],
  saPcpu: [35, u32],
});

/** Those of a request that says little more than its header. */
export const xfrmMarkAttributes = attrs({ mark: [21, mark] });
export const xfrmTypeAttributes = attrs({ policyType: [16, policyType] });

/** XFRM_OFFLOAD_* */
export const XFRM_OFFLOAD_INBOUND = 2;
export const XFRM_OFFLOAD_PACKET = 4;

/** XFRMA_SAD_*: how many states there are. */
export const xfrmStateCountAttributes = attrs({ cnt: [1, u32], hinfo: [2, struct({ count: u32, max: u32 })] });

const threshold = struct({ lbits: u8, rbits: u8 });

/** XFRMA_SPD_*: how many policies there are, and from which lengths of prefixes on they are found by hash. */
export const xfrmPolicyCountAttributes = attrs({
  info: [1, struct({ incnt: u32, outcnt: u32, fwdcnt: u32, inscnt: u32, outscnt: u32, fwdscnt: u32 })],
  hinfo: [2, struct({ count: u32, max: u32 })],
  ipv4Hthresh: [3, threshold],
  ipv6Hthresh: [4, threshold],
});
