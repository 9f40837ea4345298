/**
 * Text from bytes that may not be UTF-8: each byte that is not becomes one half of a surrogate pair (U+DC80…U+DCFF), which no
 * text has by itself, so that it can still be told and shown as what it was.
 */
export function textOfBytes(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
  return text.includes(replacement) ? piecewise(bytes) : text;
}

/** What Node puts in the place of bytes that are not UTF-8. */
const replacement = '\ufffd';

function piecewise(bytes: Uint8Array): string {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at] ?? 0;
    const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    try {
      text += strict.decode(bytes.subarray(at, at + length));
      at += length;
    } catch {
      text += String.fromCharCode(0xdc00 + lead);
      at++;
    }
  }
  return text;
}

/** The bytes of such a text, or of one character of it. */
export function bytesOfText(text: string): number[] {
  return [...text].flatMap((char) => {
    const code = char.codePointAt(0) ?? 0;
    return code >= 0xdc80 && code <= 0xdcff ? [code - 0xdc00] : [...Buffer.from(char)];
  });
}

/** For JSON, which has no way to say that a byte is wrong. */
export function withoutWrongBytes(text: string): string {
  return text.replace(/[\udc80-\udcff]/gu, replacement);
}
