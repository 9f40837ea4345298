import { readText } from '../../wire/text.ts';

/** Requests and answers of listmount(2) and statmount(2), Linux 6.8: `linux/mount.h`. Pure. */

export const STATMOUNT_SB_BASIC = 1n;
export const STATMOUNT_MNT_BASIC = 2n;
export const STATMOUNT_MNT_ROOT = 8n;
export const STATMOUNT_MNT_POINT = 0x10n;
/** In the place of a mount: the root of the namespace. */
export const LSMT_ROOT = 0xffff_ffff_ffff_ffffn;
/** How much of an answer stands before its texts. */
const fixedSize = 512;

/** A machine has them by the million where many mount namespaces are copies of one: so one request is made, and filled in anew. */
const request = new BigUint64Array(4);
const requestBytes = new Uint8Array(request.buffer);
request[0] = BigInt(requestBytes.length);

/**
 * `struct mnt_id_req`; good until the next one is asked for. `parameter`: what is wanted (statmount), or the last mount of the page
 * before (listmount).
 */
export function mountRequest(mount: bigint, parameter: bigint, mountNamespace: bigint): Uint8Array {
  request[1] = mount;
  request[2] = parameter;
  request[3] = mountNamespace;
  return requestBytes;
}

/** `struct statmount`, as far as it is of use here. */
export interface MountFacts {
  /** What of the file system is mounted; of a namespace its name, `net:[4026532281]`. */
  readonly root: string;
  /** Where, seen from the root of its mount namespace. */
  readonly point: string;
  /** The same, a character for each byte, where it is no UTF-8. */
  readonly raw: string | undefined;
}

/** Where an answer says on which mount one is mounted, in words of 64 bits (`mnt_parent_id`). */
export const parentWord = 6;

/** Undefined if something else is mounted than what has this magic number. */
export function mountFacts(answer: Uint8Array, magic: number): MountFacts | undefined {
  const view = new DataView(answer.buffer, answer.byteOffset, answer.length);
  if (view.getUint32(24, true) !== magic) return undefined;
  const mask = view.getBigUint64(8, true);
  const place = (bit: bigint, at: number): readonly [start: number, end: number] => {
    if ((mask & bit) === 0n) return [0, 0];
    const start = fixedSize + view.getUint32(at, true);
    const end = answer.indexOf(0, start);
    return [start, end < 0 ? answer.length : end];
  };
  const [start, end] = place(STATMOUNT_MNT_POINT, 108);
  const point = readText(answer, start, end);
  return { root: readText(answer, ...place(STATMOUNT_MNT_ROOT, 104)), point, raw: rawOf(point, answer, start, end) };
}

/** The bytes of what does not give them back: one at least stands for what is no UTF-8. */
function rawOf(text: string, bytes: Uint8Array, start: number, end: number): string | undefined {
  if (!text.includes('\ufffd')) return undefined;
  const own = bytes.subarray(start, end);
  const again = new TextEncoder().encode(text);
  if (again.length === own.length && again.every((byte, index) => byte === own[index])) return undefined;
  return String.fromCharCode(...own);
}
