/** An instruction of classic BPF, `struct sock_filter` (`linux/filter.h`): jumps count from the next instruction. */
export interface Instruction {
  readonly code: number;
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

/** A question to a packet that is answered by a jump: `load` puts something into the accumulator, which is compared. */
export interface Test {
  readonly load: readonly Instruction[];
  readonly is: '=' | '>' | '>=' | '&';
  /** With what; undefined: with the index register, which `load` has filled, too. */
  readonly value: number | undefined;
}

/** What a filter asks. */
export type Question =
  | Test
  | boolean
  | { readonly all: readonly Question[] }
  | { readonly any: readonly Question[] }
  | { readonly not: Question };

/** What the kernel takes at most: BPF_MAXINSNS. */
export const maximalLength = 4096;

// linux/bpf_common.h
const LD = 0x00;
const LDX = 0x01;
const ST = 0x02;
const ALU = 0x04;
const JMP = 0x05;
const RET = 0x06;
const MISC = 0x07;
const ABS = 0x20;
const IND = 0x40;
const MEM = 0x60;
const LEN = 0x80;
const MSH = 0xa0;
const IMM = 0x00;
const X = 0x08;

const sizes = { 4: 0x00, 2: 0x08, 1: 0x10 } as const;
/** How many bytes a load takes. */
export type Size = keyof typeof sizes;
const jumps = { '=': 0x10, '>': 0x20, '>=': 0x30, '&': 0x40 } as const;
const calculations = {
  '+': 0x00,
  '-': 0x10,
  '*': 0x20,
  '/': 0x30,
  '|': 0x40,
  '&': 0x50,
  '<<': 0x60,
  '>>': 0x70,
  '%': 0x90,
  '^': 0xa0,
} as const;
export type Calculation = keyof typeof calculations;

function instruction(code: number, k = 0, jt = 0, jf = 0): Instruction {
  return { code, jt, jf, k: k >>> 0 };
}

/** The instructions that questions are made of. A is the accumulator, X the index register. */
export const a = {
  /** Bytes of the packet. */
  load: (at: number, size: Size) => instruction(LD | ABS | sizes[size], at),
  /** Bytes of the packet behind X. */
  loadAtX: (at: number, size: Size) => instruction(LD | IND | sizes[size], at),
  length: instruction(LD | LEN),
  number: (value: number) => instruction(LD | IMM, value),
  recall: (slot: number) => instruction(LD | MEM, slot),
  calculate: (how: Calculation, value: number) => instruction(ALU | calculations[how], value),
  calculateWithX: (how: Calculation) => instruction(ALU | X | calculations[how]),
  negate: instruction(ALU | 0x80),
  store: (slot: number) => instruction(ST, slot),
  toX: instruction(MISC),
} as const;

export const x = {
  /** The length of the IPv4 header that begins there. */
  headerLength: (at: number) => instruction(LDX | MSH | sizes[1], at),
  recall: (slot: number) => instruction(LDX | MEM, slot),
} as const;

/** What the kernel knows of a packet beside its bytes: SKF_AD_OFF and below, `linux/filter.h`. */
export const beside = {
  protocol: a.load(-0x1000, 2),
  packetType: a.load(-0x1000 + 4, 2),
  vlanTag: a.load(-0x1000 + 44, 2),
  hasVlanTag: a.load(-0x1000 + 48, 2),
} as const;

/**
 * Makes the program that answers a question: it keeps `snapLength` bytes of a packet for which that is true, and nothing of others.
 *
 * It is written from the end to the beginning, so each jump knows how far it goes. One goes over 255 instructions at most: those
 * that are to go further go to an unconditional one.
 */
export function assemble(question: Question, snapLength: number): Instruction[] {
  const backwards = [instruction(RET), instruction(RET, snapLength)];
  const [no, yes] = [0, 1];
  const push = (next: Instruction) => backwards.push(next) - 1;
  const over = (target: number) => backwards.length - 1 - target;
  const within = (target: number, room: number) =>
    over(target) <= room ? target : push(instruction(JMP, over(target)));

  /** Writes what goes on at `ifTrue` or `ifFalse`; gives the place where it begins. */
  const write = (part: Question, ifTrue: number, ifFalse: number): number => {
    if (typeof part === 'boolean') return part ? ifTrue : ifFalse;
    if ('all' in part) return part.all.reduceRight((place: number, each) => write(each, place, ifFalse), ifTrue);
    if ('any' in part) return part.any.reduceRight((place: number, each) => write(each, ifTrue, place), ifFalse);
    if ('not' in part) return write(part.not, ifFalse, ifTrue);
    const near = within(ifTrue, 253); // the other jump may need one more instruction
    const otherNear = within(ifFalse, 254);
    const source = part.value === undefined ? X : 0;
    push(instruction(JMP | jumps[part.is] | source, part.value, over(near), over(otherNear)));
    for (const each of part.load.toReversed()) push(each);
    return backwards.length - 1;
  };

  const start = write(question, yes, no);
  if (start <= yes) return [backwards[start] as Instruction];
  return backwards.slice(0, start + 1).reverse();
}

/** As the kernel and programs that read it want it: eight bytes for each instruction, in this machine's byte order (little-endian). */
export function encodeProgram(program: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(program.length * 8);
  const view = new DataView(bytes.buffer);
  program.forEach(({ code, jt, jf, k }, index) => {
    view.setUint16(8 * index, code, true);
    view.setUint8(8 * index + 2, jt);
    view.setUint8(8 * index + 3, jf);
    view.setUint32(8 * index + 4, k, true);
  });
  return bytes;
}
