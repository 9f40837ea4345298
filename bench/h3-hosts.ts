import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contestantsBy, few } from './harness/contestants.ts';
import { runDirectory } from './harness/ground.ts';
import type { Bench, Headline } from './harness/headline.ts';
import { Peers } from './harness/peers.ts';
import { runRounds } from './harness/rounds.ts';
import { duration, measured } from './harness/stamps.ts';
import type { Tools } from './harness/tools.ts';

const metric = 'hosts on a bridge';

/**
 * What `ip` has to be told: one batch for this namespace, and one for each host, since a batch is of one namespace. Devices are made where they
 * belong and the bridge comes up last, as it is best for `ip`, too.
 */
function batches(tools: Tools, count: number): { readonly directory: string; readonly script: string } {
  const directory = tools.scratch('hosts-batches');
  mkdirSync(directory, { recursive: true });
  const numbers = Array.from({ length: count }, (_, i) => i);
  const names = numbers.map((i) => `netns add b${i}\n`);
  const links = numbers.map((i) => `link add v${i} master br0 up type veth peer name eth0 netns b${i}\n`);
  writeFileSync(join(directory, 'all'), [...names, 'link add br0 type bridge\n', ...links].join(''));
  for (const i of numbers) {
    const lines = [
      'link set lo up',
      `address add 10.0.${1 + (i >> 8)}.${i & 255}/16 dev eth0`,
      'link set eth0 up',
      'route add default via 10.0.0.1',
    ];
    writeFileSync(join(directory, String(i)), `${lines.join('\n')}\n`);
  }
  const each = `i=0; while [ $i -lt ${count} ]; do "$0" -n b$i -batch $i || exit; i=$((i + 1)); done`;
  return { directory, script: `cd '${directory}' && "$0" -batch all && { ${each}; } && "$0" link set br0 up` };
}

/** H3: 1,000 hosts on one bridge: namespace, veth, address, loopback and device up, default route. */
export const h3: Headline = {
  id: 'H3',
  title: 'make hosts on one bridge',
  rounds: 5,
  async run({ ground, tools, rounds, count, progress }: Bench) {
    const contestant = contestantsBy(async (command: readonly string[]) => {
      await ground.clean();
      const span = measured(['unshare', '--net', ...command]);
      ground.expectNames(count);
      return { [metric]: duration(span) };
    });
    const n = String(count);
    const { script } = batches(tools, count);
    const peers = new Peers(tools).ip((ip) =>
      contestant('ip -batch', 'peer', tools.repeat(1, 'sh', '-c', script, ip), few(3)),
    );
    const contestants = [
      contestant('C floor', 'floor', [tools.floor('hosts'), runDirectory, n]),
      contestant('library', 'ours', tools.ours('hosts', runDirectory, n)),
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
      targets: [
        { of: { contestant: 'library', metric }, against: floor, atMost: 1.15 },
        ...peers.found.map(({ name }) => ({
          of: { contestant: 'library', metric },
          against: { contestant: name, metric },
          atMost: 1 / 4,
        })),
      ],
      missing: peers.missing,
      notes: [
        `${count} hosts, from nothing: namespace with a name, veth made in place, address, lo and eth0 up, default route. The library is cold: each run is a fresh process, whose start does not count.`,
        'ip -batch is one batch for the names and devices, and one process for each host.',
      ],
    };
  },
};
