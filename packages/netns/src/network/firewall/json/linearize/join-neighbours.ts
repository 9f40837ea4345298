import type { NftExpressionInput } from '../../../../netlink/families/netfilter/expressions.ts';
import { equals, REGISTER } from './writer.ts';

/** Expressions that belong together; `equal` is a comparison that can be joined with its neighbours. */
export interface Unit {
  expressions: NftExpressionInput[];
  equal?: { base: number; offset: number; bytes: Uint8Array };
}

/** Comparisons of bytes that are side by side are one, as long as the machine does not compare faster one by one. */
export function joinNeighbours(units: readonly Unit[]): Unit[] {
  const result: Unit[] = [];
  let run: Unit[] = [];
  const end = () => {
    result.push(...joinRun(run));
    run = [];
  };
  for (const unit of units) {
    if (unit.equal !== undefined) run.push(unit);
    else {
      end();
      result.push(unit);
    }
  }
  end();
  return result;
}

function joinRun(run: readonly Unit[]): Unit[] {
  if (run.length < 2) return [...run];
  const sorted = [...run].sort(
    (a, b) => (a.equal?.base ?? 0) - (b.equal?.base ?? 0) || (a.equal?.offset ?? 0) - (b.equal?.offset ?? 0),
  );
  const gone = new Set<Unit>();
  const joined = new Map<Unit, Unit>();
  let first = sorted[0] as Unit;
  let current = first.equal as NonNullable<Unit['equal']>;
  for (const unit of sorted.slice(1)) {
    const next = unit.equal as NonNullable<Unit['equal']>;
    const touches = next.base === current.base && next.offset === current.offset + current.bytes.length;
    const together = current.bytes.length + next.bytes.length;
    if (touches && together <= REGISTER && current.bytes.length % 4 !== 0) {
      const bytes = new Uint8Array(together);
      bytes.set(current.bytes);
      bytes.set(next.bytes, current.bytes.length);
      current = { ...current, bytes };
      gone.add(unit);
      const { base, offset } = current;
      joined.set(first, {
        expressions: [{ kind: 'payload', data: { dreg: 1, base, offset, len: together } }, equals(1, bytes)],
      });
    } else {
      first = unit;
      current = next;
    }
  }
  return run.filter((unit) => !gone.has(unit)).map((unit) => joined.get(unit) ?? unit);
}
