import { join } from 'node:path';
import { contestantsBy } from './harness/contestants.ts';
import { runDirectory } from './harness/ground.ts';
import type { Bench, Headline, Sample } from './harness/headline.ts';
import { Peers } from './harness/peers.ts';
import { runRounds } from './harness/rounds.ts';
import { measured } from './harness/stamps.ts';
import { median } from './harness/statistics.ts';

const hot = 'hot';
const cold = 'cold';
const hotRuns = 5;

/** H14: list 10,000 TCP sockets with the processes that have them. */
export const h14: Headline = {
  id: 'H14',
  title: 'list many sockets with their processes',
  rounds: 7,
  async run({ ground, tools, rounds, count, progress }: Bench) {
    const sockets = 10 * count;
    const path = join(runDirectory, 'b0');
    const script = contestantsBy((words: readonly string[]) => {
      const [first = Number.NaN, ...later] = measured(words).runs;
      return { [cold]: first, [hot]: median(later) };
    });
    const command = contestantsBy((words: readonly string[]) => {
      const [taken = Number.NaN] = measured([tools.floor('enter'), path, ...tools.repeat(1, ...words)]).runs;
      return { [cold]: taken, [hot]: taken };
    });
    const peers = new Peers(tools).ss((ss) => command('ss -tanp', 'peer', [ss, '-tanp']));
    const contestants = [
      script('library', 'ours', tools.ours('sockets', path, String(sockets), String(hotRuns))),
      command('netns sockets -tanp', 'ours', [tools.netns, 'sockets', '-tanp']),
      ...peers.found,
    ];
    let samples: Record<string, Sample>[] = [];
    await ground.populated(1);
    await ground.holding([tools.floor('sockets'), runDirectory, String(sockets)], async () => {
      samples = await runRounds(contestants, rounds, progress);
    });
    return {
      unit: 'ms',
      compare: 'ratio',
      metrics: [hot, cold],
      contestants,
      rounds: samples,
      baseline: ({ metric }) => ({ contestant: 'ss -tanp', metric }),
      targets: peers.found.map(({ name }) => ({
        of: { contestant: 'library', metric: hot },
        against: { contestant: name, metric: hot },
        atMost: 1,
      })),
      missing: peers.missing,
      notes: [
        `${sockets} TCP sockets, connected in pairs over loopback, in processes of 500 each. Cold is the first time in a process, hot the median of the ${hotRuns} times that follow. Commands are whole processes, once each.`,
      ],
    };
  },
};
