import { contestantsBy } from './harness/contestants.ts';
import type { Bench, Headline } from './harness/headline.ts';
import { runRounds } from './harness/rounds.ts';
import { numbersFrom } from './harness/stamps.ts';

const lost = 'events lost';
const unknown = 'unknown in the end';
/** The kernel doubles it, for its own book-keeping. */
const large = String(4 << 20);
const small = String(100_000);

/** H11: a burst of 10,000 changes of routes while nobody reads: how much of it is lost, and is it made good? */
export const h11: Headline = {
  id: 'H11',
  title: 'a burst of route changes that nobody reads in time',
  rounds: 3,
  async run({ ground, tools, rounds, count, progress }: Bench) {
    const n = String(10 * count);
    const contestant = contestantsBy(async (command: readonly string[]) => {
      await ground.quiet();
      const [events = Number.NaN, routes = events] = numbersFrom(['unshare', '--net', ...command]);
      return { [lost]: events, [unknown]: routes };
    });
    const reference = { contestant: 'C, 8 MiB buffer', metric: lost };
    const ours = ['library, 8 MiB buffer', 'library, small buffer'];
    const contestants = [
      contestant(reference.contestant, 'reference', [tools.floor('burst'), n, large]),
      contestant("C, the kernel's default buffer", 'reference', [tools.floor('burst'), n, '0']),
      contestant('library, 8 MiB buffer', 'ours', tools.ours('burst', n, large)),
      contestant('library, small buffer', 'ours', tools.ours('burst', n, small)),
    ];
    return {
      unit: 'routes',
      compare: 'difference',
      metrics: [lost, unknown],
      contestants,
      rounds: await runRounds(contestants, rounds, progress),
      baseline: ({ metric }) => ({ ...reference, metric }),
      targets: [
        { of: { contestant: 'library, 8 MiB buffer', metric: lost }, against: reference, atMost: 0 },
        ...ours.map((contestant) => ({
          of: { contestant, metric: unknown },
          against: { ...reference, metric: unknown },
          atMost: 0,
        })),
      ],
      missing: [],
      notes: [
        `${n} routes made in one go. "Lost" counts those of which no event came, "unknown" those that were not told of at all: the library reads the table again when the kernel had to drop events. A small buffer is twice ${small} bytes; 8 MiB is the library's default.`,
      ],
    };
  },
};
