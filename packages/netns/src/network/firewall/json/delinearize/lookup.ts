import type { NftExpression } from '../../../../netlink/families/netfilter/expressions.ts';
import { nftObjectTypes } from '../../../../netlink/families/netfilter/nft-object.ts';
import type { NftSetMessage } from '../../../../netlink/families/netfilter/nft-set.ts';
import { bytesFor } from '../bits.ts';
import { dataTypesOfNumber } from '../datatypes.ts';
import { showTemplate } from '../elements-show.ts';
import { packetNumber } from '../parts.ts';
import type { Expression, Statement } from '../schema.ts';
import { ANONYMOUS } from '../set-flags.ts';
import { dataParts } from '../set-parts.ts';
import { bitsOf, type Term } from '../terms.ts';
import { learnIcmpTypes } from './dependencies.ts';
import { contentsOf, describeAll, describeAs } from './describe.ts';
import { emitMatch } from './match.ts';
import { NoWords, type RuleReader } from './reader.ts';

type DynsetData = Extract<NftExpression, { kind: 'dynset' }>['data'] & object;

export function readLookup(
  reader: RuleReader,
  data: {
    set?: string | undefined;
    sreg?: number | undefined;
    dreg?: number | undefined;
    flags?: number | undefined;
  },
): void {
  const set = setNamed(reader, data.set);
  const keys = keysOf(reader, data.sreg ?? 0, set);
  if (data.dreg !== undefined && data.dreg !== 0) {
    reader.set(data.dreg, { kind: 'map', keys, set });
    return;
  }
  const key = describeAll(reader, keys);
  const contents = contentsOf(reader, set, key.parts);
  if (data.dreg === 0) reader.emit({ vmap: { key: key.json, data: contents } });
  else emitMatch(reader, (data.flags ?? 0) & 1 ? '!=' : '==', key.json, contents);
  learnIcmpTypes(reader, keys, set);
}

export function readObjref(
  reader: RuleReader,
  data: {
    immType?: number | undefined;
    immName?: string | undefined;
    setSreg?: number | undefined;
    setName?: string | undefined;
  },
): void {
  const words = nftObjectTypes as Readonly<Record<number, string>>;
  if (data.setName === undefined) {
    const word = words[data.immType ?? 0];
    if (word === undefined || data.immName === undefined) throw new NoWords(`an object of kind ${data.immType}`);
    reader.emit({ [word]: data.immName } as unknown as Statement);
    return;
  }
  const set = setNamed(reader, data.setName);
  const key = describeAll(reader, keysOf(reader, data.setSreg ?? 0, set));
  const word = words[set.attributes.objType ?? 0];
  if (word === undefined) throw new NoWords(`objects of kind ${set.attributes.objType}`);
  const map = { key: key.json, data: contentsOf(reader, set, key.parts) };
  reader.emit({ [word]: { map } } as unknown as Statement);
}

export function readDynset(reader: RuleReader, data: DynsetData): void {
  const set = setNamed(reader, data.setName);
  const key = describeAll(reader, keysOf(reader, data.sregKey ?? 0, set));
  const elem: Expression = data.timeout ? { elem: { val: key.json, timeout: Number(data.timeout / 1000n) } } : key.json;
  const expressions = data.expressions ?? (data.expr === undefined ? [] : [data.expr]);
  const stmt = expressions.map((expression) => {
    const statement = showTemplate(expression);
    if (statement === undefined) throw new NoWords('an expression of an element');
    return statement;
  });
  const op = (['add', 'update', 'delete'] as const)[data.op ?? 0];
  if (op === undefined) throw new NoWords(`dynset op ${data.op}`);
  const { name = '', flags = 0, desc } = set.attributes;
  const [first] = stmt;
  if ((flags & ANONYMOUS) !== 0 && first !== undefined) {
    reader.emit({ meter: { key: elem, stmt: first, ...(desc?.size !== undefined && { size: desc.size }), name } });
    return;
  }
  const more = stmt.length > 0 ? { stmt } : {};
  if (data.sregData === undefined) {
    reader.emit({ set: { op, elem, set: `@${name}`, ...more } });
    return;
  }
  const [part = packetNumber] = dataParts(set);
  reader.emit({
    map: { op, elem, data: describeAs(reader, reader.term(data.sregData), part), map: `@${name}`, ...more },
  });
}

function setNamed(reader: RuleReader, name: string | undefined): NftSetMessage {
  const set = name === undefined ? undefined : reader.context.sets.get(name);
  if (set === undefined) throw new NoWords(`set ${name}, which is not there`);
  return set;
}

/** The terms that are looked up in a set: as many as its key has parts. */
function keysOf(reader: RuleReader, register: number, set: NftSetMessage): readonly Term[] {
  const types = dataTypesOfNumber(set.attributes.keyType ?? 0);
  if (types !== undefined && types.length === 1) return [reader.term(register)];
  const length = set.attributes.keyLen ?? 0;
  const terms = reader.registers.sequence(register, length, (term) => bytesFor(bitsOf(term)));
  if (terms === undefined) throw new NoWords('a key of what is not known');
  return terms;
}
