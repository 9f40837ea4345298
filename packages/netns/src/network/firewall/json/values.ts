import { formatIpAddress, parseIpAddress } from '../../../wire/ip-address.ts';
import { bytesOfNumber, numberOfBytes, ones } from './bits.ts';
import type { DataType } from './datatypes.ts';
import type { Expression, Immediate } from './schema.ts';

/** What JSON needs to know of the namespace that the rules are for. */
export interface JsonContext {
  /** The name of a device: rules know some by their index. */
  readonly linkName?: (index: number) => string | undefined;
  readonly linkIndex?: (name: string) => number | undefined;
  /** How many seconds the clock on the wall is before UTC at a time (seconds since 1970): `meta time` and `meta hour` speak of it. */
  readonly utcOffset?: (seconds: number) => number;
}

/** How long the name of a device may be, with the NUL at its end. */
export const NAME_BYTES = 16;

/** The names of a type's values, made when they are first asked for. */
function wordOf(type: DataType, value: bigint): string | undefined {
  for (const [word, number] of Object.entries(type.words ?? {})) if (BigInt(number) === value) return word;
  return undefined;
}

/** A number as JSON has it: exact, whatever its size. */
export function jsonNumber(value: bigint): number | bigint {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

/** One value as JSON shows it. */
export function showValue(type: DataType, value: bigint, context: JsonContext = {}): Immediate {
  switch (type.form) {
    case 'words':
      return wordOf(type, value) ?? jsonNumber(value);
    case 'bits':
      return wordOfBit(type, value) ?? jsonNumber(value);
    case 'ipv4':
      return formatIpAddress(bytesOfNumber(value, 4, 'network'));
    case 'ipv6':
      return formatIpAddress(bytesOfNumber(value, 16, 'network'));
    case 'mac':
      return showMac(value, type.bits / 8);
    case 'name':
      return showName(bytesOfNumber(value, NAME_BYTES, 'network'));
    case 'boolean':
      return value !== 0n;
    case 'milliseconds':
      return jsonNumber(value / 1000n);
    case 'date':
      return showDate(value, context);
    case 'hour':
      return showHour(value, context);
    case 'link':
      return context.linkName?.(Number(value)) ?? String(value);
    case 'handle':
      return showHandle(type, value);
    case 'label':
      return runLength(value) ?? jsonNumber(value);
    default:
      return jsonNumber(value);
  }
}

function wordOfBit(type: DataType, value: bigint): string | undefined {
  for (const [word, bit] of Object.entries(type.words ?? {})) if (1n << BigInt(bit) === value) return word;
  return undefined;
}

function runLength(value: bigint): number | undefined {
  return value !== 0n && (value & (value - 1n)) === 0n ? value.toString(2).length - 1 : undefined;
}

/** The values of a type of flags one by one, lowest first; undefined if one of them has no word. */
export function flagsOf(type: DataType, value: bigint): Immediate[] | undefined {
  const flags: Immediate[] = [];
  for (let rest = value; rest !== 0n; ) {
    const lowest = rest & -rest;
    const shown = type.form === 'label' ? runLength(lowest) : wordOfBit(type, lowest);
    if (shown === undefined) return undefined;
    flags.push(shown);
    rest ^= lowest;
  }
  return flags;
}

/** The types whose values are sets of flags. */
export function isFlags(type: DataType): boolean {
  return type.form === 'bits' || type.form === 'label';
}

function showMac(value: bigint, length: number): string {
  return [...bytesOfNumber(value, length || 6, 'network')].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

/** The text up to the first NUL. A `*` at its end would mean more than it is: it is written `\*`. */
function showName(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  const text = new TextDecoder().decode(end === -1 ? bytes : bytes.subarray(0, end));
  return text.endsWith('*') ? `${text.slice(0, -1)}\\*` : text;
}

/** A beginning of names: `eth*`. */
export function showNamePrefix(bytes: Uint8Array): string {
  return `${new TextDecoder().decode(bytes)}*`;
}

function showHandle(type: DataType, value: bigint): string {
  if (type.name === 'realm') return String(value);
  if (value === 0n) return 'none';
  if (value === ones(32)) return 'root';
  const [major, minor] = [value >> 16n, value & 0xffffn];
  return major === ones(16) ? `:${minor.toString(16)}` : `${major.toString(16)}:${minor.toString(16)}`;
}

const DAY = 86_400;

function showHour(value: bigint, context: JsonContext): string {
  const seconds = wrap(Number(value) + (context.utcOffset?.(0) ?? 0), DAY);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return (parts[2] === 0 ? parts.slice(0, 2) : parts).map(twoDigits).join(':');
}

function showDate(value: bigint, context: JsonContext): string {
  const utc = Number(value / 1_000_000_000n);
  const seconds = utc + (context.utcOffset?.(utc) ?? 0);
  const { year, month, day } = civil(Math.floor(seconds / DAY));
  const rest = wrap(seconds, DAY);
  const time = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60].map(twoDigits).join(':');
  return `${year}-${twoDigits(month)}-${twoDigits(day)} ${time}`;
}

function wrap(value: number, by: number): number {
  return ((value % by) + by) % by;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** The date of a day counted from 1970-01-01, after the usual reckoning with eras of 400 years that begin in March. */
function civil(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
  };
}

function daysOf(year: number, month: number, day: number): number {
  const shiftedYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(shiftedYear / 400);
  const yearOfEra = shiftedYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return (
    era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
  );
}

/** What a value in JSON may be read as: the number, or why it is none. */
export type Read = bigint | { readonly refused: string; readonly words?: Iterable<string> };

/** Reads one value of a type; `bits` is how wide it may be. */
export function readValue(type: DataType, json: Immediate, bits: number, context: JsonContext = {}): Read {
  const read = readForm(type, json, context);
  if (typeof read === 'bigint' && (read < 0n || read > ones(bits)))
    return { refused: `must be between 0 and ${ones(bits)}` };
  return read;
}

function readForm(type: DataType, json: Immediate, context: JsonContext): Read {
  if (typeof json === 'boolean') return json ? 1n : 0n;
  if (typeof json === 'bigint') return json;
  if (typeof json === 'number')
    return Number.isInteger(json) ? readNumber(type, json) : { refused: 'must be a whole number' };
  switch (type.form) {
    case 'ipv4':
    case 'ipv6':
      return readAddress(type, json);
    case 'mac':
      return readMac(type, json);
    case 'name':
      return readName(json);
    case 'date':
      return readDate(json, context);
    case 'hour':
      return readHour(json, context);
    case 'link':
      return readLink(json, context);
    case 'handle':
      return readHandle(type, json);
    default:
      return readWord(type, json);
  }
}

function readNumber(type: DataType, json: number): Read {
  if (type.form === 'milliseconds') return BigInt(json) * 1000n;
  if (type.form === 'label') return json < 128 ? 1n << BigInt(json) : { refused: 'must be below 128' };
  if (type.form === 'name') return { refused: 'must be a name' };
  return BigInt(json);
}

function readAddress(type: DataType, json: string): Read {
  const bytes = parseIpAddress(json);
  if (bytes === undefined || bytes.length * 8 !== type.bits)
    return { refused: `must be an ${type.form === 'ipv4' ? 'IPv4' : 'IPv6'} address` };
  return numberOfBytes(bytes, 'network');
}

function readMac(type: DataType, json: string): Read {
  if (!/^[0-9a-f]{1,2}(?::[0-9a-f]{1,2})*$/i.test(json)) return { refused: 'must be a hardware address' };
  const parts = json.split(':');
  if (type.bits > 0 && parts.length !== type.bits / 8) return { refused: `must have ${type.bits / 8} bytes` };
  return numberOfBytes(
    Uint8Array.from(parts, (part) => Number.parseInt(part, 16)),
    'network',
  );
}

function readName(json: string): Read {
  const bytes = new TextEncoder().encode(json.replace(/\\\*$/, '*'));
  if (bytes.length >= NAME_BYTES) return { refused: `must be shorter than ${NAME_BYTES} bytes` };
  const whole = new Uint8Array(NAME_BYTES);
  whole.set(bytes);
  return numberOfBytes(whole, 'network');
}

/** The bytes that names begin with, for `eth*`; undefined for one whole name. */
export function readNamePrefix(json: unknown): Uint8Array | undefined {
  if (typeof json !== 'string' || !json.endsWith('*') || json.endsWith('\\*')) return undefined;
  const bytes = new TextEncoder().encode(json.slice(0, -1));
  return bytes.length > 0 && bytes.length < NAME_BYTES ? bytes : undefined;
}

function readLink(json: string, context: JsonContext): Read {
  const index = context.linkIndex?.(json);
  if (index !== undefined) return BigInt(index);
  return /^\d{1,9}$/.test(json) ? BigInt(json) : { refused: 'there is no such device' };
}

function readHandle(type: DataType, json: string): Read {
  if (type.name === 'realm') return /^\d{1,10}$/.test(json) ? BigInt(json) : { refused: 'must be a number' };
  if (json === 'none') return 0n;
  if (json === 'root') return ones(32);
  const parts = /^([0-9a-f]{0,4}):([0-9a-f]{0,4})$/i.exec(json);
  if (parts === null) return { refused: 'must be two hexadecimal numbers with a colon between them' };
  return (BigInt(`0x${parts[1] || '0'}`) << 16n) | BigInt(`0x${parts[2] || '0'}`);
}

function readHour(json: string, context: JsonContext): Read {
  const parts = /^(\d\d?):(\d\d)(?::(\d\d))?$/.exec(json);
  if (parts === null) return readNumeral(json) ?? { refused: 'must be an hour, as in 17:30 or 17:30:05' };
  const seconds = Number(parts[1]) * 3600 + Number(parts[2]) * 60 + Number(parts[3] ?? 0);
  return BigInt(wrap(seconds - (context.utcOffset?.(0) ?? 0), DAY));
}

function readDate(json: string, context: JsonContext): Read {
  const parts = /^(\d{4})-(\d\d)-(\d\d)(?: (\d\d):(\d\d)(?::(\d\d))?)?$/.exec(json);
  if (parts === null)
    return readNumeral(json) ?? { refused: 'must be a date, as in 2030-01-31 or 2030-01-31 17:30:05' };
  const [year, month, day, hour, minute, second] = parts.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const local = daysOf(year, month, day) * DAY + hour * 3600 + minute * 60 + second;
  const seconds = local - (context.utcOffset?.(local) ?? 0);
  return seconds < 0 ? { refused: 'must not be before 1970' } : BigInt(seconds) * 1_000_000_000n;
}

function readNumeral(json: string): bigint | undefined {
  return /^(?:0x[0-9a-f]{1,32}|\d{1,39})$/i.test(json) ? BigInt(json) : undefined;
}

function readWord(type: DataType, json: string): Read {
  const number = own(type.words, json) ?? own(type.moreWords, json);
  if (number !== undefined) return type.form === 'bits' ? 1n << BigInt(number) : BigInt(number);
  const numeral = readNumeral(json);
  if (numeral !== undefined) return type.form === 'milliseconds' ? numeral * 1000n : numeral;
  return { refused: `there is no such ${type.name}`, words: Object.keys({ ...type.words, ...type.moreWords }) };
}

function own(words: Readonly<Record<string, number>> | undefined, word: string): number | undefined {
  return words !== undefined && Object.hasOwn(words, word) ? words[word] : undefined;
}

/** Whether an expression is one value, not a computation. */
export function isImmediate(json: Expression): json is Immediate {
  return typeof json !== 'object';
}
