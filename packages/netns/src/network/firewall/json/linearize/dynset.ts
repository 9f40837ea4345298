import {
  checkKeys,
  integerAt,
  isObject,
  nameAt,
  objectAt,
  oneOrMoreAt,
  onlyEntry,
  optional,
  wordAt,
} from '../checked.ts';
import { type Path, unknownWord } from '../fault.ts';
import { machineNumber } from '../parts.ts';
import { registerAt } from '../registers.ts';
import { setAttributes } from '../set-attributes.ts';
import { ANONYMOUS, DYNAMIC, TIMEOUT } from '../set-flags.ts';
import { readStateful } from '../stateful-read.ts';
import { loadKey, valueInto } from './load.ts';
import { setName } from './lookup.ts';
import { type Operand, REGISTER, type RuleWriter } from './writer.ts';

/** `set` and `map`: rules add to a set what they see. */
export function writeDynamic(writer: RuleWriter, value: unknown, path: Path, into: 'set' | 'map'): void {
  const statement = objectAt(value, path);
  checkKeys(statement, into === 'set' ? ['op', 'elem', 'set', 'stmt'] : ['op', 'elem', 'data', 'map', 'stmt'], path);
  const name = setName(statement[into], path.at(into));
  const view = writer.target.set(name);
  const { timeout } = loadElementKey(writer, statement.elem, path.at('elem'));
  const op = wordAt(statement.op, { add: 0, update: 1, delete: 2 }, 'operation', path.at('op'));
  let sregData: number | undefined;
  if (into === 'map') {
    const part = view?.data?.kind === 'value' ? (view.data.parts[0] ?? machineNumber) : machineNumber;
    valueInto(writer, statement.data, part, REGISTER, path.at('data'));
    sregData = registerAt(REGISTER);
  }
  writeDynset(writer, { setName: name }, op, timeout, statement.stmt, sregData, path);
}

export function writeMeter(writer: RuleWriter, value: unknown, path: Path): void {
  const meter = objectAt(value, path);
  checkKeys(meter, ['name', 'key', 'size', 'stmt'], path);
  const name = nameAt(meter.name, path.at('name'));
  const { parts, timeout } = loadElementKey(writer, meter.key, path.at('key'));
  const size = optional(meter.size, integerAt, path.at('size'));
  const id = writer.target.nextId();
  writer.sets.push({
    attributes: {
      name,
      id,
      ...setAttributes({ key: parts, data: undefined, intervals: false, dataRanges: false }),
      flags: ANONYMOUS | DYNAMIC | (timeout === undefined ? 0 : TIMEOUT),
      ...(size !== undefined && { desc: { size } }),
    },
    elements: [],
  });
  writeDynset(
    writer,
    { setName: name, setId: id },
    timeout === undefined ? 0 : 1,
    timeout,
    meter.stmt,
    undefined,
    path,
  );
}

/** The key of an element into the registers, and for how many milliseconds the element is to stay. */
function loadElementKey(
  writer: RuleWriter,
  json: unknown,
  path: Path,
): { parts: readonly Operand[]; timeout: bigint | undefined } {
  if (!isObject(json) || !('elem' in json)) return { parts: loadKey(writer, json, 0, path).parts, timeout: undefined };
  const at = path.at('elem');
  const elem = objectAt(json.elem, at);
  checkKeys(elem, ['val', 'timeout'], at);
  const { parts } = loadKey(writer, elem.val, 0, at.at('val'));
  const seconds = optional(elem.timeout, integerAt, at.at('timeout'));
  return { parts, timeout: seconds === undefined ? undefined : BigInt(seconds) * 1000n };
}

function writeDynset(
  writer: RuleWriter,
  set: { setName: string | undefined; setId?: number | undefined },
  op: number,
  timeout: bigint | undefined,
  stmt: unknown,
  sregData: number | undefined,
  path: Path,
): void {
  const expressions = (stmt === undefined ? [] : oneOrMoreAt(stmt)).map((each, index) => {
    const at = path.at('stmt').at(index);
    const [kind, value] = onlyEntry(each, at);
    const expression = readStateful(kind, value, at.at(kind));
    if (expression === undefined)
      throw unknownWord(at, kind, 'statement for an element', ['counter', 'limit', 'quota', 'ct count', 'last']);
    return expression;
  });
  const [first] = expressions;
  writer.push({
    kind: 'dynset',
    data: {
      ...set,
      op,
      sregKey: 1,
      ...(sregData !== undefined && { sregData }),
      ...(timeout !== undefined && { timeout }),
      ...(expressions.length === 1 && first !== undefined && { expr: first }),
      ...(expressions.length > 1 && { expressions, flags: 2 }),
    },
  });
}
