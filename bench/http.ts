import { contestantsBy } from './harness/contestants.ts';
import type { Bench, Headline } from './harness/headline.ts';
import { runRounds } from './harness/rounds.ts';
import { numbersFrom } from './harness/stamps.ts';

const requests = 3000;
const perRequest = 'one request';
const perConnection = 'one request and connection';
const loopback = 'node:http on loopback';
const across = 'across two namespaces';

/** HTTP between two namespaces inside one process, over a veth, against Node's own on loopback without namespaces. */
export const http: Headline = {
  id: 'http',
  title: 'HTTP across two namespaces in one process',
  rounds: 7,
  async run({ ground, tools, rounds, progress }: Bench) {
    const contestant = contestantsBy(async (how: string) => {
      await ground.quiet();
      const [kept = Number.NaN, fresh = Number.NaN] = numbersFrom(tools.ours('http', how, String(requests)));
      return { [perRequest]: kept, [perConnection]: fresh };
    });
    const contestants = [
      contestant(loopback, 'reference', 'node'),
      contestant('in one namespace, on its loopback', 'ours', 'loopback'),
      contestant(across, 'ours', 'across'),
    ];
    return {
      unit: 'us',
      compare: 'ratio',
      metrics: [perRequest, perConnection],
      contestants,
      rounds: await runRounds(contestants, rounds, progress),
      baseline: ({ metric }) => ({ contestant: loopback, metric }),
      // 0.9 of the requests per second are 1 / 0.9 of the time per request.
      targets: [
        {
          of: { contestant: across, metric: perRequest },
          against: { contestant: loopback, metric: perRequest },
          atMost: 1.11,
        },
      ],
      missing: [],
      notes: [
        `${requests} GET requests per run, 16 under way at once, over connections that are kept; a third as many with a connection each.`,
      ],
    };
  },
};
