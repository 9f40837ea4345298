import { errnoMessage, errnoName } from '../errno.ts';
import { DecodeError } from '../errors.ts';
import { describeValue } from '../wire/describe.ts';
import type { Direction } from '../wire/message.ts';
import { declarationOf, messageTypeName } from './catalogue.ts';
import { isAcknowledgement, readAcknowledgement } from './extended-ack.ts';
import { genericFamily } from './families/generic/controller.ts';
import { type GenericFamily, genericFamilies, genericMessage } from './families/generic/families.ts';
import { type NetlinkMessage, NLMSG_DONE, NLMSG_ERROR, NLMSG_NOOP, NLMSG_OVERRUN, splitDatagram } from './header.ts';
import { NETLINK_GENERIC, NETLINK_ROUTE } from './protocols.ts';

/**
 * Netlink bytes in words, for `NETNS_DEBUG=netlink`: a line for the header of each message, then one for each attribute.
 * Bytes that cannot be decoded are shown as they are, with what is wrong with them; this never throws.
 *
 * Give it the same `families` each time: what the kernel says of the numbers of generic netlink is kept there.
 *
 * ```text
 * > RTM_NEWLINK REQUEST|ACK|EXCL|CREATE sequence 1 port 0, 60 bytes
 *     header family 0 (unspec) type 0 index 0 flags 0 change 0
 *     ifname "v0"
 *     linkinfo.kind "ifb"
 * ```
 */
export function describeMessage(
  bytes: Uint8Array,
  direction: Direction,
  protocol = NETLINK_ROUTE,
  families: FamilyNumbers = new Map(),
): string {
  const arrow = direction === 'sent' ? '>' : '<';
  const found = attempt(() => splitDatagram(bytes));
  if (typeof found === 'string')
    return [`${arrow} ${bytes.length} bytes`, ...indented([found, hexOf(bytes)])].join('\n');
  const lines: string[] = [];
  for (const message of found) {
    const kind = { protocol, direction, type: catalogueNumber(message, protocol, families) };
    lines.push(`${arrow} ${describeHeader(message, kind)}`, ...indented(describeBody(message, kind)));
    if (protocol === NETLINK_GENERIC) learn(message, families);
  }
  return lines.join('\n');
}

/** The families of generic netlink by the numbers that the running kernel has given them. */
export type FamilyNumbers = Map<number, GenericFamily>;

/** Where the catalogue has it. */
interface Kind {
  readonly type: number;
  readonly protocol: number;
  readonly direction: Direction;
}

function catalogueNumber(message: NetlinkMessage, protocol: number, families: FamilyNumbers): number {
  const family = protocol === NETLINK_GENERIC ? families.get(message.type) : undefined;
  return family === undefined ? message.type : genericMessage(family, message.bytes[message.start] ?? 0);
}

function learn(message: NetlinkMessage, families: FamilyNumbers): void {
  if (message.type !== genericFamily.types.get) return;
  attempt(() => {
    const { familyId, familyName } = genericFamily.decode(message).attributes;
    const family = Object.values(genericFamilies).find(({ name }) => name === familyName);
    if (familyId !== undefined && family !== undefined) families.set(familyId, family);
    return '';
  });
}

function describeHeader(message: NetlinkMessage, { type, protocol, direction }: Kind): string {
  const { sequence, port, origin, end } = message;
  const name = controlNames[type] ?? messageTypeName(type, protocol, direction);
  const flags = describeFlags(message.flags, name);
  return `${name}${flags && ` ${flags}`} sequence ${sequence} port ${port}, ${end - origin} bytes`;
}

function describeBody(message: NetlinkMessage, { type, protocol, direction }: Kind): string[] {
  const payload = message.bytes.subarray(message.start, message.end);
  const lines = attempt(() => {
    if (isAcknowledgement(message)) return describeAcknowledgement(message);
    const declaration = declarationOf(type, protocol, direction, payload[0]);
    if (declaration === undefined) return payload.length === 0 ? [] : [hexOf(payload)];
    return describeValue(declaration.shape, declaration.decode(message));
  });
  return typeof lines === 'string' ? [lines, hexOf(payload)] : lines;
}

function describeAcknowledgement(message: NetlinkMessage): string[] {
  const { errno, extack } = readAcknowledgement(message);
  const result = errno === 0 ? 'success' : `${errnoName(errno)} (${errnoMessage(errno)})`;
  const details = Object.entries(extack ?? {}).map(([key, value]) => {
    if (value instanceof Uint8Array) return `${key} ${hexOf(value)}`;
    if (typeof value === 'object') return `${key} ${Object.entries(value).flat().join(' ')}`;
    return `${key} ${typeof value === 'string' ? JSON.stringify(value) : value}`;
  });
  return [result, ...details];
}

const controlNames: Readonly<Record<number, string>> = {
  [NLMSG_NOOP]: 'NLMSG_NOOP',
  [NLMSG_ERROR]: 'NLMSG_ERROR',
  [NLMSG_DONE]: 'NLMSG_DONE',
  [NLMSG_OVERRUN]: 'NLMSG_OVERRUN',
};

const commonFlags = ['REQUEST', 'MULTI', 'ACK', 'ECHO', 'DUMP_INTR', 'DUMP_FILTERED'];
/** Bits from 0x100 on, whose meaning depends on what is asked. */
const flagsByVerb: readonly (readonly [pattern: RegExp, names: readonly string[]])[] = [
  [/^NLMSG/, ['CAPPED', 'ACK_TLVS']],
  [/_GET|_BY_FAMILY$/, ['ROOT', 'MATCH', 'ATOMIC']],
  [/_DEL/, ['NONREC', 'BULK']],
  [/^/, ['REPLACE', 'EXCL', 'CREATE', 'APPEND']],
];

function describeFlags(flags: number, messageName: string): string {
  const verbFlags = flagsByVerb.find(([pattern]) => pattern.test(messageName))?.[1] ?? [];
  const names = [];
  for (let bit = 0; bit < 16; bit++) {
    if ((flags & (1 << bit)) === 0) continue;
    names.push((bit < 8 ? commonFlags[bit] : verbFlags[bit - 8]) ?? `0x${(1 << bit).toString(16)}`);
  }
  return names.join('|').replace('ROOT|MATCH', 'DUMP');
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `    ${line}`);
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function attempt<T>(decode: () => T): T | string {
  try {
    return decode();
  } catch (error) {
    if (error instanceof DecodeError) return error.message;
    throw error;
  }
}
