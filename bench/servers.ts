import type { Bench, Contestant, Headline } from './harness/headline.ts';
import { residentMetric as metric, residentContestants, residentNote } from './harness/resident.ts';
import { runRounds } from './harness/rounds.ts';

const nothing = { contestant: 'nothing', metric };
const count = 500;
const limit = 300;

/** Resident memory of one Node process with 500 HTTP servers on port 80 of 500 namespaces, each of which has answered. */
export const servers: Headline = {
  id: 'servers',
  title: `memory of ${count} HTTP servers in ${count} namespaces`,
  rounds: 3,
  async run({ ground, tools, rounds, progress }: Bench) {
    const name = `${count} servers`;
    const contestants: Contestant[] = [
      { name: nothing.contestant, role: 'reference', run: async () => ({ [metric]: 0 }) },
      residentContestants({ ground, tools })(name, 'ours', ['servers', String(count)]),
    ];
    return {
      unit: 'MB',
      compare: 'difference',
      metrics: [metric],
      contestants,
      rounds: await runRounds(contestants, rounds, progress),
      baseline: () => nothing,
      targets: [{ of: { contestant: name, metric }, against: nothing, atMost: limit }],
      missing: [],
      notes: [residentNote],
    };
  },
};
