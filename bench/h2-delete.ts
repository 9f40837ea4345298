import { setTimeout as sleep } from 'node:timers/promises';
import { contestantsBy, few } from './harness/contestants.ts';
import { runDirectory } from './harness/ground.ts';
import type { Bench, Headline } from './harness/headline.ts';
import { Peers } from './harness/peers.ts';
import { runRounds } from './harness/rounds.ts';
import { measured } from './harness/stamps.ts';

const returned = 'until the call returns';
const finished = 'until the kernel has finished';

/**
 * What the kernel frees behind the creation of so many namespaces it does tens of milliseconds later, in nobody's name: a program that
 * starts at once would be done before, one that takes as long to start as Node would be in the midst of it.
 */
const afterCreation = 500;

/**
 * H2: delete 1,000 named network namespaces. Deleting a name is quick; the kernel takes the namespaces apart later, on
 * its own thread, and keeps others from configuring links meanwhile. So there are two ends (floor/gone.c tells how the
 * second is seen).
 */
export const h2: Headline = {
  id: 'H2',
  title: 'delete named namespaces',
  rounds: 7,
  async run({ ground, tools, rounds, count, progress }: Bench) {
    const contestant = contestantsBy(async (command: readonly string[]) => {
      await ground.populated(count);
      await sleep(afterCreation);
      const destruction = await ground.watchDestruction();
      const { start, end } = measured(command);
      const gone = await destruction.finished();
      ground.expectNames(0);
      return { [returned]: end - start, [finished]: gone - start };
    });
    const n = String(count);

    const peers = new Peers(tools)
      .go((go) => contestant('Go', 'peer', [go, 'delete', n]))
      .ip((ip) => contestant('ip -all netns delete', 'peer', tools.repeat(1, ip, '-all', 'netns', 'delete')))
      .ip((ip) => contestant('ip per call', 'peer', tools.repeat(count, ip, 'netns', 'delete', 'b{}'), few(3)))
      .pyroute2((python) =>
        contestant('pyroute2', 'peer', [python, tools.file('peers', 'pyroute2_netns.py'), 'delete', n], few(1)),
      );
    const contestants = [
      contestant('C floor', 'floor', [tools.floor('delete'), runDirectory, n]),
      contestant('C, one umount of all', 'reference', [tools.floor('delete'), runDirectory, 'all']),
      contestant('library, cold', 'ours', tools.ours('delete', runDirectory, n)),
      contestant('library', 'ours', tools.ours('delete', runDirectory, n, 'b', '1')),
      contestant('netns ip -all netns delete', 'ours', tools.repeat(1, tools.netns, 'ip', '-all', 'netns', 'delete')),
      ...peers.found,
    ];
    const metrics = [returned, finished];
    return {
      unit: 'ms',
      compare: 'ratio',
      metrics,
      contestants,
      rounds: await runRounds(contestants, rounds, progress),
      baseline: ({ metric }) => ({ contestant: 'C floor', metric }),
      targets: metrics.map((metric) => ({
        of: { contestant: 'library', metric },
        against: { contestant: 'C floor', metric },
        atMost: 1.3,
      })),
      missing: peers.missing,
      notes: [
        `${count} names; commands are timed as whole processes, Node's start included. The target is for a process that has removed one name before; "cold" is the first call of a process. All begin half a second after the names were made.`,
      ],
    };
  },
};
