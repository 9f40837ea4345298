import { type Leaf, leaf, type Typed } from './shape.ts';

/** A payload kept as it is. Decoding copies it, so that the receive buffer may be used again. */
export const bytes = leaf<Uint8Array>({
  name: 'bytes',
  sizes: undefined,
  read: (source, _view, start, end) => source.slice(start, end),
  write(writer, value) {
    if (!(value instanceof Uint8Array)) return 'must be a Uint8Array';
    writer.append(value);
    return undefined;
  },
});

/** The same leaf, but exactly `size` bytes long: `fixed(bytes, 16)` is a `char[16]`. */
export function fixed<T>(type: Typed<Leaf, T>, size: number): Typed<Leaf, T> {
  const { source: _, sink: __, ...rest } = type;
  return {
    ...rest,
    name: `${type.name}[${size}]`,
    sizes: [size],
    write(writer, value) {
      const start = writer.length;
      const refused = type.write(writer, value);
      if (refused !== undefined) return refused;
      return writer.length - start === size ? undefined : `must be ${size} bytes long`;
    },
  };
}
