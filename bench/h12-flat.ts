import { join } from 'node:path';
import { runDirectory } from './harness/ground.ts';
import type { Bench, Headline, Role, Sample } from './harness/headline.ts';
import { measured } from './harness/stamps.ts';
import { median } from './harness/statistics.ts';

const runs = 20;

interface Operation {
  readonly name: string;
  readonly role: Role;
  readonly command: readonly string[];
}

/**
 * H12: the same operation with few and with many named namespaces present. Entering a mount namespace of one's own, as
 * `ip netns exec` and `ip -n` do, copies every mount, and each name is a mount.
 */
export const h12: Headline = {
  id: 'H12',
  title: 'the same operation with many names present',
  rounds: 5,
  async run({ ground, tools, rounds, count, progress }: Bench) {
    const sizes = [1, count, 5 * count];
    const name = 'b0';
    const path = join(runDirectory, name);
    const n = String(runs);
    const ours: Operation[] = [
      { name: 'library: create', role: 'ours', command: tools.ours('create-each', runDirectory, n, 'extra') },
      { name: 'library: one link query', role: 'ours', command: tools.ours('query', path, n) },
      { name: 'library: delete', role: 'ours', command: tools.ours('delete', runDirectory, n, 'extra') },
      { name: 'netns exec', role: 'ours', command: tools.repeat(runs, tools.netns, 'exec', name, 'true') },
    ];
    const ip = tools.find('ip');
    const peers: Operation[] =
      ip === undefined
        ? []
        : [
            { name: 'ip netns add', role: 'peer', command: tools.repeat(runs, ip, 'netns', 'add', 'peer{}') },
            {
              name: 'ip -n NAME link',
              role: 'peer',
              command: tools.repeat(runs, ip, '-n', name, 'link', 'show', 'lo'),
            },
            { name: 'ip netns delete', role: 'peer', command: tools.repeat(runs, ip, 'netns', 'delete', 'peer{}') },
            { name: 'ip netns exec', role: 'peer', command: tools.repeat(runs, ip, 'netns', 'exec', name, 'true') },
          ];
    const operations = [...ours, ...peers];

    const rounds_: Record<string, Sample>[] = [];
    for (let round = 0; round < rounds; round++) {
      const samples: Record<string, Sample> = {};
      for (const [turn] of sizes.entries()) {
        const size = sizes[(round + turn) % sizes.length] ?? 1;
        await ground.populated(size);
        await ground.settle();
        for (const operation of operations) {
          progress(`round ${round + 1} of ${rounds}, ${size} names: ${operation.name}`);
          const span = measured(operation.command);
          const each = span.runs.length > 0 ? median(span.runs) : (span.end - span.start) / runs;
          samples[operation.name] = { ...samples[operation.name], [metricOf(size)]: each };
        }
      }
      rounds_.push(samples);
    }
    progress('');
    const metrics = sizes.map(metricOf);
    return {
      unit: 'ms',
      compare: 'ratio',
      metrics,
      contestants: operations,
      rounds: rounds_,
      baseline: ({ contestant }) => ({ contestant, metric: metricOf(1) }),
      targets: ours.flatMap(({ name: contestant }) =>
        metrics.slice(1).map((metric) => ({
          of: { contestant, metric },
          against: { contestant, metric: metricOf(1) },
          atMost: 1.1,
        })),
      ),
      missing: ip === undefined ? ['ip (Debian: iproute2)'] : [],
      notes: [`Per operation, ${runs} in a row.`],
    };
  },
};

function metricOf(size: number): string {
  return size === 1 ? 'with 1 name' : `with ${size} names`;
}
