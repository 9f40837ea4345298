import { ipv4Number } from '../../../wire/ip-address.ts';
import { parseUnsigned } from './numbers.ts';

/** An IPv4 address as `ip` reads it: one to four numbers; missing ones are zero (`10.1` is `10.1.0.0`), each may be octal or hexadecimal. */
export function parseDotted(word: string): Uint8Array | undefined {
  const usual = ipv4Number(word, 0, word.length);
  if (usual >= 0) return Uint8Array.of(usual >>> 24, usual >>> 16, usual >>> 8, usual);
  const parts = word.split('.');
  if (parts.length > 4) return undefined;
  const bytes = new Uint8Array(4);
  for (const [index, part] of parts.entries()) {
    const number = parseUnsigned(part, 8);
    if (number === undefined) return undefined;
    bytes[index] = number;
  }
  return bytes;
}
