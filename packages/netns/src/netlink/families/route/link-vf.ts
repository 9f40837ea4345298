import { attrs, repeated } from '../../../wire/attributes.ts';
import { bytes, fixed } from '../../../wire/bytes.ts';
import { u8, u16, u16be, u32, u64 } from '../../../wire/integers.ts';
import { pad, struct } from '../../../wire/struct.ts';
import { str } from '../../../wire/text.ts';

const setting = struct({ vf: u32, setting: u32 });
const guid = struct({ vf: u32, pad: pad(4), guid: u64 });

/** IFLA_VFINFO_LIST: the virtual functions of an SR-IOV device; `ip link set vf`. Asked for with RTEXT_FILTER_VF. */
export const linkVfInfoList = attrs({
  info: [
    1,
    repeated(
      attrs({
        mac: [1, struct({ vf: u32, mac: fixed(bytes, 32) })],
        vlan: [2, struct({ vf: u32, vlan: u32, qos: u32 })],
        txRate: [3, struct({ vf: u32, rate: u32 })],
        spoofchk: [4, setting],
        linkState: [5, struct({ vf: u32, linkState: u32 })],
        rate: [6, struct({ vf: u32, minTxRate: u32, maxTxRate: u32 })],
        rssQueryEn: [7, setting],
        stats: [
          8,
          attrs({
            rxPackets: [0, u64],
            txPackets: [1, u64],
            rxBytes: [2, u64],
            txBytes: [3, u64],
            broadcast: [4, u64],
            multicast: [5, u64],
            rxDropped: [7, u64],
            txDropped: [8, u64],
          }),
        ],
        trust: [9, setting],
        ibNodeGuid: [10, guid],
        ibPortGuid: [11, guid],
        vlanList: [
          12,
          attrs({ info: [1, repeated(struct({ vf: u32, vlan: u32, qos: u32, vlanProto: u16be, pad: pad(2) }))] }),
        ],
        broadcast: [13, fixed(bytes, 32)],
      }),
    ),
  ],
});

/** IFLA_PORT_*: the port profile of a link or of a virtual function. */
export const linkPort = attrs({
  vf: [1, u32],
  profile: [2, str],
  vsiType: [3, bytes],
  instanceUuid: [4, bytes],
  hostUuid: [5, bytes],
  request: [6, u8],
  response: [7, u16],
});
