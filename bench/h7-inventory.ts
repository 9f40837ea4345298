import { writeFileSync } from 'node:fs';
import { contestantsBy, few } from './harness/contestants.ts';
import { runDirectory } from './harness/ground.ts';
import type { Bench, Headline } from './harness/headline.ts';
import { amongHosts } from './harness/hosts.ts';
import { Peers } from './harness/peers.ts';
import { runRounds } from './harness/rounds.ts';
import { duration } from './harness/stamps.ts';
import { settled } from './harness/statistics.ts';

const cold = 'with opening them, cold';
const first = 'with opening them';
const again = 'again';
const runs = 40;

/** H7: links, addresses, routes and neighbours of 1,000 hosts. */
export const h7: Headline = {
  id: 'H7',
  title: 'read the networks of many namespaces',
  rounds: 5,
  async run({ ground, tools, rounds, count, progress }: Bench) {
    const n = String(count);
    const inside = contestantsBy(async (command: readonly string[]) => {
      const all = (await amongHosts({ ground, tools }, n, command)).runs;
      return {
        [cold]: all[0] ?? Number.NaN,
        [first]: settled(all.slice(0, runs)),
        [again]: settled(all.slice(runs)),
      };
    });
    const whole = contestantsBy(async (command: readonly string[]) => {
      const spent = duration(await amongHosts({ ground, tools }, n, command));
      return { [cold]: spent, [first]: spent };
    });
    const batch = tools.scratch('inventory.batch');
    writeFileSync(batch, 'link\naddress\nroute show table all\nneighbour\n');
    const peers = new Peers(tools).ip((ip) =>
      whole('ip -n NAME -batch each', 'peer', tools.repeat(count, ip, '-n', 'b{}', '-j', '-batch', batch), few(2)),
    );
    const contestants = [
      inside('C floor', 'floor', [tools.floor('inventory'), runDirectory, n, String(runs)]),
      inside('library', 'ours', tools.ours('inventory', runDirectory, n, String(runs))),
      ...peers.found,
    ];
    return {
      unit: 'ms',
      compare: 'ratio',
      metrics: [first, again, cold],
      contestants,
      rounds: await runRounds(contestants, rounds, progress),
      baseline: ({ metric }) => ({ contestant: 'C floor', metric }),
      targets: [first, again].map((metric) => ({
        of: { contestant: 'library', metric },
        against: { contestant: 'C floor', metric },
        atMost: 2,
      })),
      missing: peers.missing,
      notes: [
        `${n} hosts as H3 makes them, but their bridge stays down: they would greet each other by IPv6. The floor receives and looks at nothing; the library makes objects of all. Each is the median of ${runs / 2} times behind as many, in one process; "again" is over the same sockets, "cold" the first time in a process. ip is timed as whole processes.`,
      ],
    };
  },
};
