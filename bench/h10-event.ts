import { contestantsBy } from './harness/contestants.ts';
import type { Bench, Headline } from './harness/headline.ts';
import { Peers } from './harness/peers.ts';
import { runRounds } from './harness/rounds.ts';
import { measured } from './harness/stamps.ts';
import { median } from './harness/statistics.ts';

const inARow = 'changes in a row';
const rested = 'after 1 ms of rest';
const changes = '200';

/** H10: how long after a change one hears of it. */
export const h10: Headline = {
  id: 'H10',
  title: 'from a change to the event',
  rounds: 7,
  async run({ ground, tools, rounds, progress }: Bench) {
    const contestant = contestantsBy(async (command: (rest: string) => readonly string[]) => {
      const latency = async (rest: string) => {
        await ground.quiet();
        return median(measured(['unshare', '--net', ...command(rest)]).runs) * 1000;
      };
      return { [inARow]: await latency('0'), [rested]: await latency('1') };
    });
    const floor = (rest: string) => [tools.floor('event'), changes, rest];
    const peers = new Peers(tools).ip((ip) =>
      contestant('ip monitor', 'peer', (rest) => [...floor(rest), ip, 'monitor', 'route']),
    );
    const contestants = [
      contestant('C floor', 'floor', floor),
      contestant('library', 'ours', (rest) => tools.ours('event', changes, rest)),
      contestant('netns ip monitor', 'ours', (rest) => [...floor(rest), tools.netns, 'ip', 'monitor', 'route']),
      ...peers.found,
    ];
    return {
      unit: 'us',
      compare: 'ratio',
      metrics: [inARow, rested],
      contestants,
      rounds: await runRounds(contestants, rounds, progress),
      baseline: ({ metric }) => ({ contestant: 'C floor', metric }),
      targets: [inARow, rested].map((metric) => ({
        of: { contestant: 'library', metric },
        against: { contestant: 'C floor', metric },
        atMost: 3,
      })),
      missing: peers.missing,
      notes: [
        `The median of ${changes} changes of a route. Floor and library make the change and hear of it in one process, so they include the change itself; the others are heard through a pipe. The library is hot: behind 20,000 changes. After a rest the caches of the processor belong to whoever else is at work, which costs the more the more one needs.`,
      ],
    };
  },
};
