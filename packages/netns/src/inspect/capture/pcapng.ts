/** Blocks of pcapng files, in this machine's byte order (little-endian): draft-ietf-opsawg-pcapng. */

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const INTERFACE_STATISTICS = 5;
export const ENHANCED_PACKET = 6;

type Option = readonly [code: number, value: string | Uint8Array];

const utf8 = new TextEncoder();

/** A block: its type and length on both sides of a body with options behind it, each padded to four bytes. */
function block(type: number, body: Uint8Array, options: readonly Option[]): Uint8Array {
  const values = options.map(
    ([code, value]) => [code, typeof value === 'string' ? utf8.encode(value) : value] as const,
  );
  const optionSize = values.reduce((sum, [, { length }]) => sum + 4 + padded(length), 4);
  const size = 12 + body.length + optionSize;
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, size, true);
  bytes.set(body, 8);
  let at = 8 + body.length;
  for (const [code, value] of values) {
    view.setUint16(at, code, true);
    view.setUint16(at + 2, value.length, true);
    bytes.set(value, at + 4);
    at += 4 + padded(value.length);
  }
  view.setUint32(size - 4, size, true);
  return bytes;
}

function padded(length: number): number {
  return (length + 3) & ~3;
}

/** What every file begins with. */
export function sectionHeader(application: string): Uint8Array {
  const body = new Uint8Array(16).fill(0xff, 8); // the length of the section is not known
  const view = new DataView(body.buffer);
  view.setUint32(0, 0x1a2b3c4d, true); // tells the byte order
  view.setUint16(4, 1, true); // version 1.0
  return block(SECTION_HEADER, body, [
    [3, 'Linux'],
    [4, application],
  ]);
}

export interface InterfaceDescription {
  readonly linkType: number;
  readonly snapLength: number;
  readonly name: string;
  readonly description: string;
  /** Six bytes. */
  readonly hardwareAddress: Uint8Array | undefined;
  readonly filter: string;
}

/** The times of its packets are in nanoseconds. Interfaces have the numbers in which their blocks come, from 0. */
export function interfaceDescription(of: InterfaceDescription): Uint8Array {
  const body = new Uint8Array(8);
  const view = new DataView(body.buffer);
  view.setUint16(0, of.linkType, true);
  view.setUint32(4, of.snapLength, true);
  return block(INTERFACE_DESCRIPTION, body, [
    [2, of.name],
    [3, of.description],
    ...(of.hardwareAddress === undefined ? [] : [[6, of.hardwareAddress] as const]),
    [9, Uint8Array.of(9)], // if_tsresol: 10 to the power of -9 seconds
    ...(of.filter === '' ? [] : [[11, `\0${of.filter}`] as const]), // 0: it is the text of a filter
    [12, 'Linux'],
  ]);
}

export interface InterfaceStatistics {
  readonly interface: number;
  /** Nanoseconds since 1970. */
  readonly start: bigint;
  readonly end: bigint;
  /** What passed the filter. */
  readonly received: bigint;
  /** What of it found no room: Wireshark shows it as dropped. */
  readonly dropped: bigint;
  /** What is in the file. */
  readonly delivered: bigint;
}

/** What comes behind the last packets. */
export function interfaceStatistics(of: InterfaceStatistics): Uint8Array {
  const body = new Uint8Array(12);
  const view = new DataView(body.buffer);
  view.setUint32(0, of.interface, true);
  body.set(timestamp(of.end), 4);
  return block(INTERFACE_STATISTICS, body, [
    [2, timestamp(of.start)],
    [3, timestamp(of.end)],
    [4, number64(of.received)],
    [5, number64(of.dropped)],
    [8, number64(of.delivered)],
  ]);
}

/** The upper half first, whatever the byte order. */
function timestamp(time: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Number(time >> 32n), true);
  view.setUint32(4, Number(time & 0xffff_ffffn), true);
  return bytes;
}

function number64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
}
