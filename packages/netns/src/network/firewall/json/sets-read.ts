import type { NftElementInput } from '../../../netlink/families/netfilter/nft-elements.ts';
import { type NftSetMessageInput, nftSetPolicies } from '../../../netlink/families/netfilter/nft-set.ts';
import {
  booleanAt,
  byName,
  checkKeys,
  flagsAt,
  integerAt,
  isObject,
  type JsonObject,
  listAt,
  oneOrMoreAt,
  onlyEntry,
  optional,
  stringAt,
  wordAt,
} from './checked.ts';
import { type DataType, dataTypes } from './datatypes.ts';
import {
  type DataKind,
  type ElementList,
  elementsOf,
  haveRanges,
  type Item,
  itemsAt,
  pointsAt,
} from './elements-read.ts';
import type { PartType } from './elements-show.ts';
import { fault, type Path, unknownWord } from './fault.ts';
import { ctKeys, metaKeys } from './keys.ts';
import { objectNumbers } from './object-kinds.ts';
import { optionKinds, protocols } from './protocols.ts';
import { descOf, type SetView, setAttributes, setFlags } from './set-attributes.ts';
import { DYNAMIC, INTERVAL, setFlagWords, TIMEOUT } from './set-flags.ts';
import { readStateful } from './stateful-read.ts';
import { type TypeOf, typeOfExpression, verdictTypeOf } from './typeof.ts';
import type { JsonContext } from './values.ts';

/** A set or map of a document. */
export interface ReadSet {
  readonly view: SetView;
  readonly merge: boolean;
  /** What the kernel is told; `dynamic` when rules add to it. */
  attributes(dynamic: boolean): NonNullable<NftSetMessageInput['attributes']>;
  readonly elements: ElementList;
}

const policies = Object.fromEntries(nftSetPolicies.map((word, number) => [word, number]));

const keys = [
  'family',
  'table',
  'name',
  'handle',
  'type',
  'map',
  'comment',
  'policy',
  'flags',
  'elem',
  'timeout',
  'gc-interval',
  'size',
  'stmt',
  'auto-merge',
  'width',
  'typeof',
  'map-typeof',
  'map-width',
];

/** Reads a set or map. */
export function readSet(set: JsonObject, isMap: boolean, path: Path, context: JsonContext): ReadSet {
  checkKeys(set, keys, path);
  const key = typesAt(set.type, path.at('type'), set.width, path.at('width'));
  const { data, objType } = isMap ? dataAt(set, path) : { data: undefined, objType: undefined };
  const given = flagsAt(set.flags, setFlagWords, 'flag', path.at('flags'));
  const intervals = (given & INTERVAL) !== 0;
  const points = isMap || intervals ? undefined : pointsAt(set.elem, key, context);
  const items =
    set.elem === undefined || points !== undefined ? [] : itemsAt(set.elem, key, data, path.at('elem'), context);
  if (!intervals && haveRanges(items))
    throw fault(path.at('elem'), set.elem, 'has ranges: the set needs "flags": ["interval"]');
  const merge = optional(set['auto-merge'], booleanAt, path.at('auto-merge')) ?? false;
  const dataRanges = items.some(({ dataIsRange }) => dataIsRange);
  const view: SetView = { key, data, intervals, dataRanges };
  const milliseconds = (word: string) =>
    optional(set[word], (value, at) => integerAt(value, at, 0, 0xffffffff) * 1000, path.at(word));
  const [timeout, gcInterval] = [milliseconds('timeout'), milliseconds('gc-interval')];
  const size = optional(set.size, integerAt, path.at('size'));
  const policy = optional(set.policy, (value, at) => wordAt(value, policies, 'policy', at), path.at('policy'));
  const comment = optional(set.comment, stringAt, path.at('comment'));
  const expressions = set.stmt === undefined ? [] : templatesAt(set.stmt, path.at('stmt'));
  const [first] = expressions;
  const timed = timeout !== undefined || items.some(({ details }) => details?.timeout !== undefined);
  const desc = descOf(key, intervals, size);
  const keyTypeof = storedTypeof(set.type, set.typeof, path, 'typeof');
  const dataTypeof =
    keyTypeof !== undefined && data?.kind === 'verdict'
      ? verdictTypeOf
      : storedTypeof(set.map, set['map-typeof'], path, 'map-typeof');
  const { userdata, ...attributes } = setAttributes({ key, data, intervals, dataRanges, objType });
  return {
    view,
    merge,
    attributes: (dynamic) => ({
      ...attributes,
      flags: given | setFlags({ key, data, intervals }) | (timed ? TIMEOUT : 0) | (dynamic ? DYNAMIC : 0),
      ...(timeout !== undefined && { timeout: BigInt(timeout) }),
      ...(gcInterval !== undefined && { gcInterval }),
      ...(policy !== undefined && { policy }),
      ...(desc !== undefined && { desc }),
      ...(expressions.length === 1 && first !== undefined && { expr: first }),
      ...(expressions.length > 1 && { expressions }),
      userdata: {
        ...userdata,
        mergeElements: merge ? 1 : 0,
        ...(keyTypeof !== undefined && { keyTypeof }),
        ...(dataTypeof !== undefined && { dataTypeof }),
        ...(comment !== undefined && { comment }),
      },
    }),
    elements: points ?? encodeItems(items, view, merge, true),
  };
}

/** Elements of a set that has a name. */
export function encodeItems(items: readonly Item[], view: SetView, merge: boolean, first: boolean): NftElementInput[] {
  return elementsOf(items, view.key, { intervals: view.intervals, first, anonymous: false, merge });
}

function templatesAt(json: unknown, path: Path) {
  return oneOrMoreAt(json).map((each, index) => {
    const at = path.at(index);
    const [kind, value] = onlyEntry(each, at);
    const expression = readStateful(kind, value, at.at(kind));
    if (expression === undefined)
      throw unknownWord(at, kind, 'statement for elements', ['counter', 'limit', 'quota', 'ct count', 'last']);
    return expression;
  });
}

/** A type that is that of an expression, or the expression beside the type (as netns writes it, for `nft` does not), is stored with the set. */
function storedTypeof(type: unknown, beside: unknown, path: Path, word: string): TypeOf | undefined {
  if (isObject(type) && 'typeof' in type) return typeOfExpression(type.typeof, path);
  if (beside === undefined) return undefined;
  if (!(isObject(beside) && 'unknown' in beside)) typeofAt(beside, path.at(word));
  return typeOfExpression(beside, path.at(word));
}

/** The types of a key: a word, words with dots between them, a list of words, or `{ "typeof": ... }`. */
function typesAt(json: unknown, path: Path, given: unknown, widthPath: Path): PartType[] {
  if (isObject(json) && 'typeof' in json) return typeofAt(json.typeof, path.at('typeof'));
  const widths = given === undefined ? [] : listAt(given, widthPath);
  const words = Array.isArray(json) ? json : stringAt(json, path).split(' . ');
  if (words.length === 0) throw fault(path, json, 'must not be empty');
  return words.map((word, index) => {
    const type = wordAt<DataType>(word, dataTypes, 'data type', Array.isArray(json) ? path.at(index) : path);
    const width = optional(widths[index], (value, at) => integerAt(value, at, 1, 512), widthPath.at(index));
    if (type.bits === 0 && width !== undefined) return { type, bits: width, order: type.order };
    if (type.bits === 0)
      throw fault(path, word, 'has no width of its own: say what it is of, as in { "typeof": { "payload": ... } }');
    return { type, bits: type.bits, order: type.order };
  });
}

function typeofAt(json: unknown, path: Path): PartType[] {
  if (isObject(json) && 'concat' in json)
    return listAt(json.concat, path.at('concat')).flatMap((part, index) => typeofAt(part, path.at('concat').at(index)));
  const [kind, value] = onlyEntry(json, path);
  const at = path.at(kind);
  const object = isObject(value) ? value : {};
  if (kind === 'payload') {
    const protocol = wordAt(object.protocol, protocols, 'protocol', at.at('protocol'));
    const fields = byName(protocol.fields);
    const field = wordAt(object.field, fields, `field of ${protocol.name}`, at.at('field'));
    return [{ type: field.type, bits: field.bits, order: 'network' }];
  }
  if (kind === 'meta' || kind === 'ct') {
    const known = kind === 'meta' ? metaKeys : ctKeys;
    const key = wordAt(object.key, known.byName, `key of ${kind}`, at.at('key'));
    return [{ type: key.type, bits: key.bits, order: key.order }];
  }
  if (Object.hasOwn(optionKinds, kind)) {
    const options = optionKinds[kind as keyof typeof optionKinds].options;
    const option = wordAt(object.name, byName(options), kind, at.at('name'));
    const fields = byName(option.fields);
    const field = wordAt(object.field, fields, `field of ${option.name}`, at.at('field'));
    return [{ type: field.type, bits: field.bits, order: 'network' }];
  }
  throw unknownWord(path, kind, 'expression', ['payload', 'meta', 'ct', 'concat', ...Object.keys(optionKinds)]);
}

function dataAt(set: JsonObject, at: Path): { data: DataKind; objType: number | undefined } {
  const [json, path] = [set.map, at.at('map')];
  if (json === 'verdict') return { data: { kind: 'verdict' }, objType: undefined };
  if (typeof json === 'string' && Object.hasOwn(objectNumbers, json))
    return { data: { kind: 'object' }, objType: objectNumbers[json] };
  return {
    data: { kind: 'value', parts: typesAt(json, path, set['map-width'], at.at('map-width')) },
    objType: undefined,
  };
}
