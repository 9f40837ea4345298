import { bytesFor } from '../bits.ts';
import { checkKeys, isObject, nameAt, objectAt, stringAt } from '../checked.ts';
import { type DataKind, elementsOf, haveRanges, type Item, itemsAt } from '../elements-read.ts';
import type { PartType } from '../elements-show.ts';
import { fault, type Path } from '../fault.ts';
import { registerAt } from '../registers.ts';
import { descOf, type SetView, setAttributes, setFlags } from '../set-attributes.ts';
import { ANONYMOUS, CONSTANT } from '../set-flags.ts';
import { swapBytes } from './operate.ts';
import type { RuleSet } from './target.ts';
import type { Operand, RuleWriter } from './writer.ts';

/** Makes a set for this rule. */
export function anonymousSet(
  writer: RuleWriter,
  items: readonly Item[],
  key: readonly PartType[],
  data: DataKind,
  objType?: number,
): RuleSet {
  const intervals = haveRanges(items);
  const id = writer.target.nextId();
  const elements = elementsOf(items, key, { intervals, first: true, anonymous: true, merge: data === undefined });
  const dataRanges = items.some(({ dataIsRange }) => dataIsRange);
  const set: RuleSet = {
    attributes: {
      name: data === undefined ? '__set%d' : data.kind === 'object' ? '__objmap%d' : '__map%d',
      id,
      ...setAttributes({ key, data, intervals, dataRanges, objType }),
      flags: ANONYMOUS | CONSTANT | setFlags({ key, data, intervals }),
      desc: descOf(key, intervals, elements.length),
    },
    elements,
  };
  writer.sets.push(set);
  return set;
}

export function lookIn(
  writer: RuleWriter,
  { attributes }: RuleSet,
  sreg: number,
  inverted: boolean,
  dreg?: number,
): void {
  writer.push({
    kind: 'lookup',
    data: {
      set: attributes.name,
      setId: attributes.id,
      sreg,
      ...(dreg !== undefined && { dreg }),
      ...(inverted && { flags: 1 }),
    },
  });
}

/** A key is brought into the order in which a set of intervals wants it. */
export function inNetworkOrder(writer: RuleWriter, parts: readonly Operand[], offset: number): void {
  let at = offset;
  for (const part of parts) {
    const length = bytesFor(part.bits + (part.shift ?? 0));
    if (part.order === 'machine' && length > 1) swapBytes(writer, registerAt(at), length, 'hton');
    at += Math.ceil(length / 4) * 4;
  }
}

/** Looks a key up that is in the registers from `offset` on. */
export function lookUp(
  writer: RuleWriter,
  contents: unknown,
  parts: readonly Operand[],
  offset: number,
  data: DataKind | 'of the set',
  path: Path,
  how: { inverted?: boolean; dreg?: number; items?: Item[] },
): SetView {
  const sreg = registerAt(offset);
  const { inverted = false, dreg } = how;
  if (typeof contents === 'string') {
    const name = setName(contents, path);
    const view = writer.target.set(name);
    if (view?.intervals) inNetworkOrder(writer, parts, offset);
    writer.push({
      kind: 'lookup',
      data: { set: name, sreg, ...(dreg !== undefined && { dreg }), ...(inverted && { flags: 1 }) },
    });
    return view ?? { key: parts, data: undefined, intervals: false, dataRanges: false };
  }
  const kind = data === 'of the set' ? undefined : data;
  const items = how.items ?? itemsAt(setContents(contents, path), parts, kind, path.at('set'), writer.target);
  if (items.length === 0) throw fault(path, contents, 'must not be empty');
  if (haveRanges(items)) inNetworkOrder(writer, parts, offset);
  lookIn(writer, anonymousSet(writer, items, parts, kind), sreg, inverted, dreg);
  const dataRanges = items.some(({ dataIsRange }) => dataIsRange);
  return { key: parts, data: kind, intervals: haveRanges(items), dataRanges };
}

export function isSet(json: unknown): boolean {
  return (typeof json === 'string' && json.startsWith('@')) || (isObject(json) && 'set' in json);
}

/** The name behind the `@`. */
export function setName(json: unknown, path: Path): string {
  const text = stringAt(json, path);
  if (!text.startsWith('@')) throw fault(path, json, 'must be the name of a set with @ before it');
  return nameAt(text.slice(1), path);
}

export function setContents(json: unknown, path: Path): unknown {
  const { set, ...more } = objectAt(json, path);
  checkKeys(more, [], path);
  if (set === undefined) throw fault(path, json, 'must be { "set": [...] } or the name of a set');
  return set;
}
