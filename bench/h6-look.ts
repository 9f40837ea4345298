import { contestantsBy } from './harness/contestants.ts';
import type { Bench, Headline, Sample } from './harness/headline.ts';
import { Peers } from './harness/peers.ts';
import { runRounds } from './harness/rounds.ts';
import { duration, measured } from './harness/stamps.ts';

const inside = 'inside a process';
const whole = 'whole process';

/** H6: which process is in which namespace, of all types: with 1,000 network namespaces and 1,000 processes in them. */
export const h6: Headline = {
  id: 'H6',
  title: 'see which process is in which namespace',
  rounds: 9,
  async run({ ground, tools, rounds, count, progress }: Bench) {
    const timed = (command: readonly string[]) => duration(measured(command));
    const command = contestantsBy((words: readonly string[]) => ({ [whole]: timed(tools.repeat(1, ...words)) }));
    const script = contestantsBy((words: readonly string[]) => ({ [inside]: timed(words) }));
    const both = contestantsBy((words: readonly string[]) => ({
      [inside]: timed(words),
      [whole]: timed(tools.repeat(1, ...words)),
    }));
    const peers = new Peers(tools).lsns((lsns) => command('lsns', 'peer', [lsns, '--noheadings']));
    const empty = [process.execPath, tools.file('ours', 'empty.cjs')];
    const withStart = new Peers(tools).lsns((lsns) => ({
      name: 'lsns, and an empty Node script',
      role: 'reference',
      run: async () => ({
        [whole]: timed(tools.repeat(1, lsns, '--noheadings')) + timed(tools.repeat(1, ...empty)),
      }),
    }));
    const contestants = [
      both('C floor', 'floor', [tools.floor('look')]),
      script('library', 'ours', tools.ours('look')),
      both('Node fs.readlink', 'reference', tools.ours('look-node')),
      command('netns lsns', 'ours', [tools.netns, 'lsns', '--noheadings']),
      command('netns ls', 'ours', [tools.netns, 'ls']),
      ...peers.found,
      ...withStart.found,
    ];
    let samples: Record<string, Sample>[] = [];
    await ground.populated(count);
    await ground.crowded(count, async () => {
      samples = await runRounds(contestants, rounds, progress);
    });
    return {
      unit: 'ms',
      compare: 'ratio',
      metrics: [inside, whole],
      contestants,
      rounds: samples,
      baseline: ({ metric }) => ({ contestant: 'C floor', metric }),
      targets: [
        { of: { contestant: 'library', metric: inside }, against: { contestant: 'lsns', metric: whole }, atMost: 1 },
        { of: { contestant: 'netns lsns', metric: whole }, against: { contestant: 'lsns', metric: whole }, atMost: 1 },
        {
          of: { contestant: 'netns ls', metric: whole },
          against: { contestant: 'lsns, and an empty Node script', metric: whole },
          atMost: 1,
        },
      ],
      missing: peers.missing,
      notes: [
        `${count} network namespaces with a process each, beside those of the machine. The floor and fs.readlink read the links of /proc/PID/ns only; the library and netns lsns look for what files, sockets and mounts keep, too; netns ls for the devices and the container of each network namespace as well: it may take as long as lsns and the start of Node together, each timed in the same round.`,
      ],
    };
  },
};
