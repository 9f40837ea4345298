import { describe, expect, it } from 'vitest';
import { compileEncoder } from '../wire/compile-encoder.ts';
import { encodeValue } from '../wire/encode.ts';
import type { AttributeSet, Shape, Struct } from '../wire/shape.ts';
import { Writer } from '../wire/writer.ts';
import { catalogue } from './catalogue.ts';

type Wrap = (value: unknown) => unknown;

/** Every struct and every set of attributes within a shape, once, with what puts a value of it into one of the whole. */
function* within(shape: Shape, wrap: Wrap, seen: Set<Shape>): Generator<readonly [AttributeSet | Struct, Wrap]> {
  if (seen.has(shape)) return;
  seen.add(shape);
  if (shape.form === 'struct' || shape.form === 'attributes') yield [shape, wrap];
  if (shape.form === 'array') yield* within(shape.element, (value) => wrap([value]), seen);
  if (shape.form === 'records') yield* within(shape.record, (value) => wrap([value]), seen);
  if (shape.form === 'prefixed') {
    yield* within(shape.header, (header) => wrap({ header }), seen);
    yield* within(shape.attributes, (attributes) => wrap({ attributes }), seen);
  }
  if (shape.form !== 'attributes') return;
  for (const { name, shape: inner, count } of shape.fields)
    yield* within(inner, (value) => wrap({ [name]: count === 'one' ? value : [value] }), seen);
  for (const { name, arms } of shape.pairs)
    for (const [kind, arm] of arms)
      yield* within(arm, (data) => wrap(name === undefined ? { kind, data } : { [name]: { kind, data } }), seen);
}

/** A name with one letter more that is no name itself. */
function mistyped({ byName }: AttributeSet | Struct): string {
  const names = [...byName.keys()];
  return names.map((name) => `${name}q`).find((word) => !byName.has(word)) ?? 'q';
}

describe.each([...catalogue])('$name', ({ name, shape }) => {
  const encoder = compileEncoder(shape, 0);
  const places = [...within(shape, (value) => value, new Set())];

  it('takes no word that it does not know, wherever it stands, and says which may have been meant', () => {
    for (const [place, wrap] of places) {
      const word = mistyped(place);
      const value = wrap({ [word]: 1 });
      const meant = word === 'q' ? '' : `: did you mean '`;
      expect(() => encodeValue(shape, new Writer(), value, name), word).toThrow(
        new RegExp(`^invalid ${name}\\..*\\b${place.form === 'struct' ? '' : word} .*there is no .*${meant}`),
      );
      expect(() => encoder?.(new Writer(), value), word).toThrow();
    }
  });
});
