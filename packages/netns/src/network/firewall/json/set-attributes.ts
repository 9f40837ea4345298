import { NFT_DATA_VERDICT, type NftSetMessage } from '../../../netlink/families/netfilter/nft-set.ts';
import { bytesFor } from './bits.ts';
import { numberOfDataTypes } from './datatypes.ts';
import type { DataKind } from './elements-read.ts';
import type { PartType } from './elements-show.ts';
import type { RuleSet } from './linearize/target.ts';
import { CONCAT, INTERVAL, MAP, OBJECTS } from './set-flags.ts';
import { dataParts, keyParts } from './set-parts.ts';

/** What is known of a set that a rule looks into. */
export interface SetView {
  readonly key: readonly PartType[];
  readonly data: DataKind;
  readonly intervals: boolean;
  /** The data of a map are ranges: two values side by side. */
  readonly dataRanges: boolean;
}

/** libnftables' numbers for byte orders, in the data that it keeps with sets. */
const byteorders = { machine: 1, network: 2 } as const;

/** Types and lengths of a set, as far as they follow from its key and data. */
export function setAttributes(set: {
  key: readonly PartType[];
  data: DataKind;
  intervals: boolean;
  dataRanges: boolean;
  objType?: number | undefined;
}): Pick<RuleSet['attributes'], 'keyType' | 'keyLen' | 'dataType' | 'dataLen' | 'objType' | 'userdata'> {
  const { key, data, objType, dataRanges } = set;
  const value = data?.kind === 'value' ? data.parts : undefined;
  const dataLen = value === undefined ? undefined : lengthOf(value) * (dataRanges ? 2 : 1);
  return {
    keyType: numberOfDataTypes(key.map(({ type }) => type)),
    keyLen: lengthOf(key),
    ...(data?.kind === 'verdict' && { dataType: NFT_DATA_VERDICT, dataLen: 0 }),
    ...(value !== undefined && { dataType: numberOfDataTypes(value.map(({ type }) => type)), dataLen }),
    ...(objType !== undefined && { objType }),
    userdata: {
      keyByteorder: byteorderOf(key),
      ...(data !== undefined && { dataByteorder: value === undefined ? 0 : byteorderOf(value) }),
      mergeElements: 0,
      ...(dataRanges && { dataInterval: 1 }),
    },
  };
}

/** What the kernel says of a set, as rules that look into it need it. */
export function setViewOf(set: NftSetMessage): SetView {
  const { flags = 0, dataType } = set.attributes;
  const data: DataKind =
    (flags & OBJECTS) !== 0
      ? { kind: 'object' }
      : (flags & MAP) === 0
        ? undefined
        : dataType === NFT_DATA_VERDICT
          ? { kind: 'verdict' }
          : { kind: 'value', parts: dataParts(set) };
  const intervals = (flags & INTERVAL) !== 0;
  return { key: keyParts(set), data, intervals, dataRanges: set.attributes.userdata?.dataInterval === 1 };
}

function byteorderOf(parts: readonly PartType[]): number {
  const [only] = parts;
  if (parts.length !== 1 || only === undefined) return 0;
  return byteorders[only.type.form === 'name' ? 'machine' : only.order];
}

function lengthOf(parts: readonly PartType[]): number {
  const lengths = parts.map((part) => bytesFor(part.bits + (part.shift ?? 0)));
  const [only] = lengths;
  if (lengths.length === 1) return only as number;
  return lengths.reduce((sum, length) => sum + Math.ceil(length / 4) * 4, 0);
}

/** Bits that follow from what a set is. */
export function setFlags({
  key,
  data,
  intervals,
}: {
  key: readonly PartType[];
  data: DataKind;
  intervals: boolean;
}): number {
  return (
    (intervals ? INTERVAL | (key.length > 1 ? CONCAT : 0) : 0) |
    (data === undefined ? 0 : data.kind === 'object' ? OBJECTS : MAP)
  );
}

/** How large a set may become, and of what lengths the parts of its keys are, which the kernel must know for ranges of them. */
export function descOf(key: readonly PartType[], intervals: boolean, size: number | undefined) {
  const concat = intervals && key.length > 1 ? key.map(({ bits }) => ({ len: bytesFor(bits) })) : undefined;
  if (concat === undefined && size === undefined) return undefined;
  return { ...(size !== undefined && { size }), ...(concat !== undefined && { concat }) };
}
