import { join } from 'node:path';
import { contestantsBy } from './harness/contestants.ts';
import { runDirectory } from './harness/ground.ts';
import type { Bench, Headline } from './harness/headline.ts';
import { Peers } from './harness/peers.ts';
import { runRounds } from './harness/rounds.ts';
import { measured } from './harness/stamps.ts';
import { median } from './harness/statistics.ts';

const hotRuns = 5;

/** H18: read all sysctls of a namespace, and all that its protocols count. */
export const h18: Headline = {
  id: 'H18',
  title: 'read settings and counters',
  rounds: 7,
  async run({ ground, tools, rounds, progress }: Bench) {
    const path = join(runDirectory, 'b0');
    const script = contestantsBy(() => {
      const taken = (what: string) => {
        const [first = Number.NaN, ...later] = measured(tools.ours('settings', path, String(hotRuns), what)).runs;
        return { [`${what}, cold`]: first, [`${what}, hot`]: median(later) };
      };
      return { ...taken('sysctls'), ...taken('counters') };
    });
    const process = (words: readonly string[]) => {
      const [taken = Number.NaN] = measured([tools.floor('enter'), path, ...tools.repeat(1, ...words)]).runs;
      return taken;
    };
    const commands = contestantsBy(
      (each: { readonly sysctls?: readonly string[]; readonly counters?: readonly string[] }) =>
        Object.fromEntries(
          Object.entries(each).flatMap(([what, words]) => {
            const taken = process(words);
            return [`${what}, hot`, `${what}, cold`].map((metric) => [metric, taken] as const);
          }),
        ),
    );
    const peers = new Peers(tools)
      .sysctl((sysctl) => commands('sysctl -a', 'peer', { sysctls: [sysctl, '-a', '-r', '^net[.]'] }))
      .nstat((nstat) => commands('nstat -asz', 'peer', { counters: [nstat, '-asz'] }));
    const contestants = [
      script('library', 'ours', undefined),
      commands('netns sysctl, netns stats', 'ours', {
        sysctls: [tools.netns, 'sysctl', 'b0', '--all'],
        counters: [tools.netns, 'stats', 'b0', '--zero'],
      }),
      ...peers.found,
    ];
    await ground.populated(1);
    const metrics = ['sysctls, hot', 'sysctls, cold', 'counters, hot', 'counters, cold'];
    const against = (metric: string) => (metric.startsWith('sysctls') ? 'sysctl -a' : 'nstat -asz');
    return {
      unit: 'ms',
      compare: 'ratio',
      metrics,
      contestants,
      rounds: await runRounds(contestants, rounds, progress),
      baseline: ({ metric }) => ({ contestant: against(metric), metric }),
      targets: peers.found.flatMap(({ name }) => {
        const metric = 'counters, hot';
        const target = { of: { contestant: 'library', metric }, against: { contestant: name, metric }, atMost: 1 };
        return name === against(metric) ? [target] : [];
      }),
      missing: peers.missing,
      notes: [
        `All sysctls below net, with their values, and all counters of the protocols. Cold is the first time in a process, hot the median of the ${hotRuns} times that follow. Commands are whole processes, once each.`,
      ],
    };
  },
};
