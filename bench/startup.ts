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

/**
 * What is held against the script: all that it does (`answers`); its loading alone, because what it does is to look at the whole machine or
 * much of a network (`looks`); or its loading alone, because it changes something or does not end, so that it is not run here (`acts`).
 */
type Held = 'answers' | 'looks' | 'acts';

const commands: readonly (readonly [words: string, held: Held])[] = [
  ['--version', 'answers'],
  ['--help', 'answers'],
  ['ids', 'answers'],
  ['identify', 'answers'],
  ['pids b0', 'answers'],
  ['stats b0', 'answers'],
  ['ls --names', 'answers'],
  ['ip netns list', 'answers'],
  ['ip netns list-id', 'answers'],
  ['ls', 'looks'],
  ['ls --json', 'looks'],
  ['why b0', 'looks'],
  ['leaks', 'looks'],
  ['lsns', 'looks'],
  ['listen', 'looks'],
  ['peer b0:lo', 'looks'],
  ['graph', 'looks'],
  ['snapshot', 'looks'],
  ['doctor', 'looks'],
  ['show b0', 'looks'],
  ['sockets b0', 'looks'],
  ['sysctl b0 -a', 'looks'],
  ['export b0', 'looks'],
  ['shape show b0', 'looks'],
  ['tc -n b0 qdisc', 'looks'],
  ['ip -n b0 link', 'looks'],
  ['ip -n b0 address', 'looks'],
  ['ip -n b0 route', 'looks'],
  ['ip -n b0 rule', 'looks'],
  ['ip -n b0 neighbour', 'looks'],
  ['firewall show b0', 'acts'], // these two need what not every kernel has
  ['conntrack list b0', 'acts'],
  ['diff before.jsonl', 'acts'],
  ['watch', 'acts'],
  ['capture b0:lo', 'acts'],
  ['monitor', 'acts'],
  ['ip monitor', 'acts'],
  ['add', 'acts'],
  ['del', 'acts'],
  ['set', 'acts'],
  ['attach', 'acts'],
  ['exec', 'acts'],
  ['run', 'acts'],
  ['apply', 'acts'],
  ['ip link add', 'acts'],
  ['ip address add', 'acts'],
  ['ip route add', 'acts'],
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
    const leave = `NODE_OPTIONS=--require=${tools.file('ours', 'leave-when-loaded.cjs')}`;
    const load = (words: readonly string[]) => {
      const command = ['env', leave, ...tools.repeat(runsPerTurn, tools.netns, ...words)];
      return { [loaded]: median(measured(command).runs) };
    };
    const ours = commands.map(([text, held]) => {
      const words = text.split(' ');
      const run = async () => ({
        ...(held !== 'acts' && { [metric]: median(measured(tools.repeat(runsPerTurn, tools.netns, ...words)).runs) }),
        ...load(words),
      });
      return { name: `netns ${text}`, role: 'ours' as const, held, run };
    });
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
        ...ours.filter(({ held }) => held === 'answers').map(({ name }) => atMost(5, name, metric)),
        ...ours.map(({ name }) => atMost(5, name, loaded)),
        atMost(15, links.name, metric),
      ],
      missing: ip === undefined ? ['ip (Debian: iproute2)'] : [],
      notes: [
        `One name present; a round's value is the median of ${runsPerTurn} runs in a row. NODE_… variables of this machine are left ` +
          'out for all alike: NODE_EXTRA_CA_CERTS alone can cost every start tens of milliseconds.',
        'A verb is loaded when all that it has from the start has run, and nothing of what it does. Those that only answer may take no longer ' +
          'than the script with all that they do.',
      ],
    };
  },
};
