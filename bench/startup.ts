import { contestantsBy } from './harness/contestants.ts';
import type { Bench, Headline } from './harness/headline.ts';
import { runRounds } from './harness/rounds.ts';
import { measured } from './harness/stamps.ts';
import { median } from './harness/statistics.ts';
import type { Tools } from './harness/tools.ts';

const metric = 'whole process';
const loaded = 'until its verb is loaded';
const runsPerTurn = 5;
const linkCount = 50;

const verbs = [
  ['ls'],
  ['ls', '--json'],
  ['ls', '--names'],
  ['ids'],
  ['identify'],
  ['pids', 'b0'],
  ['why', 'b0'],
  ['leaks'],
  ['stats', 'b0'],
  ['--version'],
  ['--help'],
  ['ip', 'netns', 'list'],
  ['ip', 'netns', 'list-id'],
];

/** Verbs that look at the whole machine: what they do takes longer than any start. Only their loading is held against the script. */
const lookers = ['ls', 'why', 'leaks'];

/** Those that change something, and so are not run here, but loaded. */
const changers = [['add'], ['del'], ['set'], ['attach'], ['exec'], ['monitor'], ['ip', 'link', 'add']];

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
    const leave = `NODE_OPTIONS=--require=${tools.file('ours', 'leave-when-loaded.cjs')}`;
    const load = (words: readonly string[]) => {
      const command = ['env', leave, ...tools.repeat(runsPerTurn, tools.netns, ...words)];
      return { [loaded]: median(measured(command).runs) };
    };
    const ours = verbs.map((words) => ({
      name: `netns ${words.join(' ')}`,
      role: 'ours' as const,
      looks: lookers.includes(words[0] ?? '') && !words.includes('--names'),
      run: async () => ({
        [metric]: median(measured(tools.repeat(runsPerTurn, tools.netns, ...words)).runs),
        ...load(words),
      }),
    }));
    const onlyLoaded = changers.map((words) => ({
      name: `netns ${words.join(' ')}`,
      role: 'ours' as const,
      run: async () => load(words),
    }));
    const links = {
      name: `netns ip -j link (${linkCount} links)`,
      role: 'ours' as const,
      run: async () => {
        const command = tools.repeat(runsPerTurn, tools.netns, 'ip', '-j', 'link');
        return { [metric]: median(measured(amongLinks(tools, linkCount, command)).runs) };
      },
    };
    const atMost = (limit: number, name: string, of: string) => ({
      of: { contestant: name, metric: of },
      against: empty,
      atMost: limit,
    });
    const ip = tools.find('ip');
    const contestants = [
      contestant(empty.contestant, 'reference', [process.execPath, tools.file('ours', 'empty.cjs')]),
      ...ours,
      ...onlyLoaded,
      links,
      ...(ip === undefined ? [] : [contestant('ip netns list', 'peer', [ip, 'netns', 'list'])]),
    ];
    await ground.populated(1);
    return {
      unit: 'ms',
      compare: 'difference',
      metrics: [metric, loaded],
      contestants,
      rounds: await runRounds(contestants, rounds, progress),
      baseline: () => empty,
      targets: [
        ...ours.filter(({ looks }) => !looks).map(({ name }) => atMost(5, name, metric)),
        ...[...ours, ...onlyLoaded].map(({ name }) => atMost(5, name, loaded)),
        atMost(15, links.name, metric),
      ],
      missing: ip === undefined ? ['ip (Debian: iproute2)'] : [],
      notes: [
        `One name present; a round's value is the median of ${runsPerTurn} runs in a row. NODE_… variables of this machine are left ` +
          'out for all alike: NODE_EXTRA_CA_CERTS alone can cost every start tens of milliseconds.',
        `A verb is loaded when all that it has from the start has run, and nothing of what it does. ${lookers.map((verb) => `netns ${verb}`).join(', ')} ` +
          'then look at all processes, mounts and sockets of the machine; the others may take no longer than the script with all that they do.',
      ],
    };
  },
};
