import { type Leaf, leaf, type Typed } from './shape.ts';

/** An IPv4 or IPv6 address as text; four or sixteen bytes decide which. */
export const ipAddress = address('ipAddress', [4, 16], 'must be an IPv4 or IPv6 address');
export const ipv4Address = address('ipv4Address', [4], 'must be an IPv4 address');
export const ipv6Address = address('ipv6Address', [16], 'must be an IPv6 address');

function address(name: string, sizes: readonly number[], expected: string): Typed<Leaf, string> {
  return leaf<string>({
    name,
    sizes,
    read: (bytes, _view, start, end) => formatIpAddress(bytes, start, end),
    write(writer, value) {
      if (typeof value !== 'string') return expected;
      // Dotted addresses are written without a detour: tables can be large.
      const dotted = sizes.includes(4) ? ipv4Number(value, 0, value.length) : -1;
      if (dotted >= 0) {
        const at = writer.reserve(4);
        writer.view.setUint32(at, dotted);
        return undefined;
      }
      const parsed = parseIpAddress(value);
      if (parsed === undefined || !sizes.includes(parsed.length)) return expected;
      writer.append(parsed);
      return undefined;
    },
  });
}

/**
 * The text of an address: dotted for four bytes, and for sixteen the canonical form of RFC 5952, with the last four bytes
 * dotted where `inet_ntop` does so (`::ffff:192.0.2.1`), because that is what other tools show.
 */
export function formatIpAddress(bytes: Uint8Array, start = 0, end = bytes.length): string {
  return end - start === 4 ? formatIpv4(bytes, start) : formatIpv6(bytes, start);
}

/** The bytes of an address, four or sixteen; `undefined` for text that is not one. Zones (`%eth0`) are not addresses. */
export function parseIpAddress(text: string): Uint8Array | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

/** Texts for two bytes, made when they are first needed: the addresses of a table begin and end alike. */
class Pairs {
  readonly #make: (high: number, low: number) => string;
  readonly #rows: (string | undefined)[][] = [];

  constructor(make: (high: number, low: number) => string) {
    this.#make = make;
  }

  text(high: number, low: number): string {
    return this.#rows[high]?.[low] ?? this.#add(high, low);
  }

  #add(high: number, low: number): string {
    while (this.#rows.length <= high) this.#rows.push([]);
    const row = this.#rows[high] as (string | undefined)[];
    while (row.length <= low) row.push(undefined);
    const text = this.#make(high, low);
    row[low] = text;
    return text;
  }
}

const beginnings = new Pairs((high, low) => `${high}.${low}.`);
const ends = new Pairs((high, low) => `${high}.${low}`);
const groups = new Pairs((high, low) => ((high << 8) | low).toString(16));

function formatIpv4(bytes: Uint8Array, at: number): string {
  return (
    beginnings.text(bytes[at] as number, bytes[at + 1] as number) +
    ends.text(bytes[at + 2] as number, bytes[at + 3] as number)
  );
}

function group(word: number): string {
  return groups.text(word >> 8, word & 255);
}

const words = new Uint16Array(8);

/**
 * IPv6 addresses that were read lately, each at a place that its words decide: every namespace has the same few (`::1`, `ff00::`), and a table
 * has its routers' in every row. To put one together takes four times as long as to see that it is the same.
 */
const lately = { words: new Uint16Array(8 * 1024), texts: new Array<string>(1024).fill('::') };

function formatIpv6(bytes: Uint8Array, start: number): string {
  let hash = 0;
  for (let index = 0; index < 8; index++) {
    const word = ((bytes[start + 2 * index] as number) << 8) | (bytes[start + 2 * index + 1] as number);
    words[index] = word;
    hash = (Math.imul(hash, 31) + word) | 0;
  }
  const place = (hash ^ (hash >>> 16)) & 1023;
  if (!isAt(lately.words, 8 * place)) {
    for (let index = 0; index < 8; index++) lately.words[8 * place + index] = words[index] as number;
    lately.texts[place] = textOfWords(bytes, start);
  }
  return lately.texts[place] as string;
}

function isAt(known: Uint16Array, start: number): boolean {
  for (let index = 0; index < 8; index++) if (known[start + index] !== words[index]) return false;
  return true;
}

function textOfWords(bytes: Uint8Array, start: number): string {
  const [from, to] = longestZeroRun(words);
  const leading = from === 0 ? to : 0;
  const dotted = leading === 6 || (leading === 5 && words[5] === 0xffff);
  const end = dotted ? 6 : 8;
  let text = '';
  for (let word = 0; word < end; word++) {
    if (word === from && to > from) {
      text += '::';
      word = to - 1;
    } else text += word === 0 || word === to ? group(words[word] as number) : `:${group(words[word] as number)}`;
  }
  if (!dotted) return text;
  return `${text}${to === 6 ? '' : ':'}${formatIpv4(bytes, start + 12)}`;
}

/** The first of the longest runs of zero words, as [from, to); one word alone is not worth shortening. */
function longestZeroRun(words: Uint16Array): [from: number, to: number] {
  let best: [number, number] = [0, 0];
  for (let from = 0; from < words.length; from++) {
    let to = from;
    while (to < words.length && words[to] === 0) to++;
    if (to - from >= 2 && to - from > best[1] - best[0]) best = [from, to];
    from = to;
  }
  return best;
}

function parseIpv4(text: string): Uint8Array | undefined {
  const number = ipv4Number(text, 0, text.length);
  return number < 0 ? undefined : Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number);
}

/** The address that stands in `text` from `start` to `end`, as one number; -1 if none does. */
export function ipv4Number(text: string, start: number, end: number): number {
  let number = 0;
  let dots = 0;
  let byte = -1;
  for (let at = start; at < end; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit >= 0 && digit <= 9) {
      if (byte === 0) return -1; // a leading zero might mean octal
      byte = byte < 0 ? digit : byte * 10 + digit;
      if (byte > 255) return -1;
    } else {
      if (digit !== -2 || byte < 0 || ++dots > 3) return -1; // '.'
      number = number * 256 + byte;
      byte = -1;
    }
  }
  return dots === 3 && byte >= 0 ? number * 256 + byte : -1;
}

function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0] as string, halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1] as string, true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 2 ? missing < 2 : missing !== 0) return undefined;
  return Uint8Array.from([...head, ...new Array<number>(missing).fill(0), ...tail]);
}

/** The bytes of `a:b:c`; the last group may be dotted where the address ends. */
function parseGroups(text: string, atEnd: boolean): number[] | undefined {
  if (text === '') return [];
  const result: number[] = [];
  const groups = text.split(':');
  for (const [index, group] of groups.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(group)) {
      const word = Number.parseInt(group, 16);
      result.push(word >> 8, word & 0xff);
    } else {
      const dotted = atEnd && index === groups.length - 1 ? parseIpv4(group) : undefined;
      if (dotted === undefined) return undefined;
      result.push(...dotted);
    }
  }
  return result;
}

/** `10.0.0.1:80`, `[::1]:80`. */
export function withPort(address: string, port: number | string): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
