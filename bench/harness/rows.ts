import type { Cell, Results, Role, Target } from './headline.ts';
import { type Summary, summarise } from './statistics.ts';

/** One line of the printed table. */
export interface Row {
  readonly metric: string;
  readonly contestant: string;
  readonly role: Role;
  readonly value: Summary;
  /** Against the baseline, pair by pair within rounds; absent on the baseline's own row. */
  readonly comparison: Summary | undefined;
  readonly verdicts: readonly Verdict[];
}

export interface Verdict {
  readonly target: Target;
  readonly measured: Summary;
  readonly met: boolean;
}

/** Numbers to table rows. Pure. */
export function rowsOf(results: Results): Row[] {
  return results.metrics.flatMap((metric) =>
    results.contestants.flatMap(({ name, role }): Row[] => {
      const cell = { contestant: name, metric };
      const value = summarise(results.rounds.flatMap((_, round) => numberIn(results, cell, round) ?? []));
      if (value.count === 0) return [];
      const baseline = results.baseline(cell);
      return [
        {
          metric,
          contestant: name,
          role,
          value,
          comparison: same(cell, baseline) ? undefined : comparisonWith(results, cell, baseline),
          verdicts: results.targets.filter(({ of }) => same(of, cell)).map((target) => judge(results, target)),
        },
      ];
    }),
  );
}

/** Undefined where the baseline did not take part. */
function comparisonWith(results: Results, cell: Cell, baseline: Cell): Summary | undefined {
  const comparison = compare(results, cell, baseline);
  return comparison.count === 0 ? undefined : comparison;
}

function judge(results: Results, target: Target): Verdict {
  const measured = compare(results, target.of, target.against);
  return { target, measured, met: measured.median <= target.atMost };
}

/** The ratio (or difference) is taken within each round that both took part in, and only then is the median taken. */
function compare(results: Results, cell: Cell, baseline: Cell): Summary {
  return summarise(
    results.rounds.flatMap((_, round) => {
      const value = numberIn(results, cell, round);
      const base = numberIn(results, baseline, round);
      if (value === undefined || base === undefined) return [];
      return results.compare === 'ratio' ? value / base : value - base;
    }),
  );
}

function numberIn(results: Results, cell: Cell, round: number): number | undefined {
  return results.rounds[round]?.[cell.contestant]?.[cell.metric];
}

function same(a: Cell, b: Cell): boolean {
  return a.contestant === b.contestant && a.metric === b.metric;
}
