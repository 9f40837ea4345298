/** Values of a message as JSON has them: bytes as `0x…`, large numbers as `…n`. {@link fromPlain} takes them back. */
export function toPlain(value: unknown): unknown {
  if (value instanceof Uint8Array) return `0x${[...value].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  if (typeof value === 'bigint') return `${value}n`;
  if (Array.isArray(value)) return value.map(toPlain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .map(([key, each]) => [key, toPlain(each)]),
  );
}

/** Takes back what {@link toPlain} wrote. */
export function fromPlain(value: unknown): unknown {
  if (typeof value === 'string') {
    if (/^0x(?:[0-9a-f]{2})*$/.test(value))
      return Uint8Array.from(value.slice(2).match(/../g) ?? [], (each) => Number.parseInt(each, 16));
    return /^-?\d{1,20}n$/.test(value) ? BigInt(value.slice(0, -1)) : value;
  }
  if (Array.isArray(value)) return value.map(fromPlain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fromPlain(each)]));
}
