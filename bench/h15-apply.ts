import { contestantsBy } from './harness/contestants.ts';
import { runDirectory } from './harness/ground.ts';
import type { Bench, Headline } from './harness/headline.ts';
import { amongHosts } from './harness/hosts.ts';
import { runRounds } from './harness/rounds.ts';
import { median } from './harness/statistics.ts';

const hot = 'hot';
const cold = 'cold';
const hotRuns = 15;

/** H15: apply a document of 200 namespaces that changes nothing. */
export const h15: Headline = {
  id: 'H15',
  title: 'apply a document that changes nothing',
  rounds: 7,
  async run({ ground, tools, rounds, count, progress }: Bench) {
    const namespaces = String(Math.ceil(count / 5));
    const script = contestantsBy(async (what: string) => {
      const command = tools.ours('apply', what, runDirectory, namespaces, String(hotRuns));
      const [first = Number.NaN, ...later] = (await amongHosts({ ground, tools }, namespaces, command)).runs;
      return { [cold]: first, [hot]: median(later) };
    });
    const lists = 'lists, with opening';
    const contestants = [
      script(lists, 'reference', 'lists'),
      script('lists, held open', 'reference', 'held'),
      script('apply', 'ours', 'apply'),
    ];
    return {
      unit: 'ms',
      compare: 'ratio',
      metrics: [hot, cold],
      contestants,
      rounds: await runRounds(contestants, rounds, progress),
      baseline: ({ metric }) => ({ contestant: lists, metric }),
      targets: [{ of: { contestant: 'apply', metric: hot }, against: { contestant: lists, metric: hot }, atMost: 1.5 }],
      missing: [],
      notes: [
        `${namespaces} hosts as H3 makes them, and the bridge that they are on: links, addresses, nexthops, routes, rules and neighbours. apply opens the namespaces each time, as the lists that it is compared with do. The first time of apply comes behind one describe. Cold is the first time in a process, hot the median of the ${hotRuns} times that follow.`,
      ],
    };
  },
};
