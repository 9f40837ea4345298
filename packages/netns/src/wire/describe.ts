import type { UnknownAttribute } from './attributes.ts';
import type { AttributeSet, Leaf, Pair, Prefixed, Records, Shape, Struct } from './shape.ts';

type Value = Readonly<Record<string, unknown>>;

/** A decoded value for people: one line per attribute, each with its whole path. */
export function describeValue(shape: Shape, value: unknown, path = ''): string[] {
  switch (shape.form) {
    case 'leaf':
      return [`${path} ${describeLeaf(shape, value)}`];
    case 'struct':
      return [`${path} ${describeStruct(shape, value as Value)}`];
    case 'array':
      return [`${path} [${(value as unknown[]).map((element) => describeElement(shape.element, element)).join(' ')}]`];
    case 'attributes':
      return describeAttributes(shape, value as Value, path);
    case 'prefixed':
      return describePrefixed(shape, value as Value, path);
    case 'records':
      return describeRecords(shape, value as Value[], path);
  }
}

function describeRecords({ record }: Records, values: readonly Value[], path: string): string[] {
  return values.flatMap((value, index) => describePrefixed(record, value, join(path, String(index))));
}

function describePrefixed(shape: Prefixed, value: Value, path: string): string[] {
  return [
    ...describeValue(shape.header, value.header, join(path, 'header')),
    ...describeValue(shape.attributes, value.attributes, path),
  ];
}

function describeAttributes(set: AttributeSet, value: Value, path: string): string[] {
  const inline = set.pairs.find((pair) => pair.name === undefined);
  const lines = Object.entries(value).flatMap(([key, member]) => {
    const declared = set.byName.get(key);
    const at = join(path, key);
    if (key === 'unknown') return (member as UnknownAttribute[]).map((attribute) => describeUnknown(attribute, path));
    if (declared === undefined) return inline === undefined ? [] : describePairKey(inline, value, key, at);
    if (declared.form === 'pair')
      return Object.keys(member as Value).flatMap((part) =>
        describePairKey(declared, member as Value, part, join(at, part)),
      );
    if (declared.count === 'one') return describeValue(declared.shape, member, at);
    return (member as unknown[]).flatMap((element, index) => describeValue(declared.shape, element, `${at}.${index}`));
  });
  return lines.length > 0 || path === '' ? lines : [`${path} {}`];
}

function describePairKey(pair: Pair, value: Value, key: string, path: string): string[] {
  const arm = pair.arms.get(String(value.kind));
  if (key === 'data' && arm !== undefined) return describeValue(arm, value.data, path);
  return [`${path} ${describePlain(value[key])}`];
}

function describeUnknown({ type, flags, raw }: UnknownAttribute, path: string): string {
  return `${join(path, String(type))} ${describePlain(raw)}${flags ? ` (flags 0x${flags.toString(16)})` : ''} (not known)`;
}

function describeStruct(struct: Struct, value: Value): string {
  return Object.entries(value)
    .map(([key, member]) => `${key} ${describeLeaf(struct.byName.get(key)?.leaf, member)}`)
    .join(' ');
}

function describeElement(element: Leaf | Struct, value: unknown): string {
  return element.form === 'leaf' ? describeLeaf(element, value) : `{ ${describeStruct(element, value as Value)} }`;
}

function describeLeaf(leaf: Leaf | undefined, value: unknown): string {
  const shown = leaf?.show?.(value);
  return shown === undefined || shown === String(value) ? describePlain(value) : `${describePlain(value)} (${shown})`;
}

function describePlain(value: unknown): string {
  if (value instanceof Uint8Array)
    return `0x${Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
