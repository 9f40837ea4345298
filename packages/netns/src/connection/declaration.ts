import type { Prefixed } from '../wire/shape.ts';
import type { Slice } from '../wire/slice.ts';
import type { Writer } from '../wire/writer.ts';

/** A message declaration of the catalogue, as much of it as a connection needs. */
export interface Declaration {
  readonly name: string;
  readonly kernelName: string;
  readonly shape: Prefixed;
  readonly types: Readonly<Record<string, number>>;
  decode(payload: Slice): unknown;
  write(writer: Writer, value: never): void;
}
