import { randomOf } from '../../codec/mutate.ts';
import type { Case } from '../case.ts';

/** Objects of which nothing is told that passes with time, and commands that are right or wrong. */
const commands = [
  'netns list',
  'netns add n1',
  'netns del n1',
  'netns id',
  'link show lo',
  'link show nope',
  'link set lo alias "two words"',
  'link set v0 mtu 1400',
  'link set v0 mtu x',
  'address add 10.0.0.1/24 dev v0',
  'address add 10.0.0.1/24 dev nope',
  'address del 10.0.0.1/24 dev v0',
  'address show dev v0',
  'route show table 77',
  'route add blackhole 10.7.0.0/16 table 77',
  'route get 300.1.1.1',
  'rule list table 77',
  'rule add pref 5 table 77',
  'rule del pref 5',
  'neigh show dev v0',
  'nexthop add id 7 blackhole',
  'nexthop del id 7',
  'netconf show dev nope',
  'addrlabel list',
  'vrf bogus',
  'tunnel show x y',
  '-batch f0',
  '-V',
  '# a comment',
  '"',
  "''",
  '\\',
];
const separators = [' ', ' ', ' ', '  ', '\t', ' \\\n', ' \t '];
const damages = ["'", '"', '\\', '#', '\0', '\r', '\\\n', '\0 netns list', ' x'];
const ends = ['\n', '\n', '\n', '\r\n', '\n\n', '\r'];
const globals = ['', '', '-o', '-j', '-j -p', '-d', '-br', '-4', '-6', '-0', '-N', '-s'];

/** Batches as nobody writes them, for each of which both programs say and do the same: the same ones every time. */
function randomBatch(random: (below: number) => number): { readonly text: string; readonly options: string } {
  const pick = (from: readonly string[]) => from[random(from.length)] ?? '';
  const line = () => {
    const words = pick(commands).replaceAll(' ', () => pick(separators));
    if (random(4) > 0) return words;
    const at = random(words.length + 1);
    return words.slice(0, at) + pick(damages) + words.slice(at);
  };
  const end = pick(ends);
  const lines = Array.from({ length: random(6) }, line);
  const long = random(12) === 0 ? `netns list${' x'.repeat(505 + random(10))}${end}` : '';
  return { text: long + lines.join(end) + (random(5) === 0 ? '' : end), options: pick(globals) };
}

const random = randomOf(4);
const batches = Array.from({ length: 40 }, () => randomBatch(random));

/** All of them in one sandbox, by name or from standard input. */
export const randomBatchCase: Case = {
  line: batches
    .map(({ options }, index) => {
      const file = `f${index}`;
      const how = index % 3 === 0 ? `-b - < ${file}` : `-batch ${file}`;
      return `for say in 1 2; do echo "${file}:" >&$say; done; $IP ${options} ${how}; echo "${file} ended with $?"`;
    })
    .join('\n'),
  files: Object.fromEntries(batches.map(({ text }, index) => [`f${index}`, text])),
  setup: 'ip netns add a; ip link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02',
  changes: true,
};
