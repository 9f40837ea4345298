import { u8, u32, u64 } from '../../../wire/integers.ts';
import { flags } from '../../../wire/names.ts';
import { pad, struct } from '../../../wire/struct.ts';

/** Bits of `flags` (MPTCP_INFO_FLAG_*): it went on as plain TCP; the key of the other side has come. */
export const mptcpInfoFlags = ['fallback', 'remote_key'] as const;

/** `struct mptcp_info` (`linux/mptcp.h`), `ss -M -i`: the connection above its subflows. Linux 5.9; the counters of bytes 6.5. */
export const mptcpInfo = struct(
  {
    subflows: u8,
    addAddrSignal: u8,
    addAddrAccepted: u8,
    subflowsMax: u8,
    addAddrSignalMax: u8,
    addAddrAcceptedMax: u8,
    hole: pad(2),
    flags: flags(u32, mptcpInfoFlags),
    token: u32,
    writeSeq: u64,
    sndUna: u64,
    rcvNxt: u64,
  },
  {
    localAddrUsed: u8,
    localAddrMax: u8,
    csumEnabled: u8,
    hole2: pad(1),
    retransmits: u32,
    bytesRetrans: u64,
    bytesSent: u64,
    bytesReceived: u64,
    bytesAcked: u64,
    subflowsTotal: u8,
    endpLaminarMax: u8,
    reserved: pad(2),
    lastDataSent: u32,
    lastDataRecv: u32,
    lastAckRecv: u32,
  },
);
