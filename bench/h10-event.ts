import { contestantsBy } from './harness/contestants.ts';
import type { Bench, Headline } from './harness/headline.ts';
import { Peers } from './harness/peers.ts';
import { runRounds } from './harness/rounds.ts';
import { measured } from './harness/stamps.ts';
import { median } from './harness/statistics.ts';

const metric = 'change to event';
const changes = '200';

/** H10: how long after a change one hears of it. */
export const h10: Headline = {
  id: 'H10',
  title: 'from a change to the event',
  rounds: 7,
  async run({ ground, tools, rounds, progress }: Bench) {
    const contestant = contestantsBy(async (command: readonly string[]) => {
      await ground.quiet();
      return { [metric]: median(measured(['unshare', '--net', ...command]).runs) * 1000 };
    });
    const peers = new Peers(tools).ip((ip) =>
      contestant('ip monitor', 'peer', [tools.floor('event'), changes, ip, 'monitor', 'route']),
    );
    const contestants = [
      contestant('C floor', 'floor', [tools.floor('event'), changes]),
      contestant('library', 'ours', tools.ours('event', changes)),
      contestant('netns ip monitor', 'ours', [tools.floor('event'), changes, tools.netns, 'ip', 'monitor', 'route']),
      ...peers.found,
    ];
    const floor = { contestant: 'C floor', metric };
    return {
      unit: 'us',
      compare: 'ratio',
      metrics: [metric],
      contestants,
      rounds: await runRounds(contestants, rounds, progress),
      baseline: () => floor,
      targets: [{ of: { contestant: 'library', metric }, against: floor, atMost: 3 }],
      missing: peers.missing,
      notes: [
        `The median of ${changes} changes of a route. Floor and library make the change and hear of it in one process, so they include the change itself; the others are heard through a pipe.`,
      ],
    };
  },
};
