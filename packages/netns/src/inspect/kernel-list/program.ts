import { Assembler } from './assembler.ts';
import type { MemberOffsets } from './btf.ts';

/** What the walk has to know of the kernel's structures; the names are the kernel's, of several ages. */
export const wantedMembers = {
  task_struct: ['nsproxy', 'real_parent'],
  nsproxy: ['net_ns'],
  net: ['list', 'ns', 'passive', 'net_cookie'],
  ns_common: ['inum', '__ns_ref', 'count', 'ns_id'],
} as const;

/** Offsets in bytes. */
export interface WalkOffsets {
  readonly task: { readonly nsproxy: number; readonly parent: number };
  readonly netOfNsproxy: number;
  /** From the beginning of a `struct net`. */
  readonly net: {
    readonly list: number;
    readonly inode: number;
    /** Undefined where this kernel keeps them elsewhere. */
    readonly count: number | undefined;
    readonly passive: number | undefined;
    readonly cookie: number | undefined;
  };
}

/** Undefined if this kernel's structures lack what the walk cannot do without. */
export function walkOffsets(found: MemberOffsets<typeof wantedMembers>): WalkOffsets | undefined {
  const { nsproxy, real_parent: parent } = found.task_struct;
  const { net_ns: netOfNsproxy } = found.nsproxy;
  const { list, ns, passive, net_cookie: netCookie } = found.net;
  const { inum, __ns_ref: reference, count: formerReference, ns_id: nsId } = found.ns_common;
  const inNs = (offset: number | undefined) => (ns === undefined || offset === undefined ? undefined : ns + offset);
  const inode = inNs(inum);
  if (nsproxy === undefined || parent === undefined || netOfNsproxy === undefined) return undefined;
  if (list === undefined || inode === undefined) return undefined;
  const count = inNs(reference ?? formerReference);
  return {
    task: { nsproxy, parent },
    netOfNsproxy,
    net: { list, inode, count, passive, cookie: netCookie ?? inNs(nsId) },
  };
}

/** The value of the map: a head, then the records. */
export const headSize = 32;
export const recordSize = 32;
/** How many records fit: the kernel's verifier goes through each, so that few load faster than many. */
export const recordsAtOnce = 64;
export const valueSize = headSize + recordSize * recordsAtOnce;
/** In the head: how many records there are, where to go on (0: at the beginning), where the walk began. */
export const head = { count: 0, resume: 8, first: 16 } as const;
export const record = { inode: 0, count: 4, passive: 8, cookie: 16 } as const;

/** What the program returns. */
export const ended = 0;
export const more = 1;
export const lost = 2;

const helpers = { mapLookup: 1, currentTask: 35, probeReadKernel: 113 } as const;
/** How many generations of processes the way up may have; the second, if it has more than usual. */
export const generations = [64, 4096] as const;

/**
 * The program that walks all `struct net` of the kernel: up from the calling task to the first of all, whose namespace is where the
 * machine began, and from there along the list that all are on. Each run writes a page of records into a map. It only reads, by
 * `bpf_probe_read_kernel`, which cannot fault.
 *
 * The list's head is no namespace; read as one it is the last record, because the walk begins with the first namespace.
 */
export function walkProgram(offsets: WalkOffsets, map: number, ancestors: number): Uint8Array {
  const { task, net } = offsets;
  const code = new Assembler();
  /** to = the 64 bits of kernel memory at r8 + offset */
  const follow = (to: 8 | 9, offset: number) =>
    code.move(3, 8).add(3, offset).set(2, 8).move(1, 10).add(1, -16).call(helpers.probeReadKernel).load(to, 10, -16);
  /** record.field = kernel memory at r8 + offset */
  const copy = (field: number, size: number, offset: number | undefined) => {
    if (offset === undefined) return;
    code.move(3, 8).add(3, offset).set(2, size);
    code
      .move(1, 7)
      .shiftLeft(1, 5)
      .addRegister(1, 6)
      .add(1, headSize + field)
      .call(helpers.probeReadKernel);
  };

  code.storeNumber(10, -4, 0).move(2, 10).add(2, -4).map(1, map).call(helpers.mapLookup);
  code.jumpIfZero(0, 'lost').move(6, 0);
  code.load(8, 6, head.resume).set(7, 0);
  code.jumpIfZero(8, 'begin').jump('walk');

  code.label('begin').call(helpers.currentTask).move(8, 0);
  code.label('up');
  follow(9, task.parent);
  code.jumpIfEqual(9, 8, 'top').move(8, 9).add(7, 1).jumpIfBelow(7, ancestors, 'up');
  code.label('lost').return(lost);

  code.label('top');
  follow(8, task.nsproxy);
  follow(8, offsets.netOfNsproxy);
  code.store(6, head.first, 8).set(7, 0);

  code.label('walk').load(9, 6, head.first);
  code.label('next');
  copy(record.inode, 4, net.inode);
  copy(record.count, 4, net.count);
  copy(record.passive, 4, net.passive);
  copy(record.cookie, 8, net.cookie);
  code.move(3, 8).add(3, net.list).set(2, 8).move(1, 10).add(1, -16).call(helpers.probeReadKernel);
  code.load(8, 10, -16).add(8, -net.list);
  code.add(7, 1).store(6, head.count, 7);
  code.jumpIfEqual(8, 9, 'end').jumpIfBelow(7, recordsAtOnce, 'next');
  code.store(6, head.resume, 8).return(more);
  code.label('end').set(8, 0).store(6, head.resume, 8).return(ended);
  return code.bytes();
}
