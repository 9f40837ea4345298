import { contestantsBy } from './harness/contestants.ts';
import type { Bench, Headline } from './harness/headline.ts';
import { runRounds } from './harness/rounds.ts';
import { measured } from './harness/stamps.ts';
import { median } from './harness/statistics.ts';
import type { Tools } from './harness/tools.ts';

const metric = 'whole process';
const runsPerTurn = 5;
const linkCount = 50;

const verbs = [
  ['ls'],
  ['ls', '--json'],
  ['ids'],
  ['identify'],
  ['pids', 'b0'],
  ['--version'],
  ['--help'],
  ['ip', 'netns', 'list'],
  ['ip', 'netns', 'list-id'],
];

/** Runs a command in a network namespace of its own that has so many links. */
function amongLinks(tools: Tools, count: number, command: readonly string[]): string[] {
  const lines = Array.from({ length: count / 2 }, (_, index) => `link add a${index} type veth peer name b${index}\n`);
  const prepare = `printf '${lines.join('')}' | '${tools.netns}' ip -batch - && exec "$@"`;
  return ['unshare', '--net', 'sh', '-c', prepare, 'sh', ...command];
}

/** What the command costs over an empty Node script, for the verbs that need Node at all. */
export const startup: Headline = {
  id: 'startup',
  title: 'start of the command',
  rounds: 9,
  async run({ ground, tools, rounds, progress }: Bench) {
    const contestant = contestantsBy((command: readonly string[]) => ({
      [metric]: median(measured(tools.repeat(runsPerTurn, ...command)).runs),
    }));
    const empty = { contestant: 'empty Node script', metric };
    const ours = verbs.map((words) => contestant(`netns ${words.join(' ')}`, 'ours', [tools.netns, ...words]));
    const links = {
      name: `netns ip -j link (${linkCount} links)`,
      role: 'ours' as const,
      run: async () => {
        const command = tools.repeat(runsPerTurn, tools.netns, 'ip', '-j', 'link');
        return { [metric]: median(measured(amongLinks(tools, linkCount, command)).runs) };
      },
    };
    const ip = tools.find('ip');
    const contestants = [
      contestant(empty.contestant, 'reference', [process.execPath, tools.file('ours', 'empty.cjs')]),
      ...ours,
      links,
      ...(ip === undefined ? [] : [contestant('ip netns list', 'peer', [ip, 'netns', 'list'])]),
    ];
    await ground.populated(1);
    return {
      unit: 'ms',
      compare: 'difference',
      metrics: [metric],
      contestants,
      rounds: await runRounds(contestants, rounds, progress),
      baseline: () => empty,
      targets: [...ours, links].map(({ name }) => ({
        of: { contestant: name, metric },
        against: empty,
        atMost: name === links.name ? 15 : 5,
      })),
      missing: ip === undefined ? ['ip (Debian: iproute2)'] : [],
      notes: [
        `One name present; a round's value is the median of ${runsPerTurn} runs in a row. NODE_… variables of this machine are left ` +
          'out for all alike: NODE_EXTRA_CA_CERTS alone can cost every start tens of milliseconds.',
      ],
    };
  },
};
