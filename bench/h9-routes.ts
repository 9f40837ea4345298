import { writeFileSync } from 'node:fs';
import { contestantsBy, few } from './harness/contestants.ts';
import type { Bench, Headline } from './harness/headline.ts';
import { Peers } from './harness/peers.ts';
import { runRounds } from './harness/rounds.ts';
import { duration, measured } from './harness/stamps.ts';
import { settled } from './harness/statistics.ts';
import type { Tools } from './harness/tools.ts';

const device = 'v0';
const hotRuns = 40;

/** Runs a command in a network namespace of its own that has the device v0, and routes of its own for `count`. */
function besideDevice(tools: Tools, command: readonly string[]): string[] {
  const prepare = `"$0" routes 0 >&2 && exec "$@"`;
  return ['unshare', '--net', 'sh', '-c', prepare, tools.floor('fill'), ...command];
}

/** H9: make 10,000 routes. */
export const h9: Headline = {
  id: 'H9',
  title: 'add routes',
  rounds: 7,
  async run({ ground, tools, rounds, count, progress }: Bench) {
    const many = 10 * count;
    const n = String(many);
    const cold = `${many} routes, cold`;
    const hot = `${many} routes, hot`;
    const once = contestantsBy(async (command: readonly string[]) => {
      await ground.settle();
      const spent = duration(measured(command));
      return { [cold]: spent, [hot]: spent };
    });
    const again = contestantsBy(async (command: readonly string[]) => {
      await ground.settle();
      const [first = Number.NaN, ...later] = measured(command).runs;
      return { [cold]: first, [hot]: settled(later) };
    });
    const batch = tools.scratch('routes.batch');
    const line = (i: number) => `route add 10.${i >> 8}.${i & 255}.0/24 dev ${device}\n`;
    writeFileSync(batch, Array.from({ length: many }, (_, i) => line(i)).join(''));
    const pyroute2 = tools.file('peers', 'pyroute2_network.py');

    const peers = new Peers(tools)
      .goNetwork((go) => once('Go', 'peer', besideDevice(tools, [go, 'add-routes', device, n])))
      .ip((ip) => once('ip -batch', 'peer', besideDevice(tools, tools.repeat(1, ip, '-batch', batch))))
      .pyroute2((python) =>
        once('pyroute2', 'peer', besideDevice(tools, [python, pyroute2, 'add-routes', device, n]), few(2)),
      );
    const ours = (how: string) => besideDevice(tools, tools.ours('add-routes', device, n, String(1 + hotRuns), how));
    const contestants = [
      once('C floor', 'floor', ['unshare', '--net', tools.floor('fill'), 'routes', n]),
      again('library, addAll', 'ours', ours('all')),
      again('library, add each', 'ours', ours('each')),
      once('netns ip -batch', 'ours', besideDevice(tools, tools.repeat(1, tools.netns, 'ip', '-batch', batch))),
      ...peers.found,
    ];
    const metrics = [hot, cold];
    return {
      unit: 'ms',
      compare: 'ratio',
      metrics,
      contestants,
      rounds: await runRounds(contestants, rounds, progress),
      baseline: ({ metric }) => ({ contestant: 'C floor', metric }),
      targets: [
        {
          of: { contestant: 'library, addAll', metric: hot },
          against: { contestant: 'C floor', metric: hot },
          atMost: 1.3,
        },
      ],
      missing: peers.missing,
      notes: [
        `The library is asked for all at once, by the name of the device: with one call, or with one for each and a promise each, which is a kilobyte for V8's collector to look through. Cold is the first time in a process, hot the median of ${hotRuns / 2} times behind as many, 50 ms after the routes of the time before were deleted; the others run once in a process. Commands are timed as whole processes.`,
      ],
    };
  },
};
