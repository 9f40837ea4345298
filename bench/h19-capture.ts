import { contestantsBy } from './harness/contestants.ts';
import type { Bench, Headline } from './harness/headline.ts';
import { behindHosts } from './harness/hosts.ts';
import { Peers } from './harness/peers.ts';
import { runRounds } from './harness/rounds.ts';
import { numbersFrom } from './harness/stamps.ts';

const rates = [10_000, 50_000, 200_000];
const seconds = 2;
/** IPv6 says something by itself on new devices. */
const filter = 'ether proto 0x88b5';

/** H19: frames at a certain rate, all into a file: how many are lost, and what does it take? */
export const h19: Headline = {
  id: 'H19',
  title: 'capture packets of a device into a file',
  rounds: 3,
  async run(bench: Bench) {
    const { ground, tools, rounds, progress } = bench;
    const file = tools.scratch('captured');
    const capturing = contestantsBy(async (command: readonly string[]) => {
      const all: Record<string, number> = {};
      for (const rate of rates) {
        await ground.clean();
        const words = [tools.floor('flood'), 'v0', String(rate), String(seconds), file, ...command];
        const [lost, time, memory] = numbersFrom(behindHosts(bench, '1', tools.ours('capture', ...words)));
        for (const [index, value] of [lost, time, memory].entries())
          all[metricsOf(rate)[index] ?? ''] = value ?? Number.NaN;
      }
      return all;
    });
    const inside = ['nsenter', '--net=/run/netns/b0'];
    const peers = new Peers(tools).tcpdump((tcpdump) =>
      capturing('tcpdump', 'peer', [...inside, tcpdump, '-Z', 'root', '-B', '8192', '-i', 'eth0', '-w', file, filter]),
    );
    const contestants = [
      capturing('netns capture', 'ours', [tools.netns, 'capture', 'b0:eth0', '-B', '8M', '-w', file, '-f', filter]),
      ...peers.found,
    ];
    return {
      unit: 'number, ms or MB',
      compare: 'difference',
      metrics: rates.flatMap(metricsOf),
      contestants,
      rounds: await runRounds(contestants, rounds, progress),
      baseline: ({ metric }) => ({ contestant: 'tcpdump', metric }),
      targets:
        peers.missing.length > 0
          ? []
          : rates.map((rate) => {
              const [metric = ''] = metricsOf(rate);
              return {
                of: { contestant: 'netns capture', metric },
                against: { contestant: 'tcpdump', metric },
                atMost: 0,
              };
            }),
      missing: peers.missing,
      notes: [
        `Frames of 128 bytes for ${seconds} seconds through a veth, whose other end is captured with 8 MiB of room. "Lost" is what was sent and is not in the file. The time is that of processors from the first frame until the file has stopped growing; memory is VmHWM of the whole process, Node itself included.`,
      ],
    };
  },
};

function metricsOf(rate: number): string[] {
  return ['lost', 'processor time, ms', 'most memory, MB'].map((what) => `${rate} a second: ${what}`);
}
