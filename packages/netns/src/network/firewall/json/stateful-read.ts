import type { NftStatefulExpressionInput } from '../../../netlink/families/netfilter/expressions.ts';
import { booleanAt, checkKeys, countAt, integerAt, isObject, objectAt, optional, wordAt } from './checked.ts';
import { fault, type Path } from './fault.ts';
import { sizeUnits, timeUnits } from './units.ts';

const units = Object.fromEntries(sizeUnits.map((unit, power) => [unit, 1024n ** BigInt(power)]));
const rateUnits: Readonly<Record<string, bigint>> = { packets: 0n, ...units };

/** Statements that count or measure: the kernel's expression for one; undefined for other statements. */
export function readStateful(kind: string, json: unknown, path: Path): NftStatefulExpressionInput | undefined {
  switch (kind) {
    case 'counter': {
      if (json === null) return { kind: 'counter', data: { bytes: 0n, packets: 0n } };
      const counter = objectAt(json, path);
      checkKeys(counter, ['packets', 'bytes'], path);
      return {
        kind: 'counter',
        data: {
          bytes: optional(counter.bytes, countAt, path.at('bytes')) ?? 0n,
          packets: optional(counter.packets, countAt, path.at('packets')) ?? 0n,
        },
      };
    }
    case 'limit':
      return { kind: 'limit', data: readLimit(json, path) };
    case 'quota': {
      const quota = objectAt(json, path);
      checkKeys(quota, ['val', 'val_unit', 'used', 'used_unit', 'inv'], path);
      return {
        kind: 'quota',
        data: {
          bytes: sizeAt(quota.val, quota.val_unit, path.at('val')),
          flags: optional(quota.inv, booleanAt, path.at('inv')) ? 1 : 0,
          consumed: quota.used === undefined ? 0n : sizeAt(quota.used, quota.used_unit, path.at('used')),
        },
      };
    }
    case 'ct count': {
      const count = objectAt(json, path);
      checkKeys(count, ['val', 'inv'], path);
      return {
        kind: 'connlimit',
        data: {
          count: integerAt(count.val, path.at('val')),
          flags: optional(count.inv, booleanAt, path.at('inv')) ? 1 : 0,
        },
      };
    }
    case 'last':
      return { kind: 'last', data: isObject(json) ? { set: 1, msecs: countAt(json.used, path.at('used')) } : {} };
    default:
      return undefined;
  }
}

function sizeAt(value: unknown, unit: unknown, path: Path): bigint {
  const bytes = countAt(value, path) * (unit === undefined ? 1n : wordAt(unit, units, 'unit', path));
  if (bytes >= 1n << 64n) throw fault(path, value, 'is too large');
  return bytes;
}

/** What `nft` takes for a burst that is not given, in packets. */
const USUAL_BURST = 5;

/** A limit, of a statement or an object. */
export function readLimit(json: unknown, path: Path) {
  const limit = objectAt(json, path);
  const { rate, rate_unit, per, burst, burst_unit, unit } = limit;
  const size = rate_unit ?? unit ?? 'packets';
  const rateIn = wordAt(size, rateUnits, 'unit', path.at('rate_unit'));
  const inBytes = rateIn !== 0n;
  const burstBytes = burst === undefined ? 0n : countAt(burst, path.at('burst'));
  const burstIn = inBytes && burst_unit !== undefined ? wordAt(burst_unit, units, 'unit', path.at('burst_unit')) : 1n;
  const bursts = burstBytes * burstIn;
  if (bursts > 0xffffffffn) throw fault(path.at('burst'), burst, 'is too large');
  const perSeconds = per === undefined ? 1 : wordAt(per, timeUnits, 'time', path.at('per'));
  return {
    rate: inBytes ? sizeAt(rate, size, path.at('rate')) : countAt(rate, path.at('rate')),
    unit: BigInt(perSeconds),
    burst: burst === undefined && !inBytes ? USUAL_BURST : Number(bursts),
    type: inBytes ? 1 : 0,
    flags: optional(limit.inv, booleanAt, path.at('inv')) ? 1 : 0,
  };
}
