import { slotOf } from './attributes.ts';
import { type Cursor, cursorOf, walkAttributes, walkRecords } from './interpret.ts';
import type { AttributeSet, Pair, Prefixed, Records, Shape } from './shape.ts';
import { align4, type Slice } from './slice.ts';

/** Names from the outermost attribute inwards, joined by dots: `linkinfo.data.id`. */
export type AttributePath = string;

/** An attribute as the walk finds it, with the shape of what it holds. */
interface Place {
  readonly path: AttributePath;
  /** Where the attribute's own header starts, counted from the slice's origin. */
  readonly offset: number;
  readonly end: number;
  readonly shape: Shape | undefined;
  readonly family: number;
}

/** The path of the attribute at `offset` (or of the innermost one around it); `undefined` when none is there. */
export function pathAt(shape: Prefixed, message: Slice, offset: number): AttributePath | undefined {
  return placeAt(shape, message, offset)?.path;
}

/** The path that a missing attribute would have: `number` is its number, `nest` the offset of the attribute that lacks it. */
export function pathOfMissing(
  shape: Prefixed,
  message: Slice,
  number: number,
  nest?: number,
): AttributePath | undefined {
  if (nest === undefined) return nameIn(shape.attributes, number, message.bytes[message.start] ?? 0);
  const place = placeAt(shape, message, nest);
  if (place === undefined) return undefined;
  const set = place.shape?.form === 'prefixed' ? place.shape.attributes : place.shape;
  return `${place.path}.${set?.form === 'attributes' ? nameIn(set, number, place.family) : number}`;
}

function placeAt(shape: Prefixed, message: Slice, offset: number): Place | undefined {
  let found: Place | undefined;
  // Places come outermost first, so the last one that covers the offset is the innermost.
  visitPrefixed(shape, cursorOf(message, ''), message.start, message.end, '', (place) => {
    if (place.offset <= offset && offset < place.end) found = place;
  });
  return found;
}

type Visit = (place: Place) => void;

function visitPrefixed(of: Prefixed, cursor: Cursor, start: number, end: number, prefix: string, visit: Visit): void {
  const family = cursor.bytes[start] ?? 0;
  visitSet(of.attributes, { ...cursor, family }, start + align4(of.header.size), end, prefix, visit);
}

function visitSet(set: AttributeSet, cursor: Cursor, start: number, end: number, prefix: string, visit: Visit): void {
  const kinds = new Map<Pair, string>();
  walkAttributes(cursor, start, end, (number, from, to) => {
    const slot = slotOf(set, number, cursor.family);
    if (slot?.form === 'kind')
      kinds.set(slot.pair, slot.pair.kindLeaf.read(cursor.bytes, cursor.view, from, to) as string);
  });
  walkAttributes(cursor, start, end, (number, from, to) => {
    const slot = slotOf(set, number, cursor.family);
    let shape: Shape | undefined;
    if (slot?.form === 'field' && slot.count !== 'list') shape = slot.shape;
    if (slot?.form === 'data') shape = slot.pair.arms.get(kinds.get(slot.pair) ?? '');
    const path = prefix + nameIn(set, number, cursor.family);
    visit({ path, offset: from - 4 - cursor.origin, end: to - cursor.origin, shape, family: cursor.family });
    if (shape?.form === 'attributes') visitSet(shape, cursor, from, to, `${path}.`, visit);
    if (shape?.form === 'prefixed') visitPrefixed(shape, cursor, from, to, `${path}.`, visit);
    if (shape?.form === 'records') visitRecords(shape, cursor, from, to, `${path}.`, visit);
  });
}

function visitRecords(
  { record }: Records,
  cursor: Cursor,
  start: number,
  end: number,
  prefix: string,
  visit: Visit,
): void {
  let index = 0;
  walkRecords(record, cursor, start, end, (from, to) => {
    visitSet(record.attributes, cursor, from + align4(record.header.size), to, `${prefix}${index++}.`, visit);
  });
}

function nameIn(set: AttributeSet, number: number, family: number): string {
  const slot = slotOf(set, number, family);
  if (slot === undefined) return String(number);
  if (slot.form === 'field') return slot.name;
  return slot.pair.name === undefined ? slot.form : `${slot.pair.name}.${slot.form}`;
}
