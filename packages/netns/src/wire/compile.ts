import { NLA_TYPE_MASK, type UnknownAttribute } from './attributes.ts';
import type {
  ArrayOf,
  AttributeSet,
  Field,
  Leaf,
  Pair,
  Prefixed,
  Records,
  Shape,
  Slot,
  Struct,
  StructField,
} from './shape.ts';
import { align4, type Slice } from './slice.ts';
import { isPadding } from './struct.ts';

/** What compiled code throws for bytes that are malformed. It does not say where: the interpreter does that better. */
export const MALFORMED = Symbol('malformed');

/** Decodes a message, or throws {@link MALFORMED}. */
export type CompiledDecoder = (slice: Slice) => unknown;

/**
 * Turns a declaration into JavaScript made for it: fixed offsets, one `switch` per attribute set, no look-ups by name.
 * Returns `undefined` where code generation is forbidden (`--disallow-code-generation-from-strings`).
 *
 * Only declarations get here, never received bytes, and every name in them was checked when it was declared.
 */
export function compile(shape: Prefixed): CompiledDecoder | undefined {
  const generator = new Generator();
  const entry = generator.prefixed(shape);
  const source = `'use strict';
const { unknown, list, rest, M } = runtime;
${generator.leaves.map((_, index) => `const l${index} = leaves[${index}].read;`).join('\n')}
${generator.functions.join('\n')}
return (s) => ${entry}(s.bytes, s.view, s.start, s.end);`;
  try {
    return new Function('runtime', 'leaves', source)(runtime, generator.leaves) as CompiledDecoder;
  } catch (error) {
    if (error instanceof EvalError) return undefined;
    throw error;
  }
}

/** What generated code calls for the rare cases. */
const runtime = {
  M: MALFORMED,

  unknown(set: { unknown?: UnknownAttribute[] }, bytes: Uint8Array, view: DataView, at: number, end: number): void {
    const type = view.getUint16(at + 2, true);
    const attribute = { type: type & NLA_TYPE_MASK, flags: type & ~NLA_TYPE_MASK, raw: bytes.slice(at + 4, end) };
    if (set.unknown === undefined) set.unknown = [attribute];
    else set.unknown.push(attribute);
  },

  list(view: DataView, start: number, end: number, read: (start: number, end: number) => unknown): unknown[] {
    const members: unknown[] = [];
    for (let at = start; at < end; ) {
      const length = end - at < 4 ? 0 : view.getUint16(at, true);
      if (length < 4 || at + length > end) throw MALFORMED;
      members.push(read(at + 4, at + length));
      at = align4(at + length);
    }
    return members;
  },

  rest(struct: { rest?: Uint8Array }, bytes: Uint8Array, start: number, end: number): object {
    if (start < end) struct.rest = bytes.slice(start, end);
    return struct;
  },
};

/**
 * The generated functions take `b` bytes, `v` view, `p` start, `e` end and, for attributes, `f` family.
 *
 * Attribute sets are constructors: V8 counts the fields that a constructor assigns and makes its objects large enough
 * from the start, which a growing object literal is not. Their prototype is Object's, so the values are plain objects.
 */
class Generator {
  readonly functions: string[] = [];
  readonly leaves: Leaf[] = [];
  readonly #names = new Map<Shape, string>();

  prefixed(shape: Prefixed): string {
    return this.#function(shape, (name) => {
      const { size, fields } = shape.header;
      const attributes = `new ${this.#attributes(shape.attributes)}(b, v, p + ${align4(size)}, e, b[p])`;
      return `function ${name}(b, v, p, e) {
  if (e - p < ${size}) throw M;
  return { header: ${this.#literal(fields)}, attributes: ${attributes} };
}`;
    });
  }

  /** A statement that checks the length from `p` to `e`, and an expression that reads the value there. */
  #read(shape: Shape): { check: string; value: string } {
    switch (shape.form) {
      case 'leaf':
        return { check: lengthCheck(shape), value: this.#leaf(shape, 'p', 'e') };
      case 'struct':
        return { check: '', value: `${this.#struct(shape)}(b, v, p, e)` };
      case 'array':
        return { check: '', value: `${this.#array(shape)}(b, v, p, e)` };
      case 'attributes':
        return { check: '', value: `new ${this.#attributes(shape)}(b, v, p, e, f)` };
      case 'prefixed':
        return { check: '', value: `${this.prefixed(shape)}(b, v, p, e)` };
      case 'records':
        return { check: '', value: `${this.#records(shape)}(b, v, p, e, f)` };
    }
  }

  #leaf(leaf: Leaf, start: string, end: string): string {
    if (leaf.source !== undefined) return leaf.source.replaceAll(/\bp\b/g, start).replaceAll(/\be\b/g, end);
    const known = this.leaves.indexOf(leaf);
    const index = known >= 0 ? known : this.leaves.push(leaf) - 1;
    return `l${index}(b, v, ${start}, ${end})`;
  }

  #literal(fields: readonly StructField[]): string {
    const values = fields.filter((field) => !isPadding(field.leaf));
    return `{ ${values.map((field) => `${field.name}: ${this.#structField(field)}`).join(', ')} }`;
  }

  #structField({ leaf, offset, size }: StructField): string {
    return this.#leaf(leaf, `p + ${offset}`, `p + ${offset + size}`);
  }

  #struct(struct: Struct): string {
    return this.#function(struct, (name) => {
      const later = struct.fields.filter((field) => field.later);
      const end = struct.fields.reduce((_, field) => field.offset + field.size, 0);
      const steps = later.map((field) => {
        const stop = `if (n < ${field.offset + field.size}) return rest(s, b, p + ${field.offset}, e);`;
        return isPadding(field.leaf) ? stop : `${stop} s.${field.name} = ${this.#structField(field)};`;
      });
      return `function ${name}(b, v, p, e) {
  const n = e - p;
  if (n < ${struct.size}) throw M;
  const s = ${this.#literal(struct.fields.filter((field) => !field.later))};
  ${steps.join('\n  ')}
  return n > ${end} ? rest(s, b, p + ${end}, e) : s;
}`;
    });
  }

  #array(array: ArrayOf): string {
    return this.#function(array, (name) => {
      const { check, value } = this.#read(array.element);
      return `function ${name}(b, v, p, end) {
  if ((end - p) % ${array.size} !== 0) throw M;
  const count = (end - p) / ${array.size}, elements = new Array(count);
  for (let i = 0; i < count; i++, p += ${array.size}) { const e = p + ${array.size}; ${check} elements[i] = ${value}; }
  return elements;
}`;
    });
  }

  #records(shape: Records): string {
    return this.#function(shape, (name) => {
      const { header, attributes } = shape.record;
      const read = `new ${this.#attributes(attributes)}(b, v, p + ${align4(header.size)}, e, f)`;
      return `function ${name}(b, v, p, end, f) {
  const records = [];
  while (p < end) {
    const n = end - p < ${header.size} ? 0 : v.getUint16(p, true), e = p + n;
    if (n < ${header.size} || e > end) throw M;
    records.push({ header: ${this.#literal(header.fields)}, attributes: ${read} });
    p = e + 3 & ~3;
  }
  return records;
}`;
    });
  }

  #attributes(set: AttributeSet): string {
    return this.#function(set, (name) => {
      const cases = [...set.slots].map(([number, slots]) => `case ${number}: ${this.#slots(set, slots)}`);
      return `function ${name}(b, v, at, end, f) {
  ${set.pairs.map((_, index) => `let k${index} = -1, d${index} = -1;`).join(' ')}
  while (at < end) {
    if (end - at < 4) throw M;
    const n = v.getUint16(at, true), p = at + 4, e = at + n;
    if (n < 4 || e > end) throw M;
    switch (v.getUint16(at + 2, true) & ${NLA_TYPE_MASK}) {
      ${cases.join('\n      ')}
      ${set.partial ? '' : 'default: unknown(this, b, v, at, e);'}
    }
    at = e + 3 & ~3;
  }
  ${set.pairs.map((pair, index) => this.#pair(pair, index, set.partial)).join('\n  ')}
}
${name}.prototype = Object.prototype;`;
    });
  }

  #slots(set: AttributeSet, slots: readonly Slot[]): string {
    let code = '';
    for (const slot of slots) {
      const read = `${this.#slot(set, slot)} break;`;
      if (slot.family === undefined) return code + read;
      code += `if (f === ${slot.family}) { ${read} } `;
    }
    return `${code}${set.partial ? '' : 'unknown(this, b, v, at, e); '}break;`;
  }

  #slot(set: AttributeSet, slot: Slot): string {
    if (slot.form === 'field') return this.#field(slot);
    const place = slot.pair.name === undefined ? ` this.${slot.form} = undefined;` : '';
    return `${slot.form === 'kind' ? 'k' : 'd'}${set.pairs.indexOf(slot.pair)} = at;${place}`;
  }

  #field(field: Field): string {
    const { check, value } = this.#read(field.shape);
    const target = `this.${field.name}`;
    if (field.count === 'one') return `${check} ${target} = ${value};`;
    if (field.count === 'list') return `${target} = list(v, p, e, (p, e) => { ${check} return ${value}; });`;
    return `${check} if (${target} === undefined) ${target} = [${value}]; else ${target}.push(${value});`;
  }

  /** Kind and data are read after the walk, because nothing says that the kind comes first. */
  #pair(pair: Pair, index: number, partial: boolean): string {
    const target = pair.name === undefined ? 'this' : 't';
    const [kindAt, dataAt] = [`k${index}`, `d${index}`];
    const forget = pair.name === undefined ? 'delete this.data;' : '';
    const payload = `const p = ${dataAt} + 4, e = ${dataAt} + v.getUint16(${dataAt}, true);`;
    const arms = [...pair.arms].map(([kind, arm]) => {
      const { check, value } = this.#read(arm);
      const data = `if (${dataAt} >= 0) { ${payload} ${check} ${target}.data = ${value}; }`;
      return `case ${JSON.stringify(kind)}: ${target}.kind = kind; ${data} break;`;
    });
    return `if (${kindAt} >= 0) {
    const p = ${kindAt} + 4, e = ${kindAt} + v.getUint16(${kindAt}, true);
    ${lengthCheck(pair.kindLeaf)}
    const kind = ${this.#leaf(pair.kindLeaf, 'p', 'e')};
    ${pair.name === undefined ? '' : `const t = this.${pair.name} = {};`}
    switch (kind) {
      ${arms.join('\n      ')}
      default:
        ${target}.kind = 'other'; ${target}.name = kind;
        if (${dataAt} >= 0) { ${payload} ${forget} ${partial ? '' : `${target}.raw = b.slice(p, e);`} }
    }
  } else if (${dataAt} >= 0) {
    ${forget}
    ${partial ? '' : `unknown(this, b, v, ${dataAt}, ${dataAt} + v.getUint16(${dataAt}, true));`}
  }`;
  }

  /** The name of the function for a shape, which is generated when it is first asked for. */
  #function(shape: Shape, generate: (name: string) => string): string {
    const known = this.#names.get(shape);
    if (known !== undefined) return known;
    const name = `read${this.#names.size}`;
    this.#names.set(shape, name);
    this.functions.push(generate(name));
    return name;
  }
}

function lengthCheck(leaf: Leaf): string {
  if (leaf.sizes === undefined) return '';
  return `if (${leaf.sizes.map((size) => `e - p !== ${size}`).join(' && ')}) throw M;`;
}
