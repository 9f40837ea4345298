import { writeFileSync } from 'node:fs';
import { contestantsBy, few } from './harness/contestants.ts';
import type { Bench, Headline } from './harness/headline.ts';
import { Peers } from './harness/peers.ts';
import { runRounds } from './harness/rounds.ts';
import { measured } from './harness/stamps.ts';
import { median } from './harness/statistics.ts';

const hotRuns = 3;

/** H13: load a firewall of 10,000 rules and a set of 100,000 elements, and list it. */
export const h13: Headline = {
  id: 'H13',
  title: 'load and list a large firewall',
  rounds: 7,
  async run({ ground, tools, rounds, count, progress }: Bench) {
    const rules = 10 * count;
    const elements = 100 * count;
    const load = { cold: 'load, cold', hot: 'load, hot' };
    const list = { cold: 'list, cold', hot: 'list, hot' };
    const ours = contestantsBy(async (command: readonly string[]) => {
      await ground.settle();
      const { runs } = measured(['unshare', '--net', ...command]);
      const [firstLoad = Number.NaN, ...laterLoads] = runs.slice(0, runs.length / 2);
      const [firstList = Number.NaN, ...laterLists] = runs.slice(runs.length / 2);
      return {
        [load.cold]: firstLoad,
        [load.hot]: median(laterLoads),
        [list.cold]: firstList,
        [list.hot]: median(laterLists),
      };
    });
    const file = tools.scratch('ruleset.nft');
    writeFileSync(file, ruleset(rules, elements));
    const peer = contestantsBy(async (nft: string) => {
      await ground.settle();
      // Each `repeat` prints its stamps, and then what its one run took.
      const script = '"$0" 1 "$1" -f "$2" && exec "$0" 1 "$1" -j list ruleset';
      const { runs } = measured(['unshare', '--net', 'sh', '-c', script, tools.floor('repeat'), nft, file]);
      const [loaded = Number.NaN] = runs;
      const listed = runs.at(-1) ?? Number.NaN;
      return { [load.cold]: loaded, [load.hot]: loaded, [list.cold]: listed, [list.hot]: listed };
    });
    const json = tools.scratch('ruleset.json');
    writeFileSync(json, JSON.stringify(document(rules, elements)));
    const command = contestantsBy(async (netns: string) => {
      await ground.settle();
      const script = '"$0" 1 "$1" firewall load "$2" "$3" && exec "$0" 1 "$1" firewall show "$2" --json';
      const words = [tools.floor('repeat'), netns, '/proc/self/ns/net', json];
      const { runs } = measured(['unshare', '--net', 'sh', '-c', script, ...words]);
      const [loaded = Number.NaN] = runs;
      const listed = runs.at(-1) ?? Number.NaN;
      return { [load.cold]: loaded, [load.hot]: loaded, [list.cold]: listed, [list.hot]: listed };
    });
    const peers = new Peers(tools).nft((nft) => peer('nft', 'peer', nft, few(3)));
    const contestants = [
      ours('library', 'ours', tools.ours('firewall', String(rules), String(elements), String(1 + hotRuns))),
      command('netns firewall', 'ours', tools.netns, few(3)),
      ...peers.found,
    ];
    const metrics = [load.hot, load.cold, list.hot, list.cold];
    return {
      unit: 'ms',
      compare: 'ratio',
      metrics,
      contestants,
      rounds: await runRounds(contestants, rounds, progress),
      baseline: ({ metric }) => ({ contestant: 'nft', metric }),
      targets: peers.found.flatMap(({ name }) =>
        metrics.map((metric) => ({
          of: { contestant: 'library', metric },
          against: { contestant: name, metric },
          atMost: 1.5,
        })),
      ),
      missing: peers.missing,
      notes: [
        `${rules} rules and a set of ${elements} elements in one transaction; listed with all that is in it. Cold is the first time in a process, hot the median of the ${hotRuns} times that follow. netns firewall load and show --json, nft -f and nft -j list ruleset are whole processes, once each.`,
      ],
    };
  },
};

const address = (index: number) => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;

/** What `ours/firewall.ts` makes, in the JSON of libnftables. */
function document(rules: number, elements: number): object {
  const table = { family: 'inet', table: 't' };
  const equal = (protocol: string, field: string, right: unknown) => ({
    match: { op: '==', left: { payload: { protocol, field } }, right },
  });
  const elem = Array.from({ length: elements }, (_, index) => address(index));
  return {
    nftables: [
      { add: { table: { family: 'inet', name: 't' } } },
      { add: { set: { ...table, name: 's', type: 'ipv4_addr', elem } } },
      { add: { chain: { ...table, name: 'c' } } },
      ...Array.from({ length: rules }, (_, index) => ({
        add: {
          rule: {
            ...{ ...table, chain: 'c' },
            expr: [
              equal('ip', 'saddr', `10.${(index >> 8) & 255}.${index & 255}.1`),
              equal('tcp', 'dport', 1 + (index % 65_535)),
              { counter: null },
              { accept: null },
            ],
          },
        },
      })),
    ],
  };
}

/** The same in nft's words. */
function ruleset(rules: number, elements: number): string {
  const rule = (index: number) =>
    `ip saddr 10.${(index >> 8) & 255}.${index & 255}.1 tcp dport ${1 + (index % 65_535)} counter accept`;
  return `table inet t {
set s { type ipv4_addr; elements = { ${Array.from({ length: elements }, (_, index) => address(index)).join(', ')} } }
chain c {
${Array.from({ length: rules }, (_, index) => rule(index)).join('\n')}
}
}
`;
}
