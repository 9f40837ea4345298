import { contestantsBy, few } from './harness/contestants.ts';
import type { Bench, Headline, Sample } from './harness/headline.ts';
import { behindHosts } from './harness/hosts.ts';
import { Peers } from './harness/peers.ts';
import { runRounds } from './harness/rounds.ts';
import { measured } from './harness/stamps.ts';
import { median } from './harness/statistics.ts';

const hotRuns = 3;
/** What "grows with the number" may cost beyond that. */
const tolerance = 1.2;

/** H16: links and addresses of 100, 1,000 and 5,000 namespaces, and the other end of each veth. */
export const h16: Headline = {
  id: 'H16',
  title: 'links and addresses of all namespaces, with the other ends',
  rounds: 5,
  async run(bench: Bench) {
    const { ground, tools, rounds, count, progress } = bench;
    const sizes = [Math.ceil(count / 10), count, 5 * count];
    const ipEach = 'ip -all netns exec ip -j -d addr';
    const missing: string[] = [];
    const bySize: { size: number; samples: readonly Record<string, Sample>[] }[] = [];
    for (const size of sizes) {
      const { hot, cold } = metricsOf(size);
      const script = contestantsBy((words: readonly string[]) => {
        const [first = Number.NaN, ...later] = measured(words).runs;
        return { [cold]: first, [hot]: median(later) };
      });
      const command = contestantsBy((words: readonly string[]) => {
        const [taken = Number.NaN] = measured(tools.repeat(1, ...words)).runs;
        return { [cold]: taken, [hot]: taken };
      });
      const peers = new Peers(tools);
      // Beyond that it takes more than a minute, and says nothing new.
      if (size <= count)
        peers.ip((ip) => command(ipEach, 'peer', [ip, '-all', 'netns', 'exec', ip, '-j', '-d', 'addr'], few(2)));
      missing.push(...peers.missing);
      const contestants = [
        script('library', 'ours', tools.ours('topology', String(size), String(hotRuns))),
        command('netns graph --json', 'ours', [tools.netns, 'graph', '--json']),
        ...peers.found,
      ];
      await ground.clean();
      const hosts = behindHosts(bench, String(size), ['sh', '-c', 'echo ready; read end']);
      await ground.holding(hosts, async () => {
        const samples = await runRounds(contestants, rounds, (text) => progress(text && `${size} namespaces, ${text}`));
        bySize.push({ size, samples });
      });
    }
    const metrics = sizes.flatMap((size) => Object.values(metricsOf(size)));
    const hot = (size: number) => ({ contestant: 'library', metric: metricsOf(size).hot });
    return {
      unit: 'ms',
      compare: 'ratio',
      metrics,
      contestants: [
        { name: 'library', role: 'ours' },
        { name: 'netns graph --json', role: 'ours' },
        { name: ipEach, role: 'peer' },
      ],
      rounds: Array.from({ length: rounds }, (_, round) => merged(bySize.map(({ samples }) => samples[round] ?? {}))),
      baseline: ({ metric }) => ({ contestant: ipEach, metric }),
      targets: [
        ...(missing.length > 0 ? [] : ['library', 'netns graph --json']).map((contestant) => ({
          of: { contestant, metric: metricsOf(count).hot },
          against: { contestant: ipEach, metric: metricsOf(count).hot },
          atMost: 0.1,
        })),
        ...sizes.slice(1).map((size, index) => {
          const smaller = sizes[index] ?? size;
          return { of: hot(size), against: hot(smaller), atMost: (tolerance * size) / smaller };
        }),
      ],
      missing: [...new Set(missing)],
      notes: [
        `Hosts as H3 makes them: for each an end of a veth in its namespace, and the other at the bridge. Cold is the first time in a process, hot the median of the ${hotRuns} times that follow. Commands are whole processes, once each; ip does not tell of other ends, and is not asked about the most namespaces. The other target of the library is that its work grows with the number of namespaces, and no faster.`,
      ],
    };
  },
};

function metricsOf(size: number) {
  return { hot: `${size} namespaces, hot`, cold: `${size} namespaces, cold` };
}

/** The samples of one round, of each contestant in all sizes. */
function merged(samples: readonly Record<string, Sample>[]): Record<string, Sample> {
  const all: Record<string, Sample> = {};
  for (const each of samples) {
    for (const [contestant, sample] of Object.entries(each)) all[contestant] = { ...all[contestant], ...sample };
  }
  return all;
}
