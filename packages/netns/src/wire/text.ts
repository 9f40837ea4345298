import { leaf } from './shape.ts';
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

/** Up to a NUL byte or the end. Names are short and almost always ASCII: a loop beats the start-up cost of a TextDecoder call. */
export function readText(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte === 0) return text;
    if (byte > 0x7f) return decodeText(bytes, start, end);
    text += String.fromCharCode(byte);
  }
  return text;
}

function decodeText(bytes: Uint8Array, start: number, end: number): string {
  const nul = bytes.indexOf(0, start);
  // ignoreBOM keeps a leading byte order mark: a name is bytes, not a document.
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(
    bytes.subarray(start, nul === -1 || nul > end ? end : nul),
  );
}
