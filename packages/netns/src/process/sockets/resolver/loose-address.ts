/**
 * An IPv4 address as the C library also takes it: fewer parts, of which the last fills the rest, each decimal, octal (`0…`) or
 * hexadecimal (`0x…`); `127.1` is 127.0.0.1. Undefined if it is none. inet_aton(3).
 */
export function looseIpv4(text: string): string | undefined {
  const parts = text.split('.');
  if (parts.length > 4 || !parts.every((part) => /^(?:0x[\da-f]+|0[0-7]*|[1-9]\d*)$/i.test(part))) return undefined;
  const numbers = parts.map((part) => Number(/^0\d/.test(part) ? `0o${part}` : part));
  const last = numbers.pop() ?? 0;
  const room = 4 - numbers.length;
  if (numbers.some((number) => number > 255) || last >= 256 ** room) return undefined;
  const rest = Array.from({ length: room }, (_, index) => Math.floor(last / 256 ** (room - 1 - index)) % 256);
  return [...numbers, ...rest].join('.');
}
