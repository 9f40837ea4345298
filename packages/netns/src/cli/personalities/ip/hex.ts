/** The bytes that a word of hexadecimal digits means, two for each; undefined where it is no such word. */
export function parseHex(word: string): Uint8Array | undefined {
  if (word.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(word)) return undefined;
  return Uint8Array.from(word.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
}

/** Two digits for each byte. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
