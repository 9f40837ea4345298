import fc from 'fast-check';
import { expect, it } from 'vitest';
import { arbitraryOf } from '../../test/codec/arbitrary.ts';
import { compile } from '../wire/compile.ts';
import { type CompiledEncoder, compileEncoder } from '../wire/compile-encoder.ts';
import { encodeValue } from '../wire/encode.ts';
import { cursorOf, readPrefixed } from '../wire/interpret.ts';
import { lazyViewer } from '../wire/lazy.ts';
import { sliceOf } from '../wire/slice.ts';
import { Writer } from '../wire/writer.ts';
import { catalogue } from './catalogue.ts';

type Value = Record<'header' | 'attributes', Record<string, unknown>>;

// Shrinking a link with seventy attributes can take minutes; a counterexample that is not the smallest will do.
const settings = { numRuns: 60, interruptAfterTimeLimit: 30_000 };

it.each([...catalogue])(
  'every value of $name is written alike by both encoders and comes back from all decoders',
  ({ name, shape }) => {
    const compiled = compile(shape);
    const encoder = compileEncoder(shape, 0);
    const view = lazyViewer(shape, name);
    const keys = [...shape.attributes.byName.keys(), 'unknown'];
    fc.assert(
      fc.property(arbitraryOf(shape) as fc.Arbitrary<Value>, (value) => {
        const writer = new Writer();
        encodeValue(shape, writer, value, name);
        const slice = sliceOf(writer.finish());
        expect(encodedBy(encoder, value) ?? slice.bytes, 'compiled encoder').toStrictEqual(slice.bytes);

        expect(readPrefixed(shape, cursorOf(slice, name), slice.start, slice.end), 'interpreter').toStrictEqual(value);
        expect(compiled?.(slice), 'compiled').toStrictEqual(value);
        const lazy = view(slice) as unknown as Value & { toValue(): Value };
        expect(lazy.header, 'lazy header').toStrictEqual(value.header);
        for (const key of keys) expect(lazy.attributes[key], `lazy ${key}`).toStrictEqual(value.attributes[key]);
        expect(lazy.toValue(), 'lazy whole').toStrictEqual(value);
      }),
      settings,
    );
  },
);

/** Undefined for what it leaves to the interpreter. */
function encodedBy(encoder: CompiledEncoder | undefined, value: unknown): Uint8Array | undefined {
  const writer = new Writer(0);
  try {
    encoder?.(writer, value);
  } catch {
    return undefined;
  }
  return writer.finish();
}
