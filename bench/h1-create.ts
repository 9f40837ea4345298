import { writeFileSync } from 'node:fs';
import { contestantsBy, few } from './harness/contestants.ts';
import { runDirectory } from './harness/ground.ts';
import type { Bench, Headline } from './harness/headline.ts';
import { Peers } from './harness/peers.ts';
import { runRounds } from './harness/rounds.ts';
import { duration, measured } from './harness/stamps.ts';

const metric = 'create';

/** H1: make 1,000 named network namespaces. */
export const h1: Headline = {
  id: 'H1',
  title: 'create named namespaces',
  rounds: 7,
  async run({ ground, tools, rounds, count, progress }: Bench) {
    const contestant = contestantsBy(async (command: readonly string[]) => {
      await ground.clean();
      const span = measured(command);
      ground.expectNames(count);
      return { [metric]: duration(span) };
    });
    const n = String(count);
    const batch = tools.scratch('add.batch');
    writeFileSync(batch, Array.from({ length: count }, (_, i) => `netns add b${i}\n`).join(''));

    const peers = new Peers(tools)
      .go((go) => contestant('Go', 'peer', [go, 'create', n]))
      .ip((ip) => contestant('ip -batch', 'peer', tools.repeat(1, ip, '-batch', batch)))
      .ip((ip) => contestant('ip per call', 'peer', tools.repeat(count, ip, 'netns', 'add', 'b{}'), few(3)))
      .pyroute2((python) =>
        contestant('pyroute2', 'peer', [python, tools.file('peers', 'pyroute2_netns.py'), 'create', n], few(1)),
      );
    const contestants = [
      contestant('C floor', 'floor', [tools.floor('create'), runDirectory, n]),
      contestant('library, createNames', 'ours', tools.ours('create', runDirectory, n)),
      contestant('library, createNamed each', 'ours', tools.ours('create-each', runDirectory, n)),
      contestant('netns ip -batch', 'ours', tools.repeat(1, tools.netns, 'ip', '-batch', batch)),
      ...peers.found,
    ];
    const floor = { contestant: 'C floor', metric };
    return {
      unit: 'ms',
      compare: 'ratio',
      metrics: [metric],
      contestants,
      rounds: await runRounds(contestants, rounds, progress),
      baseline: () => floor,
      targets: [{ of: { contestant: 'library, createNames', metric }, against: floor, atMost: 1.15 }],
      missing: peers.missing,
      notes: [
        `${count} names; commands are timed as whole processes, Node's start included. createNamed makes a child process for each: only there may the new namespace be entered.`,
      ],
    };
  },
};
