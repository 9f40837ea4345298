import { readText } from '../../wire/text.ts';

/** Requests and answers of listmount(2) and statmount(2), Linux 6.8: `linux/mount.h`. Pure. */

export const STATMOUNT_SB_BASIC = 1;
export const STATMOUNT_MNT_BASIC = 2;
export const STATMOUNT_MNT_ROOT = 8;
export const STATMOUNT_MNT_POINT = 0x10;
/** In the place of a mount: the root of the namespace. */
export const LSMT_ROOT = 0xffff_ffff_ffff_ffffn;
/** How much of an answer stands before its texts. */
const fixedSize = 512;

/** `struct mnt_id_req`. `parameter`: what is wanted (statmount), or the last mount of the page before (listmount). */
export function mountRequest(mount: bigint, parameter: bigint, mountNamespace: bigint): Uint8Array {
  const request = new Uint8Array(32);
  const view = new DataView(request.buffer);
  view.setUint32(0, request.length, true);
  view.setBigUint64(8, mount, true);
  view.setBigUint64(16, parameter, true);
  view.setBigUint64(24, mountNamespace, true);
  return request;
}

/** `struct statmount`, as far as it is of use here. */
export interface MountFacts {
  /** Of the file system: NSFS_MAGIC if a namespace is mounted. */
  readonly magic: number;
  /** What of the file system is mounted; of a namespace its name, `net:[4026532281]`. */
  readonly root: string;
  /** Where, seen from the root of its mount namespace. */
  readonly point: string;
}

export function mountFacts(answer: Uint8Array): MountFacts {
  const view = new DataView(answer.buffer, answer.byteOffset, answer.length);
  const mask = Number(view.getBigUint64(8, true));
  const text = (bit: number, at: number) => {
    if ((mask & bit) === 0) return '';
    const start = fixedSize + view.getUint32(at, true);
    const end = answer.indexOf(0, start);
    return readText(answer, start, end < 0 ? answer.length : end);
  };
  return {
    magic: Number(view.getBigUint64(24, true)),
    root: text(STATMOUNT_MNT_ROOT, 104),
    point: text(STATMOUNT_MNT_POINT, 108),
  };
}
