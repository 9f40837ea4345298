import type { Declaration } from '../../../../connection/declaration.ts';
import type { In } from '../../../../wire/shape.ts';
import type { Slice } from '../../../../wire/slice.ts';
import type { Writer } from '../../../../wire/writer.ts';

/** A declaration that can encode a request, too. */
interface Encodable extends Declaration {
  encode(value: never): Uint8Array;
}

/** The messages of a declaration as they stand, for what passes them on: nothing gets lost that only the kernel understands. */
export function verbatim(
  declaration: Declaration,
): Declaration & { readonly phantom?: readonly [out: Uint8Array, input: Uint8Array] } {
  return {
    ...declaration,
    decode: ({ bytes, start, end }: Slice) => bytes.slice(start, end),
    write: (writer: Writer, payload: Uint8Array) => writer.append(payload),
  };
}

/** The payload of a request. */
export function encoded<D extends Encodable>(declaration: D, request: In<D>): Uint8Array {
  return declaration.encode(request as never);
}
