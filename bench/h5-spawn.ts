import { contestantsBy, few } from './harness/contestants.ts';
import { runDirectory } from './harness/ground.ts';
import type { Bench, Headline } from './harness/headline.ts';
import { Peers } from './harness/peers.ts';
import { runRounds } from './harness/rounds.ts';
import { duration, measured } from './harness/stamps.ts';

const flights = [1, 16];
const sizes = [50, 1000];
const program = '/bin/true';
/** After so many V8 has compiled what it takes to start one. */
const warmUp = 3000;

/** H5: run `true` once in each of 1,000 namespaces from one process, one after the other and 16 at a time, small and large. */
export const h5: Headline = {
  id: 'H5',
  title: 'run a command in each of many namespaces, from one process',
  rounds: 5,
  async run({ ground, tools, rounds, count, progress }: Bench) {
    await ground.populated(count);
    const n = String(count);
    const contestant = contestantsBy((command: (flight: string) => string[]) =>
      Object.fromEntries(flights.map((flight) => [metricOf(flight), duration(measured(command(String(flight))))])),
    );
    const peers = new Peers(tools).nsenter((nsenter) =>
      contestant(
        'Node child_process + nsenter',
        'peer',
        (flight) => tools.ours('spawn-node', runDirectory, n, flight, program, '0', nsenter, '--net={}'),
        few(2),
      ),
    );
    const contestants = [
      contestant('C floor', 'floor', (flight) => [tools.floor('spawn'), runDirectory, n, flight, program]),
      ...sizes.flatMap((size) =>
        [0, warmUp].map((before) =>
          contestant(ours(size, before), 'ours', (flight) =>
            tools.ours('spawn', runDirectory, n, flight, program, String(size), String(before)),
          ),
        ),
      ),
      ...peers.found,
    ];
    const metrics = flights.map(metricOf);
    return {
      unit: 'ms',
      compare: 'ratio',
      metrics,
      contestants,
      rounds: await runRounds(contestants, rounds, progress),
      baseline: ({ metric }) => ({ contestant: 'C floor', metric }),
      targets: sizes.flatMap((size) =>
        metrics.map((metric) => ({
          of: { contestant: ours(size, warmUp), metric },
          against: { contestant: 'C floor', metric },
          atMost: 1.3,
        })),
      ),
      missing: peers.missing,
      notes: [
        `${count} children; the start of Node is not part of it, opening each namespace is.`,
        `The target is for a process that has started ${warmUp} programs before; "cold" are the first ones of a process, which V8 mostly interprets.`,
      ],
    };
  },
};

function ours(megabytes: number, before: number): string {
  return `library, ${megabytes} MB${before === 0 ? ', cold' : ''}`;
}

function metricOf(flight: number): string {
  return flight === 1 ? 'one by one' : `${flight} at a time`;
}
