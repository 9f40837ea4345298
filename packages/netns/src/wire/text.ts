import { type Leaf, leaf, type Typed } from './shape.ts';
import type { Writer } from './writer.ts';

/**
 * Text that ends at a NUL byte or at the end of the payload. Bytes that are not UTF-8 become U+FFFD: a device may carry
 * any bytes as its name, and one odd name must not make a whole listing fail. Written with the closing NUL.
 */
export const str = leaf<string>({
  name: 'str',
  sizes: undefined,
  read: (bytes, _view, start, end) => readText(bytes, start, end),
  write(writer, value) {
    if (typeof value !== 'string') return 'must be a string';
    if (value.includes('\0')) return 'must not contain a NUL byte';
    writeText(writer, value);
    writer.reserve(1);
    return undefined;
  },
});

/** Text in so many bytes, the rest of which is NUL: a C `char[64]`. */
export function paddedText(size: number): Typed<Leaf, string> {
  return leaf<string>({
    name: `text[${size}]`,
    sizes: [size],
    read: (bytes, _view, start, end) => readText(bytes, start, end),
    write(writer, value) {
      if (typeof value !== 'string') return 'must be a string';
      if (value.includes('\0')) return 'must not contain a NUL byte';
      const end = writer.length + size;
      writeText(writer, value);
      if (writer.length > end) return `must be at most ${size} bytes long`;
      writer.reserve(end - writer.length);
      return undefined;
    },
  });
}

function writeText(writer: Writer, text: string): void {
  const start = writer.reserve(text.length);
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) {
      writer.length = start;
      writer.append(new TextEncoder().encode(text));
      return;
    }
    writer.bytes[start + index] = code;
  }
}

/**
 * Texts that were read lately, each at a place that its bytes decide: the same few names come again and again, and one string for all costs
 * neither time nor memory. What it holds changes nothing but that.
 */
const lately: string[] = new Array<string>(1024).fill('');

/** Bytes of a text that is worth keeping: of a name. */
const longest = 32;

/** Up to a NUL byte or the end. Names are short and almost always ASCII: a loop beats the start-up cost of a TextDecoder call. */
export function readText(bytes: Uint8Array, start: number, end: number): string {
  let hash = 0;
  let stop = start;
  for (; stop < end; stop++) {
    const byte = bytes[stop] as number;
    if (byte === 0) break;
    if (byte > 0x7f) return decodeText(bytes, start, end);
    hash = (Math.imul(hash, 31) + byte) | 0;
  }
  if (stop - start > longest) return decodeText(bytes, start, end);
  const place = hash & 1023;
  const known = lately[place] as string;
  if (isAt(known, bytes, start, stop)) return known;
  const text = asciiText(bytes, start, stop);
  lately[place] = text;
  return text;
}

/** Four at a time: fewer pieces to put together. */
function asciiText(bytes: Uint8Array, start: number, stop: number): string {
  let text = '';
  let at = start;
  for (; at + 4 <= stop; at += 4)
    text += String.fromCharCode(
      bytes[at] as number,
      bytes[at + 1] as number,
      bytes[at + 2] as number,
      bytes[at + 3] as number,
    );
  for (; at < stop; at++) text += String.fromCharCode(bytes[at] as number);
  return text;
}

function isAt(text: string, bytes: Uint8Array, start: number, stop: number): boolean {
  if (text.length !== stop - start) return false;
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) !== bytes[start + index]) return false;
  return true;
}

function decodeText(bytes: Uint8Array, start: number, end: number): string {
  const nul = bytes.indexOf(0, start);
  // ignoreBOM keeps a leading byte order mark: a name is bytes, not a document.
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(
    bytes.subarray(start, nul === -1 || nul > end ? end : nul),
  );
}
