import { EAGAIN, ENOENT } from '../../errno-numbers.ts';
import { KernelError } from '../../errors.ts';
import { Arena } from '../../native/arena.ts';
import { AT_FDCWD, O_CLOEXEC, O_RDONLY } from '../../native/constants.ts';
import { Fd } from '../../native/fd.ts';
import { perform, syscall } from '../../native/syscall.ts';
import { type BtfPlaces, btfHeaderSize, btfPlaces, memberOffsets } from './btf.ts';
import {
  ended,
  generations,
  head,
  headSize,
  lost,
  record,
  recordSize,
  valueSize,
  type WalkOffsets,
  walkOffsets,
  walkProgram,
  wantedMembers,
} from './program.ts';

/** A network namespace as the kernel's own list has it. */
export interface KernelNamespace {
  readonly inode: number;
  /** The number that no other namespace of this boot has had or will have; undefined before Linux 5.12. */
  readonly cookie: bigint | undefined;
  /** How many references keep it alive; 0: it is being taken apart. Undefined where this kernel keeps the number elsewhere. */
  readonly references: number | undefined;
  /** The one that the machine began with. */
  readonly initial: boolean;
}

const BPF_MAP_CREATE = 0;
const BPF_MAP_LOOKUP_ELEM = 1;
const BPF_PROG_LOAD = 5;
const BPF_PROG_TEST_RUN = 10;
const BPF_MAP_TYPE_ARRAY = 2;
const BPF_PROG_TYPE_SYSCALL = 31;
const BPF_F_SLEEPABLE = 0x10;
const attributeSize = 128;

const btfFile = '/sys/kernel/btf/vmlinux';
/** The first inode number that the kernel gives out. PROC_NS_… and PROC_DYNAMIC_FIRST, `linux/proc_ns.h`. */
const firstInode = 0xeffffff0;
const attempts = 8;

/**
 * The kernel's own list of network namespaces, read by a small program that the kernel verifies and runs once: nothing can hide from
 * it. Nothing stays loaded when it is closed.
 *
 * Needs CAP_BPF and CAP_PERFMON, or CAP_SYS_ADMIN, in the first user namespace; Linux 5.14 with type information (BTF). bpf(2).
 */
export class KernelWalk implements Disposable {
  readonly #map: Fd;
  #program: Fd;
  readonly #offsets: WalkOffsets;
  readonly #arena: Arena;

  /** Throws KernelError: ENOENT (the kernel does not tell its types), EPERM (no right), EINVAL (the kernel is older). */
  constructor() {
    this.#offsets = readOffsets();
    this.#arena = new Arena(arenaSize);
    try {
      const attributes = new Attributes();
      attributes.words(0, BPF_MAP_TYPE_ARRAY, 4, valueSize, 1);
      this.#map = Fd.adopt(bpf('make a map', BPF_MAP_CREATE, attributes), 'the map of a walk');
    } catch (error) {
      this.#arena.close();
      throw error;
    }
    try {
      this.#program = this.#load(generations[0]);
    } catch (error) {
      this.#map.close();
      this.#arena.close();
      throw error;
    }
  }

  #load(ancestors: number): Fd {
    const program = walkProgram(this.#offsets, this.#map.raw, ancestors);
    const attributes = new Attributes();
    attributes.words(0, BPF_PROG_TYPE_SYSCALL, program.length / 8);
    attributes.pointer(8, this.#arena.put(0, program));
    attributes.pointer(16, this.#arena.put(program.length, new TextEncoder().encode('GPL\0')));
    attributes.words(44, BPF_F_SLEEPABLE);
    return Fd.adopt(bpf('load a program', BPF_PROG_LOAD, attributes), 'the program of a walk');
  }

  /**
   * All network namespaces that there are, the first of the machine at the beginning. Those with 0 references are still listed by the
   * kernel, but no more to be had. Throws KernelError EAGAIN if namespaces come and go so fast that no walk gets to its end.
   */
  namespaces(): readonly KernelNamespace[] {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const found = this.#walk();
      if (found !== undefined) return found;
    }
    throw new KernelError({ errno: EAGAIN, syscall: 'bpf(BPF_PROG_TEST_RUN)', operation });
  }

  close(): void {
    this.#program.close();
    this.#map.close();
    this.#arena.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Undefined if a namespace that ended between two pages has led astray. */
  #walk(): readonly KernelNamespace[] | undefined {
    const found: KernelNamespace[] = [];
    const value = new Uint8Array(valueSize);
    const view = new DataView(value.buffer);
    this.#reset();
    for (;;) {
      const returned = this.#run();
      if (returned === lost) throw new KernelError({ errno: EAGAIN, syscall: 'bpf(BPF_PROG_TEST_RUN)', operation });
      this.#read(value);
      const count = Number(view.getBigUint64(head.count, true));
      for (let index = 0; index < count; index++)
        found.push(this.#namespaceAt(view, headSize + index * recordSize, found));
      if (found.length > most) return undefined;
      if (returned === ended) break;
    }
    found.pop(); // the head of the list
    return found.every(({ inode }) => inode >= firstInode) && distinct(found) ? found : undefined;
  }

  #namespaceAt(view: DataView, at: number, before: readonly unknown[]): KernelNamespace {
    const { count, cookie } = this.#offsets.net;
    return {
      inode: view.getUint32(at + record.inode, true),
      cookie: cookie === undefined ? undefined : view.getBigUint64(at + record.cookie, true),
      references: count === undefined ? undefined : view.getUint32(at + record.count, true),
      initial: before.length === 0,
    };
  }

  #run(): number {
    const returned = this.#runOnce();
    if (returned !== lost) return returned;
    const program = this.#load(generations[1]);
    this.#program.close();
    this.#program = program;
    return this.#runOnce();
  }

  #runOnce(): number {
    const attributes = new Attributes();
    attributes.words(0, this.#program.raw);
    bpf('run a program', BPF_PROG_TEST_RUN, attributes);
    return attributes.word(4);
  }

  #read(value: Uint8Array): void {
    const attributes = new Attributes();
    attributes.words(0, this.#map.raw);
    attributes.pointer(8, this.#arena.address + keyAt);
    attributes.pointer(16, this.#arena.address + valueAt);
    bpf('read a map', BPF_MAP_LOOKUP_ELEM, attributes);
    this.#arena.take(valueAt, value);
  }

  #reset(): void {
    const attributes = new Attributes();
    attributes.words(0, this.#map.raw);
    attributes.pointer(8, this.#arena.address + keyAt);
    attributes.pointer(16, this.#arena.put(valueAt, new Uint8Array(valueSize)));
    bpf('clear a map', BPF_MAP_UPDATE_ELEM, attributes);
  }
}

const BPF_MAP_UPDATE_ELEM = 2;
/** In the arena: the program and its licence, then the only key, which is 0, and the value of the map. */
const keyAt = 4096;
const valueAt = keyAt + 8;
const arenaSize = valueAt + valueSize;
/** There cannot be more; what goes on is no list. */
const most = 1 << 20;
const operation = "read the kernel's list of network namespaces";

function distinct(found: readonly KernelNamespace[]): boolean {
  return new Set(found.map(({ inode }) => inode)).size === found.length;
}

/** How much of the file's two parts is looked at, until what is wanted is there: in most kernels it is near the beginning of both. */
const looks = [{ types: 0x20000, strings: 0x10000 }, { types: 0x60000, strings: 0x20000 }, undefined] as const;

function readOffsets(): WalkOffsets {
  const operation = `read ${btfFile}`;
  using file = Fd.adopt(perform(operation, 'openat', AT_FDCWD, btfFile, O_RDONLY | O_CLOEXEC), btfFile);
  const places = btfPlaces(readPart(file, { at: 0, length: btfHeaderSize }));
  const offsets = places && findOffsets(file, places);
  if (offsets !== undefined) return offsets;
  const hint = "this kernel's structures are not as expected";
  throw new KernelError({ errno: ENOENT, syscall: 'read', operation, hint });
}

function findOffsets(file: Fd, { types, strings }: BtfPlaces): WalkOffsets | undefined {
  for (const limits of looks) {
    const [typeBytes, names] = [readPart(file, types, limits?.types), readPart(file, strings, limits?.strings)];
    const text = Buffer.from(names.buffer, 0, names.length).toString('latin1');
    const offsets = walkOffsets(memberOffsets(typeBytes, text, wantedMembers));
    if (offsets !== undefined && (limits === undefined || isWhole(offsets))) return offsets;
  }
  return undefined;
}

function isWhole({ net }: WalkOffsets): boolean {
  return net.count !== undefined && net.passive !== undefined && net.cookie !== undefined;
}

/** The kernel gives a page for each read of this file. */
function readPart(file: Fd, { at, length }: BtfPlaces['types'], limit = length): Uint8Array {
  const bytes = new Uint8Array(Math.min(length, limit));
  for (let got = 0; got < bytes.length; ) {
    const more = syscall('pread64', file.raw, bytes.subarray(got), bytes.length - got, at + got);
    if (more <= 0) return bytes.subarray(0, got);
    got += more;
  }
  return bytes;
}

/** `union bpf_attr`. */
class Attributes {
  readonly bytes: Uint8Array = new Uint8Array(attributeSize);
  readonly #view = new DataView(this.bytes.buffer);

  words(at: number, ...values: readonly number[]): void {
    for (const [index, value] of values.entries()) this.#view.setUint32(at + 4 * index, value, true);
  }

  pointer(at: number, address: number): void {
    this.#view.setBigUint64(at, BigInt(address), true);
  }

  word(at: number): number {
    return this.#view.getUint32(at, true);
  }

  clear(): void {
    this.bytes.fill(0);
  }
}

const commands: Readonly<Record<number, string>> = {
  [BPF_MAP_CREATE]: 'BPF_MAP_CREATE',
  [BPF_MAP_LOOKUP_ELEM]: 'BPF_MAP_LOOKUP_ELEM',
  [BPF_MAP_UPDATE_ELEM]: 'BPF_MAP_UPDATE_ELEM',
  [BPF_PROG_LOAD]: 'BPF_PROG_LOAD',
  [BPF_PROG_TEST_RUN]: 'BPF_PROG_TEST_RUN',
};

function bpf(what: string, command: number, attributes: Attributes): number {
  const result = syscall('bpf', command, attributes.bytes, attributeSize);
  if (result < 0) {
    const call = `bpf(${commands[command]})`;
    throw new KernelError({ errno: -result, syscall: call, operation: `${what} that walks the network namespaces` });
  }
  return result;
}
