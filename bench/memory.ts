import type { Bench, Contestant, Headline, Role } from './harness/headline.ts';
import { runRounds } from './harness/rounds.ts';
import { numbersFrom } from './harness/stamps.ts';

const metric = 'resident memory';
const empty = { contestant: 'empty Node process', metric };

/** Resident memory of a Node process that holds 1,000 network namespaces open. */
export const memory: Headline = {
  id: 'memory',
  title: 'memory of a process that holds namespaces open',
  rounds: 5,
  async run({ ground, tools, rounds, count, progress }: Bench) {
    const contestant = (name: string, role: Role, held: string[]): Contestant => ({
      name,
      role,
      run: async () => {
        await ground.settle();
        const [bytes = Number.NaN] = numbersFrom(tools.ours('hold', ...held));
        return { [metric]: bytes / 1e6 };
      },
    });
    const holder = `library, ${count} open`;
    const contestants = [
      contestant(empty.contestant, 'reference', []),
      contestant('library loaded', 'ours', ['0']),
      contestant(holder, 'ours', [String(count)]),
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
      notes: ['VmRSS as the kernel counts it, without asking for a garbage collection. 1 MB = 1,000,000 bytes.'],
    };
  },
};
