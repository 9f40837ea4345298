import { isMarked, NLA_F_NESTED } from './attributes.ts';
import { writeField, writeOther, writePair, writeShape } from './encode.ts';
import type { AttributeSet, Field, Leaf, Pair, Prefixed, Shape, Struct } from './shape.ts';
import { align4 } from './slice.ts';
import { isPadding } from './struct.ts';
import { Writer } from './writer.ts';

/** What compiled code throws for a value that it cannot write. It does not say why: the interpreter (`encode.ts`) does that better. */
export const REFUSED = Symbol('refused');

/** Appends a message, or throws {@link REFUSED} (or what the interpreter throws), and then has written a part of it. */
export type CompiledEncoder = (writer: Writer, value: unknown) => void;

/** Compiling takes as long as interpreting so often; a process that writes fewer should not pay for it. */
export const WORTH_COMPILING = 200;

/**
 * Turns a declaration into JavaScript that writes its messages: the counterpart of `compile.ts`, with the same reasons and limits.
 * Structs, attributes and integers are written out; what is rare is left to the interpreter. So are sets inside of sets, each until it has been
 * written `patience` times: a link has some fifty kinds, and a program mostly makes one or two.
 */
export function compileEncoder(
  shape: Prefixed | AttributeSet,
  patience = WORTH_COMPILING,
): CompiledEncoder | undefined {
  const generator = new Generator(patience);
  const entry = generator.entry(shape);
  const source = `'use strict';
const { R, interpret, field, pair, other } = runtime;
${generator.functions.join('\n')}
return ${entry};`;
  try {
    return new Function('runtime', 'parts', source)(runtime, generator.parts) as CompiledEncoder;
  } catch (error) {
    if (error instanceof EvalError) return undefined;
    throw error;
  }
}

/** What generated code calls for the rare cases. */
const runtime = { R: REFUSED, interpret: writeShape, field: writeField, pair: writePair, other: writeOther };

/** A set inside of another, as a part of generated code. */
class Inner {
  readonly #shape: Prefixed | AttributeSet;
  readonly #patience: number;
  #written = 0;
  #compiled: CompiledEncoder | undefined;

  constructor(shape: Prefixed | AttributeSet, patience: number) {
    this.#shape = shape;
    this.#patience = patience;
  }

  write(writer: Writer, value: unknown): void {
    if (this.#written++ === this.#patience) this.#compiled = compileEncoder(this.#shape, this.#patience);
    if (this.#compiled === undefined) writeShape(this.#shape, writer, value);
    else this.#compiled(writer, value);
  }
}

const checkObject = `if (typeof o !== 'object' || o === null) throw R;`;

/** The generated functions take `w`, the writer, and `o`, an object; `x` is what a key of it holds. */
class Generator {
  readonly functions: string[] = [];
  /** What generated code refers to: leaves, shapes and fields. */
  readonly parts: unknown[] = [];
  readonly #names = new Map<Shape, string>();
  readonly #inner = new Map<Shape, Inner>();
  readonly #patience: number;

  constructor(patience: number) {
    this.#patience = patience;
  }

  entry(shape: Prefixed | AttributeSet): string {
    return shape.form === 'prefixed' ? this.#prefixed(shape) : this.#attributes(shape);
  }

  #prefixed(shape: Prefixed): string {
    return this.#function(shape, (name) => {
      const header = this.#struct(shape.header);
      const attributes = this.#attributes(shape.attributes);
      return `function ${name}(w, o) {
  ${checkObject}
  for (const k in o) if (k !== 'header' && k !== 'attributes') throw R;
  const h = o.header, a = o.attributes;
  if (h === undefined) w.reserve(${shape.header.size});
  else if (h === null || h.rest !== undefined) throw R;
  else ${header}(w, h);
  w.align();
  if (a !== undefined) ${attributes}(w, a);
}`;
    });
  }

  /** Later fields and `rest` are rare: only the fields that every kernel has are written out. */
  #struct(struct: Struct): string {
    return this.#function(struct, (name) => {
      const cases = struct.fields
        .filter(({ leaf, later }) => !isPadding(leaf) && !later)
        .map(({ name: key, offset, leaf }) => `case '${key}': ${this.#store(leaf, `at + ${offset}`)} break;`);
      return `function ${name}(w, o) {
  ${checkObject}
  const at = w.reserve(${struct.size}), end = w.length;
  for (const k in o) {
    const x = o[k];
    switch (k) {
      ${cases.join('\n      ')}
      default: throw R;
    }
  }
  w.length = end;
}`;
    });
  }

  /** Writes `x`, if it is given, to a place that has been made for it. */
  #store(leaf: Leaf, at: string): string {
    if (leaf.sink !== undefined)
      return `if (x !== undefined) { if (!(${leaf.sink.check})) throw R; const v = w.view, p = ${at}; ${leaf.sink.store}; }`;
    return `if (x !== undefined) { w.length = ${at}; if (${this.#part(leaf)}.write(w, x) !== undefined) throw R; }`;
  }

  #attributes(set: AttributeSet): string {
    return this.#function(set, (name) => {
      const cases = [...set.byName].map(([key, declared]) => `case '${key}': ${this.#declared(declared)} break;`);
      const inline = set.pairs.find((pair) => pair.name === undefined);
      if (inline !== undefined) cases.push(...this.#inline(set, inline));
      return `function ${name}(w, o) {
  ${checkObject}
  for (const k in o) {
    const x = o[k];
    if (x === undefined) continue;
    switch (k) {
      ${cases.join('\n      ')}
      default: other(${this.#part(set)}, w, k, o);
    }
  }
}`;
    });
  }

  #declared(declared: Field | Pair): string {
    if (declared.form === 'pair')
      return `{ if (typeof x !== 'object' || x === null) throw R; pair(${this.#part(declared)}, w, x); }`;
    const { shape, number, count } = declared;
    if (count !== 'one') return this.#counted(declared);
    const attribute = this.#attribute(shape, isMarked(shape) ? number | NLA_F_NESTED : number);
    return shape.form === 'leaf' && shape.presence ? `if (x !== false) ${attribute}` : attribute;
  }

  /** Lists whose members are numbered one by one are rare. */
  #counted(field: Field): string {
    const { shape, number, count, member = number } = field;
    if (count === 'list' && field.member === undefined) return `field(${this.#part(field)}, w, x);`;
    const each = this.#attribute(shape, isMarked(shape) ? member | NLA_F_NESTED : member);
    const all = `if (!Array.isArray(x)) throw R;
        const m = x; for (let i = 0; i < m.length; i++) { const x = m[i]; ${each} }`;
    return count === 'many' ? `{ ${all} }` : this.#nest(all, number | NLA_F_NESTED);
  }

  /** Kind and data of the set itself. */
  #inline(set: AttributeSet, { arms, kindLeaf, kindNumber, dataNumber }: Pair): string[] {
    const otherwise = `default: other(${this.#part(set)}, w, k, o);`;
    const kinds = [...arms.keys()].map((kind) => {
      const writer = new Writer();
      writer.reserve(4);
      kindLeaf.write(writer, kind);
      writer.view.setUint32(0, kindNumber * 65536 + writer.length, true);
      writer.align();
      return `case ${JSON.stringify(kind)}: w.append(${this.#part(writer.finish())}); break;`;
    });
    const data = [...arms].map(([kind, arm]) => {
      const attribute = this.#attribute(arm, isMarked(arm) ? dataNumber | NLA_F_NESTED : dataNumber);
      return `case ${JSON.stringify(kind)}: ${attribute} break;`;
    });
    return [
      `case 'kind': switch (x) { ${kinds.join('\n')} ${otherwise} } break;`,
      `case 'data': switch (o.kind) { ${data.join('\n')} ${otherwise} } break;`,
    ];
  }

  #attribute(shape: Shape, type: number): string {
    const size = shape.form === 'leaf' ? shape.sizes?.[0] : undefined;
    if (shape.form === 'leaf' && shape.sink !== undefined && size !== undefined)
      return `{ if (!(${shape.sink.check})) throw R;
        const q = w.reserve(${4 + align4(size)}), p = q + 4, v = w.view;
        v.setUint32(q, ${type * 65536 + 4 + size}, true); ${shape.sink.store}; }`;
    return this.#nest(this.#payload(shape), type);
  }

  #nest(payload: string, type: number): string {
    return `{ const q = w.reserve(4);
        ${payload}
        const n = w.length - q; if (n > 65535) throw R;
        w.view.setUint32(q, ${type * 65536} + n, true); w.align(); }`;
  }

  #payload(shape: Shape): string {
    switch (shape.form) {
      case 'leaf':
        return `if (${this.#part(shape)}.write(w, x) !== undefined) throw R;`;
      case 'struct':
        return `${this.#struct(shape)}(w, x);`;
      case 'attributes':
      case 'prefixed':
        return `${this.#part(this.#innerOf(shape))}.write(w, x);`;
      default:
        return `interpret(${this.#part(shape)}, w, x);`;
    }
  }

  #innerOf(shape: Prefixed | AttributeSet): Inner {
    const known = this.#inner.get(shape) ?? new Inner(shape, this.#patience);
    this.#inner.set(shape, known);
    return known;
  }

  /** An expression for something that cannot be written as source. */
  #part(part: unknown): string {
    const known = this.parts.indexOf(part);
    return `parts[${known >= 0 ? known : this.parts.push(part) - 1}]`;
  }

  /** The name of the function for a shape, which is generated when it is first asked for. */
  #function(shape: Shape, generate: (name: string) => string): string {
    const known = this.#names.get(shape);
    if (known !== undefined) return known;
    const name = `write${this.#names.size}`;
    this.#names.set(shape, name);
    this.functions.push(generate(name));
    return name;
  }
}
