import type { NftSetMessage } from '../../../netlink/families/netfilter/nft-set.ts';
import { type DataType, dataTypesOfNumber } from './datatypes.ts';
import type { PartType } from './elements-show.ts';
import { packetNumber } from './parts.ts';

const MACHINE_ORDER = 1;

/** What the data of a map are. */
export function dataParts(set: NftSetMessage): PartType[] {
  const { dataType = 0, dataLen = 0, userdata } = set.attributes;
  return partsOf(dataTypesOfNumber(dataType), dataLen, undefined, userdata?.dataByteorder);
}

/** What the keys of a set are, by its own account. */
export function keyParts(set: NftSetMessage): PartType[] {
  const { keyType = 0, keyLen = 0, desc, userdata } = set.attributes;
  const lengths = desc?.concat?.map(({ len }) => len ?? 0);
  return partsOf(dataTypesOfNumber(keyType), keyLen, lengths, userdata?.keyByteorder);
}

function partsOf(
  types: readonly DataType[] | undefined,
  length: number,
  lengths: readonly number[] | undefined,
  byteorder: number | undefined,
): PartType[] {
  if (types === undefined) return [{ ...packetNumber, bits: length * 8 }];
  return types.map((type, index) => {
    const bits = type.bits || (lengths?.[index] ?? (types.length === 1 ? length : 4)) * 8;
    const order = types.length === 1 && byteorder === MACHINE_ORDER && type.form !== 'name' ? 'machine' : type.order;
    return { type, bits, order };
  });
}
