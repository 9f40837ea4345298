/**
 * Filters that the kernel applies while it lists sockets (INET_DIAG_BC_*, `linux/inet_diag.h`): a small program, run for each socket. An operation is a
 * number, how far to go on when it is true, and when not; behind its end is a match, and four bytes further none.
 */
export type InetFilter =
  | { readonly all: readonly InetFilter[] }
  | { readonly any: readonly InetFilter[] }
  | InetCondition;

/** One question about a socket. */
export interface InetCondition {
  readonly code: number;
  /** What follows the operation: a whole number of four bytes. */
  readonly operand: Uint8Array;
}

const JMP = 1;
const codes = {
  source: { from: 2, to: 3, host: 7 },
  destination: { from: 4, to: 5, host: 8 },
  device: 9,
  mark: 10,
  cgroup: 13,
} as const;

/** Which end of a connection. */
export type InetEnd = 'source' | 'destination';

/** A port, or several from the first to the last. */
export function portIs(end: InetEnd, first: number, last = first): InetFilter {
  if (first === last) return host(end, { family: 0, length: 0, port: first, address: new Uint8Array(0) });
  const { from, to } = codes[end];
  return { all: [portBound(from, first), portBound(to, last)] };
}

/** The port of a bound stands in an operation of its own, where that says how far to go. */
function portBound(code: number, port: number): InetCondition {
  return { code, operand: bytes((view) => view.setUint16(2, port, true), 4) };
}

/** An address in a prefix. A socket of IPv6 that speaks IPv4 counts as one of IPv4. */
export function addressIs(end: InetEnd, address: Uint8Array, length: number): InetFilter {
  return host(end, { family: address.length === 4 ? 2 : 10, length, port: -1, address });
}

/** `struct inet_diag_hostcond`; port -1 is any. */
function host(
  end: InetEnd,
  of: { readonly family: number; readonly length: number; readonly port: number; readonly address: Uint8Array },
): InetCondition {
  const operand = bytes((view) => {
    view.setUint8(0, of.family);
    view.setUint8(1, of.length);
    view.setInt32(4, of.port, true);
  }, 8 + of.address.length);
  operand.set(of.address, 8);
  return { code: codes[end].host, operand };
}

/** Bound to a device, by its index. Linux 4.6. */
export function deviceIs(index: number): InetFilter {
  return { code: codes.device, operand: bytes((view) => view.setUint32(0, index, true), 4) };
}

/** The mark (SO_MARK). Needs CAP_NET_ADMIN. Linux 4.7. */
export function markIs(mark: number, mask = 0xffffffff): InetFilter {
  const operand = bytes((view) => {
    view.setUint32(0, mark, true);
    view.setUint32(4, mask, true);
  }, 8);
  return { code: codes.mark, operand };
}

/** Made in this control group (version 2), by its id. Linux 5.8. */
export function cgroupIs(id: bigint): InetFilter {
  return { code: codes.cgroup, operand: bytes((view) => view.setBigUint64(0, id, true), 8) };
}

function bytes(fill: (view: DataView) => void, size: number): Uint8Array {
  const made = new Uint8Array(size);
  fill(new DataView(made.buffer));
  return made;
}

/** A place in the program that is not known before all of it is. */
interface Label {
  at: number;
}

interface Operation extends InetCondition {
  readonly otherwise: Label;
}

/**
 * The program. Undefined for a filter that every socket passes. Throws RangeError for one that is longer than its jumps can reach (64 KiB: some two
 * thousand addresses).
 */
export function compileInetFilter(filter: InetFilter): Uint8Array | undefined {
  const operations: Operation[] = [];
  let length = 0;
  const put = (condition: InetCondition, otherwise: Label) => {
    operations.push({ ...condition, otherwise });
    length += 4 + condition.operand.length;
  };
  const emit = (part: InetFilter, otherwise: Label): void => {
    if ('all' in part) for (const each of part.all) emit(each, otherwise);
    else if ('any' in part) emitAny(part.any, otherwise);
    else put(part, otherwise);
  };
  const emitAny = (parts: readonly InetFilter[], otherwise: Label): void => {
    const end: Label = { at: 0 };
    for (const part of parts.slice(0, -1)) {
      const next: Label = { at: 0 };
      emit(part, next);
      put({ code: JMP, operand: new Uint8Array(0) }, end);
      next.at = length;
    }
    const last = parts.at(-1);
    if (last === undefined) put({ code: JMP, operand: new Uint8Array(0) }, otherwise);
    else emit(last, otherwise);
    end.at = length;
  };
  const none: Label = { at: 0 };
  emit(filter, none);
  if (length === 0) return undefined;
  none.at = length + 4;
  return assemble(operations, length);
}

function assemble(operations: readonly Operation[], length: number): Uint8Array {
  const program = new Uint8Array(length);
  const view = new DataView(program.buffer);
  let at = 0;
  for (const { code, operand, otherwise } of operations) {
    const distance = otherwise.at - at;
    if (distance > 0xffff) throw new RangeError('the filter is too long for the kernel');
    view.setUint8(at, code);
    view.setUint8(at + 1, 4 + operand.length);
    view.setUint16(at + 2, distance, true);
    program.set(operand, at + 4);
    at += 4 + operand.length;
  }
  return program;
}
