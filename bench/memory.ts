import type { Bench, Headline } from './harness/headline.ts';
import { residentMetric as metric, residentContestants, residentNote } from './harness/resident.ts';
import { runRounds } from './harness/rounds.ts';

const empty = { contestant: 'empty Node process', metric };

/** Resident memory of a Node process that holds 1,000 network namespaces open. */
export const memory: Headline = {
  id: 'memory',
  title: 'memory of a process that holds namespaces open',
  rounds: 5,
  async run({ ground, tools, rounds, count, progress }: Bench) {
    const contestant = residentContestants({ ground, tools });
    const holder = `library, ${count} open`;
    const contestants = [
      contestant(empty.contestant, 'reference', ['hold']),
      contestant('library loaded', 'ours', ['hold', '0']),
      contestant(holder, 'ours', ['hold', String(count)]),
    ];
    return {
      unit: 'MB',
      compare: 'difference',
      metrics: [metric],
      contestants,
      rounds: await runRounds(contestants, rounds, progress),
      baseline: () => empty,
      targets: [{ of: { contestant: holder, metric }, against: empty, atMost: 20 }],
      missing: [],
      notes: [residentNote],
    };
  },
};
