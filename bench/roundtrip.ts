import { contestantsBy } from './harness/contestants.ts';
import type { Bench, Headline } from './harness/headline.ts';
import { runRounds } from './harness/rounds.ts';
import { duration, measured } from './harness/stamps.ts';

const metric = 'GETLINK lo';
const count = 20_000;
/** V8 has compiled everything when a process has asked some 20,000 times. */
const warmUp = 40_000;

/** A netlink round trip: ask for the loopback link, one request at a time, inside a running process. */
export const roundtrip: Headline = {
  id: 'roundtrip',
  title: 'one netlink request and its answer',
  rounds: 9,
  async run({ ground, tools, rounds, progress }: Bench) {
    const contestant = contestantsBy(async (command: readonly string[]) => {
      await ground.quiet();
      return { [metric]: (duration(measured(command)) * 1000) / count };
    });
    const ours = (how: string, what: string, before = warmUp) =>
      tools.ours('roundtrip', how, what, String(count), String(before));
    const contestants = [
      contestant('raw socket in C', 'floor', [tools.floor('getlink'), String(count)]),
      contestant('library, synchronous', 'ours', ours('sync', 'raw')),
      contestant('library, await', 'ours', ours('await', 'raw')),
      contestant('synchronous, decoded', 'ours', ours('sync', 'decoded')),
      contestant('await, decoded', 'ours', ours('await', 'decoded')),
      contestant('synchronous, cold', 'ours', ours('sync', 'raw', 0)),
      contestant('await, cold', 'ours', ours('await', 'raw', 0)),
    ];
    const floor = { contestant: 'raw socket in C', metric };
    return {
      unit: 'us',
      compare: 'ratio',
      metrics: [metric],
      contestants,
      rounds: await runRounds(contestants, rounds, progress),
      baseline: () => floor,
      targets: ['library, synchronous', 'library, await'].map((contestant) => ({
        of: { contestant, metric },
        against: floor,
        atMost: 1.5,
      })),
      missing: [],
      notes: [
        `${count} requests per run, hot: in a process that has asked ${warmUp} times before. "Cold" are the first ones of a process, most of which V8 interprets.`,
        'The request is encoded anew each time; "decoded" also turns the answer, some 60 attributes, into an object.',
      ],
    };
  },
};
