import { join } from 'node:path';
import { contestantsBy } from './harness/contestants.ts';
import { runDirectory } from './harness/ground.ts';
import type { Bench, Headline, Sample } from './harness/headline.ts';
import { Peers } from './harness/peers.ts';
import { runRounds } from './harness/rounds.ts';
import { measured } from './harness/stamps.ts';
import { median } from './harness/statistics.ts';

const runsPerTurn = 20;

/** H4: run `true` in a named network namespace: one command, from the shell's point of view. */
export const h4: Headline = {
  id: 'H4',
  title: 'run one command in a namespace',
  rounds: 9,
  async run({ ground, tools, rounds, count, progress }: Bench) {
    const sizes = [1, count];
    let metric = '';
    const contestant = contestantsBy((command: readonly string[]) => ({
      [metric]: median(measured(tools.repeat(runsPerTurn, ...command)).runs),
    }));
    const name = 'b0';
    const path = join(runDirectory, name);

    const peers = new Peers(tools)
      .nsenter((nsenter) => contestant('nsenter', 'peer', [nsenter, `--net=${path}`, 'true']))
      .ip((ip) => contestant('ip netns exec', 'peer', [ip, 'netns', 'exec', name, 'true']))
      .unshare((unshare) => contestant('unshare -n', 'peer', [unshare, '-n', 'true']));
    const ours = (words: string, ...more: string[]) =>
      contestant(`netns ${words}`, 'ours', [tools.netns, ...words.split(' '), ...more, 'true']);
    const contestants = [
      contestant('C floor', 'floor', [tools.floor('enter'), path, 'true']),
      contestant('true alone', 'reference', ['true']),
      ours('exec', name),
      ours('ip netns exec', name),
      ours('exec --no-mounts', name),
      ours('nsenter', `--net=${path}`),
      ours('unshare -n'),
      ...peers.found,
    ];

    const samples: Record<string, Sample>[] = Array.from({ length: rounds }, () => ({}));
    for (const size of sizes) {
      metric = metricOf(size);
      await ground.populated(size);
      const bySize = await runRounds(contestants, rounds, progress);
      for (const [round, all] of samples.entries()) {
        for (const [who, sample] of Object.entries(bySize[round] ?? {})) all[who] = { ...all[who], ...sample };
      }
    }
    const metrics = sizes.map(metricOf);
    const atMost = (ours: string, peer: string) =>
      metrics.map((metric) => ({
        of: { contestant: ours, metric },
        against: { contestant: peer, metric },
        atMost: 1,
      }));
    return {
      unit: 'ms',
      compare: 'ratio',
      metrics,
      contestants,
      rounds: samples,
      baseline: ({ metric }) => ({ contestant: 'C floor', metric }),
      targets: [
        ...atMost('netns exec', 'ip netns exec'),
        ...atMost('netns ip netns exec', 'ip netns exec'),
        ...atMost('netns exec --no-mounts', 'nsenter'),
        ...atMost('netns nsenter', 'nsenter'),
        ...atMost('netns unshare -n', 'unshare -n'),
      ],
      missing: peers.missing,
      notes: [`Each run is a whole process; a round's value is the median of ${runsPerTurn} runs in a row.`],
    };
  },
};

function metricOf(size: number): string {
  return size === 1 ? 'with 1 name' : `with ${size} names`;
}
