import { bytesFor, ones } from '../bits.ts';
import { checkKeys, integerAt, isObject, objectAt, onlyEntry, wordAt } from '../checked.ts';
import { isImmediateJson } from '../constants.ts';
import { type DataType, dataTypes } from '../datatypes.ts';
import type { PartType } from '../elements-show.ts';
import { fault, type Path, unknownWord } from '../fault.ts';
import { ctKeys, metaKeys } from '../keys.ts';
import { baseNumbers, type Field, optionKinds, type Protocol, payloadBases } from '../protocols.ts';
import { ensure, ensureIcmpType } from './ensure.ts';
import { isConstant, valueInto } from './load.ts';
import { fieldAt, optionFieldAt } from './load-fields.ts';
import { writeObjectReference } from './objects.ts';
import { maskBits, oneValueAt } from './operate.ts';
import type { RuleWriter } from './writer.ts';

/** Fields of IP headers that the checksums of TCP and UDP are over. */
const pseudoHeader: readonly string[] = ['saddr', 'daddr', 'protocol', 'nexthdr', 'length'];

export function writeMangle(writer: RuleWriter, value: unknown, path: Path): void {
  const { key, value: json, ...more } = objectAt(value, path);
  checkKeys(more, [], path);
  const [kind, target] = onlyEntry(key, path.at('key'));
  const at = path.at('key').at(kind);
  const valuePath = path.at('value');
  switch (kind) {
    case 'payload':
      manglePayload(writer, target, json, at, valuePath);
      return;
    case 'meta': {
      const known = wordAt(objectAt(target, at).key, metaKeys.byName, 'key of meta', at.at('key'));
      valueInto(writer, json, known, 0, valuePath);
      writer.push({ kind: 'meta', data: { key: known.number, sreg: 1 } });
      return;
    }
    case 'ct': {
      const { key: name, dir } = objectAt(target, at);
      const known = wordAt(name, ctKeys.byName, 'key of ct', at.at('key'));
      const direction =
        dir === undefined ? undefined : wordAt(dir, { original: 0, reply: 1 }, 'direction', at.at('dir'));
      valueInto(writer, json, known, 0, valuePath);
      writer.push({ kind: 'ct', data: { key: known.number, sreg: 1, ...(direction !== undefined && { direction }) } });
      return;
    }
    case 'tcp option': {
      const known = optionFieldAt('tcp option', objectAt(target, at), at);
      if (known.field === undefined) throw fault(at, target, 'needs a field');
      const { field, start } = known;
      valueInto(writer, json, { type: field.type, bits: field.bits, order: 'network' }, 0, valuePath);
      writer.push({
        kind: 'exthdr',
        data: {
          sreg: 1,
          type: known.type,
          offset: start / 8,
          len: bytesFor(field.bits),
          op: optionKinds['tcp option'].op,
        },
      });
      return;
    }
    case 'ct helper':
      writeObjectReference(writer, 'ct helper', json, valuePath);
      return;
    default:
      throw unknownWord(path.at('key'), kind, 'thing to set', ['payload', 'meta', 'ct', 'tcp option']);
  }
}

function manglePayload(writer: RuleWriter, target: unknown, json: unknown, path: Path, valuePath: Path): void {
  const named = fieldAt(target, path);
  if (named === undefined) {
    const { base, offset, len } = objectAt(target, path);
    const number = wordAt(base, baseNumbers, 'base', path.at('base'));
    writeBits(
      writer,
      number,
      integerAt(offset, path.at('offset'), 0, 65_535 * 8),
      integerAt(len, path.at('len'), 1, 128),
      dataTypes.integer,
      undefined,
      undefined,
      json,
      valuePath,
    );
    return;
  }
  const { protocol, field } = named;
  ensure(writer, protocol, path);
  ensureIcmpType(writer, protocol, field);
  const start = writer.headers.startOf(protocol) + field.offset;
  writeBits(
    writer,
    payloadBases.indexOf(protocol.base),
    start,
    field.bits,
    field.type,
    protocol,
    field,
    json,
    valuePath,
  );
}

/** A checksum is of words of two bytes: what is not whole ones is read, changed and written back. */
function writeBits(
  writer: RuleWriter,
  base: number,
  start: number,
  bits: number,
  type: DataType,
  protocol: Protocol | undefined,
  field: Field | undefined,
  json: unknown,
  valuePath: Path,
): void {
  const unit = protocol?.checksum === undefined ? 8 : 16;
  const first = Math.floor(start / unit) * unit;
  const last = Math.ceil((start + bits) / unit) * unit;
  const length = (last - first) / 8;
  const where = { base, offset: first / 8, len: length };
  const part: PartType = { type, bits, order: 'network' };
  if (first === start && last === start + bits) valueInto(writer, json, part, 0, valuePath);
  else {
    if (!isImmediateJson(json) && !(isObject(json) && isConstant(json)) && !Array.isArray(json))
      throw fault(valuePath, json, 'must be a constant: the field is a part of a byte or word');
    const shift = BigInt(last - start - bits);
    const value = oneValueAt(writer, json, part, valuePath) << shift;
    writer.push({ kind: 'payload', data: { dreg: 1, ...where } });
    maskBits(writer, 1, length, ones(length * 8) ^ (ones(bits) << shift), value, 'network');
  }
  const sctp = protocol?.name === 'sctp';
  const pseudo = field !== undefined && protocol?.base === 'nh' && pseudoHeader.includes(field.name);
  writer.push({
    kind: 'payload',
    data: {
      sreg: 1,
      ...where,
      csumType: sctp ? 2 : protocol?.checksum === undefined ? 0 : 1,
      csumOffset: sctp ? 8 : (protocol?.checksum ?? 0),
      csumFlags: pseudo ? 1 : 0,
    },
  });
}

export function writeReset(writer: RuleWriter, value: unknown, path: Path): void {
  const [kind, option] = onlyEntry(value, path);
  if (kind !== 'tcp option') throw unknownWord(path, kind, 'thing to reset', ['tcp option']);
  const { type } = optionFieldAt('tcp option', objectAt(option, path.at(kind)), path.at(kind));
  writer.push({ kind: 'exthdr', data: { type, op: optionKinds['tcp option'].op } });
}
