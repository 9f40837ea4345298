import { join } from 'node:path';
import { contestantsBy, few } from './harness/contestants.ts';
import { runDirectory } from './harness/ground.ts';
import type { Bench, Headline } from './harness/headline.ts';
import { Peers } from './harness/peers.ts';
import { runRounds } from './harness/rounds.ts';
import { measured } from './harness/stamps.ts';
import { median } from './harness/statistics.ts';

/** The size of each table is a multiple of how many "many" is. */
const tables = [
  { name: 'routes', times: 10, ip: ['route'] },
  { name: 'addresses', times: 10, ip: ['address'] },
  { name: 'links', times: 1, ip: ['link'] },
];
const runsPerTurn = 20;

/** H8: read 10,000 routes, 10,000 addresses, 1,000 links, and understand them. */
export const h8: Headline = {
  id: 'H8',
  title: 'dump and decode a table of the network',
  rounds: 7,
  async run({ ground, tools, rounds, count, progress }: Bench) {
    const place = (table: number) => join(runDirectory, `b${table}`);
    const inside = (table: number, command: readonly string[]) => [tools.floor('enter'), place(table), ...command];
    const metric = (table: number) => `${(tables[table]?.times ?? 0) * count} ${tables[table]?.name}`;
    type Command = (table: (typeof tables)[number], size: string) => readonly string[];
    const contestant = contestantsBy(async (command: Command) => {
      await ground.quiet();
      return Object.fromEntries(
        tables.map((table, index) => {
          const { runs } = measured(inside(index, command(table, String(table.times * count))));
          return [metric(index), median(runs)];
        }),
      );
    });

    const n = String(runsPerTurn);
    const peers = new Peers(tools)
      .goNetwork((go) => contestant('Go', 'peer', ({ name }, size) => [go, 'dump', name, size, n]))
      .ip((ip) => contestant('ip -j', 'peer', ({ ip: words }) => tools.repeat(3, ip, '-j', ...words)))
      .pyroute2((python) => {
        const script = tools.file('peers', 'pyroute2_network.py');
        return contestant('pyroute2', 'peer', ({ name }, size) => [python, script, 'dump', name, size, '1'], few(2));
      })
      .npmNetlink((module) =>
        contestant('npm netlink', 'peer', ({ name }, size) => tools.ours('dump-npm', name, size, n, module)),
      );
    const contestants = [
      contestant('C floor', 'floor', ({ name }, size) => [tools.floor('dump'), name, size, n]),
      contestant('library, objects', 'ours', ({ name }, size) => tools.ours('dump', name, 'objects', size, n)),
      contestant('library, messages', 'ours', ({ name }, size) => tools.ours('dump', name, 'messages', size, n)),
      contestant('library, one column', 'ours', ({ name }, size) => tools.ours('dump', name, 'column', size, n)),
      contestant('library, bytes', 'ours', ({ name }, size) => tools.ours('dump', name, 'bytes', size, n)),
      contestant('V8, objects from constants', 'peer', ({ name }, size) =>
        tools.ours('dump', name, 'constants', size, n),
      ),
      contestant('netns ip -j', 'ours', ({ ip: words }) => tools.repeat(3, tools.netns, 'ip', '-j', ...words)),
      ...peers.found,
    ];
    await ground.populated(tables.length);
    for (const [index, { name, times }] of tables.entries())
      measured(inside(index, [tools.floor('fill'), name, String(times * count)]));
    const metrics = tables.map((_, index) => metric(index));
    return {
      unit: 'ms',
      compare: 'ratio',
      metrics,
      contestants,
      rounds: await runRounds(contestants, rounds, progress),
      baseline: ({ metric }) => ({ contestant: 'C floor', metric }),
      targets: metrics.flatMap((metric) => [
        ...['messages', 'one column', 'bytes'].map((what) => ({
          of: { contestant: `library, ${what}`, metric },
          against: { contestant: 'C floor', metric },
          atMost: 1.6,
        })),
        ...peers.found.map(({ name }) => ({
          of: { contestant: 'library, objects', metric },
          against: { contestant: name, metric },
          atMost: 1,
        })),
      ]),
      missing: peers.missing,
      notes: [
        `The floor receives and looks at nothing but the headers. The library is hot: the median of ${runsPerTurn} times behind as many. "Messages" is every attribute decoded, "objects" what links.list(), addresses.list() and routes.list() make of them. "Bytes" is connection.dumpView: all kept and counted, nothing decoded; "one column" reads one number of each, too.`,
        '"V8, objects from constants" asks no kernel and decodes nothing: it copies the last message so often. With the floor it is what decoded messages cannot go below.',
        'ip -j and netns ip -j are whole processes; for addresses they read the links, too.',
      ],
    };
  },
};
