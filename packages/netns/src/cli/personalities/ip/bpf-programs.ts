import { basename } from 'node:path';
import { errnoMessage } from '../../../errno.ts';
import { Arena } from '../../../native/arena.ts';
import { Fd } from '../../../native/fd.ts';
import { syscall } from '../../../native/syscall.ts';
import { misuse, notImplemented } from './exit.ts';

/** Files that a command has open until its request is done. */
export class KeptFiles implements Disposable {
  readonly #files: Fd[] = [];

  /** Keeps one, and gives its number. */
  keep(file: Fd): number {
    this.#files.push(file);
    return file.raw;
  }

  [Symbol.dispose](): void {
    for (const file of this.#files) file.close();
  }
}

export interface PinnedProgram {
  readonly fd: number;
  /** What the kernel is to call it: where it comes from, as `ip` words it. */
  readonly name: string;
}

const BPF_OBJ_GET = 7;
const BPF_PROG_GET_FD_BY_ID = 13;
const BPF_OBJ_GET_INFO_BY_FD = 15;
const attributeSize = 120;

/**
 * Reads what names a program of BPF, `pinned FILE`, and opens it. A program in an object file is refused: to load one takes a linker (libbpf).
 * Throws Exit (255), with this after the reason.
 */
export function readProgram(take: () => string, kept: KeptFiles, ending = ''): PinnedProgram {
  const word = take();
  if (word === 'pinned' || word === 'object-pinned' || word === 'fd') {
    const path = take();
    return { fd: kept.keep(open(path, ending)), name: `${basename(path)}:[*fsobj]` };
  }
  if (['object-file', 'obj', 'object'].includes(word)) {
    throw notImplemented('Loading a program of BPF from an object file');
  }
  throw misuse(`What mode is "${word}"?\n${ending}`);
}

function open(path: string, ending: string): Fd {
  const bytes = new TextEncoder().encode(`${path}\0`);
  using memory = new Arena(Math.max(4096, bytes.length));
  const result = bpf(BPF_OBJ_GET, (attributes) => attributes.setBigUint64(0, BigInt(memory.put(0, bytes)), true));
  if (result < 0) throw misuse(`Couldn't retrieve pinned program '${path}': ${errnoMessage(-result)}\n${ending}`);
  return Fd.adopt(result, `the program ${path}`);
}

/** What the kernel tells of a program: the beginning of `struct bpf_prog_info` (`linux/bpf.h`). */
export interface ProgramInfo {
  readonly name: string;
  readonly tag: string;
  readonly jited: boolean;
  /** Nanoseconds since the machine started. */
  readonly loadTime: bigint;
  readonly uid: number;
}

const infoSize = 80;

/** What is known of the program with this number; undefined without the right to ask (CAP_SYS_ADMIN), or if it is gone. */
export function programInfo(id: number): ProgramInfo | undefined {
  const raw = bpf(BPF_PROG_GET_FD_BY_ID, (attributes) => attributes.setUint32(0, id, true));
  if (raw < 0) return undefined;
  using program = Fd.adopt(raw, `program ${id}`);
  using memory = new Arena(4096);
  const info = new Uint8Array(infoSize);
  const result = bpf(BPF_OBJ_GET_INFO_BY_FD, (attributes) => {
    attributes.setUint32(0, program.raw, true);
    attributes.setUint32(4, infoSize, true);
    attributes.setBigUint64(8, BigInt(memory.put(0, info)), true);
  });
  if (result < 0) return undefined;
  memory.take(0, info);
  const view = new DataView(info.buffer);
  return {
    tag: Buffer.from(info.subarray(8, 16)).toString('hex'),
    jited: view.getUint32(16, true) > 0,
    loadTime: view.getBigUint64(40, true),
    uid: view.getUint32(48, true),
    name: Buffer.from(info.subarray(64, 80)).toString().replace(/\0.*$/s, ''),
  };
}

function bpf(command: number, fill: (attributes: DataView) => void): number {
  const attributes = new DataView(new ArrayBuffer(attributeSize));
  fill(attributes);
  return syscall('bpf', command, new Uint8Array(attributes.buffer), attributeSize);
}
