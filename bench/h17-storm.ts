import { contestantsBy } from './harness/contestants.ts';
import type { Bench, Headline } from './harness/headline.ts';
import { runRounds } from './harness/rounds.ts';
import { numbersFrom } from './harness/stamps.ts';

const lost = 'events lost';
const unknown = 'unknown in the end';
const anew = 'times all was told anew';
const memory = 'most memory, MB';
const limit = 'what is allowed';

/** H17: 10,000 changes in 100 namespaces while `netns watch` follows them: is anything lost for good, and what does it take? */
export const h17: Headline = {
  id: 'H17',
  title: 'a storm of changes in many namespaces, and one watch',
  rounds: 3,
  async run({ ground, tools, rounds, count, progress }: Bench) {
    const namespaces = Math.ceil(count / 10);
    const each = 100;
    const storm = contestantsBy(async (reads: string) => {
      await ground.populated(namespaces);
      await ground.quiet();
      const command = [tools.netns, 'watch', '--json'];
      const [missed, never, resyncs, most] = numbersFrom(
        tools.ours('storm', String(namespaces), String(each), reads, ...command),
      );
      return Object.fromEntries([missed, never, resyncs, most].map((value, i) => [metrics[i], value ?? Number.NaN]));
    });
    const metrics = [lost, unknown, anew, memory];
    const contestants = [
      {
        name: limit,
        role: 'reference',
        run: async () => ({ [lost]: 0, [unknown]: 0, [anew]: 0, [memory]: 100 }),
      } as const,
      storm('netns watch', 'ours', 'reading'),
      storm('netns watch, held up meanwhile', 'ours', 'stopped'),
    ];
    const ours = contestants.filter(({ role }) => role === 'ours');
    return {
      unit: 'count or MB',
      compare: 'difference',
      metrics,
      contestants,
      rounds: await runRounds(contestants, rounds, progress),
      baseline: ({ metric }) => ({ contestant: limit, metric }),
      targets: ours.flatMap(({ name: contestant }) =>
        [unknown, memory].map((metric) => ({
          of: { contestant, metric },
          against: { contestant: limit, metric },
          atMost: 0,
        })),
      ),
      missing: [],
      notes: [
        `Another process makes ${each} addresses in each of ${namespaces} namespaces at once, while "netns watch --json" follows everything on the machine. "Lost" counts those of which no event came, "unknown" those that were not told of at all: everything is told anew when the kernel had to drop events. Memory is VmHWM of the whole process, Node itself included.`,
      ],
    };
  },
};
