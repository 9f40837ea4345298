import { leaf } from './shape.ts';

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const further = hex.map((digits) => `:${digits}`);
const shape = /^(?:[0-9a-f]{2}(?::[0-9a-f]{2})*)?$/i;

/**
 * A hardware address as text, `02:00:00:00:00:01`. Six bytes for Ethernet; other kinds of link have other lengths
 * (InfiniBand 20, an IPv4 tunnel 4, a tun device none), and all are written in the same way.
 */
export const macAddress = leaf<string>({
  name: 'macAddress',
  sizes: undefined,
  read: (bytes, _view, start, end) => formatMacAddress(bytes, start, end),
  write(writer, value) {
    if (typeof value !== 'string' || !shape.test(value)) return 'must be bytes in hexadecimal, as in 02:00:00:00:00:01';
    if (value === '') return undefined;
    for (const byte of value.split(':')) writer.byte(Number.parseInt(byte, 16));
    return undefined;
  },
});

function formatMacAddress(bytes: Uint8Array, start: number, end: number): string {
  if (end === start) return '';
  let text = hex[bytes[start] as number] as string;
  for (let at = start + 1; at < end; at++) text += further[bytes[at] as number];
  return text;
}
