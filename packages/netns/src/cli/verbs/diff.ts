import type { Keeper } from '../../inspect/keeper.ts';
import { type Difference, type DiffObject, diff, type MachineDiff } from '../../inspect/snapshot/diff.ts';
import { isHidden } from '../../inspect/snapshot/hidden.ts';
import { readSnapshot } from '../../inspect/snapshot/read.ts';
import type { MachineSnapshot } from '../../inspect/snapshot/snapshot.ts';
import { snapshot } from '../../inspect/snapshot/take.ts';
import { defineVerb } from '../define-verb.ts';
import { escapeControls } from '../escape.ts';
import { nothingMore } from '../few-words.ts';
import { programsOf } from '../from.ts';
import type { Io } from '../io.ts';
import { writeJson } from '../json.ts';
import { sayKeeper } from '../keeper-words.ts';
import { type DeviceName, kindNamed, sayObject, sayPlace, type Values } from '../object-words.ts';
import { progressOn } from '../progress.ts';
import { styleFor } from '../style.ts';
import { UsageError } from '../verb.ts';

/** By the words that `--only` has for them. */
const kinds: Readonly<Record<string, DiffObject>> = {
  namespaces: 'namespace',
  names: 'name',
  keepers: 'keeper',
  links: 'link',
  addresses: 'address',
  nexthops: 'nexthop',
  routes: 'route',
  rules: 'rule',
  neighbours: 'neighbour',
  sockets: 'socket',
  firewall: 'nft',
  publications: 'publication',
};

/** The word for the machine as it is. */
const present = 'now';

export const verb = defineVerb({
  name: 'diff',
  summary: 'tell what has changed on the machine since a snapshot, or between two',
  usage: ['FILE [FILE|now] [--only KINDS] [--processes]'],
  notes: [
    'Namespaces that have come (`+`) and gone (`-`), and what has come, gone or changed (`~`) in those that are still there. A\n' +
      'namespace whose number the kernel has used again is another one. Counters, ages, and whether a neighbour has answered\n' +
      'lately are no differences.',
    `Kinds: ${Object.keys(kinds).join(', ')}.`,
    'The exit status is 0 if nothing is different, 1 if something is, and 2 for trouble, as of diff(1).',
  ],
  options: {
    only: { summary: 'these kinds of things alone, with commas between them', value: 'KINDS' },
    processes: { summary: 'processes that have come to a namespace or left it, and sockets where processes are, too' },
  },
  examples: [
    ['netns diff before.jsonl', 'what has changed since'],
    ['netns diff before.jsonl after.jsonl', 'between two snapshots'],
    ['netns diff before.jsonl --only routes,firewall --json', 'for programs'],
  ],
  otherWords: ['compare', 'changes', 'changed'],
  ownStatus: 2,
  async run({ words, options, json, io }) {
    const [first, second = present, ...rest] = words;
    if (first === undefined) throw new UsageError('a snapshot is needed: netns snapshot -w FILE');
    nothingMore(rest);
    const objects =
      options.only === undefined ? undefined : options.only.split(',').map((word) => kindNamed(kinds, word));
    const before = await taken(first, io);
    const after = await taken(second, io);
    const found = diff(before, after, { processes: options.processes === true, ...(objects && { objects }) });
    if (json) writeJson(io, found);
    else writeDiff(io, found, before, after);
    return found.differences.length === 0 ? 0 : 1;
  },
});

async function taken(word: string, io: Io): Promise<MachineSnapshot> {
  if (word !== present) return readSnapshot(word);
  using processes = progressOn(io, 'processes looked at');
  using networks = progressOn(io, 'networks looked into');
  return await snapshot({ ...io.names, onProgress: processes?.tell, onNetwork: networks?.tell });
}

const signs = { born: '+', died: '-', changed: '~' } as const;

function writeDiff(io: Io, found: MachineDiff, before: MachineSnapshot, after: MachineSnapshot): void {
  const style = styleFor(io);
  const paints = { born: style.good, died: style.bad, changed: style.warn };
  const write = (text: string, paint = (plain: string) => plain) => io.stdout.write(`${paint(escapeControls(text))}\n`);
  const say = ({ host, time, kernel }: MachineSnapshot['header']) => `${time}  ${host}  Linux ${kernel}`;
  if (found.differences.length > 0) {
    write(`--- ${say(found.before)}`, style.dim);
    write(`+++ ${say(found.after)}`, style.dim);
  }
  if (!found.sameBoot && found.differences.length > 0)
    write('not the same machine, or it was started anew: no namespace is the same', style.warn);
  let place: string | undefined;
  for (const difference of found.differences) {
    const { change, object, namespace } = difference;
    const paint = paints[change];
    if (object === 'namespace' && change !== 'changed') {
      const title = sayPlace(namespace);
      write(
        `${signs[change]} namespace ${[namespace.key, ...(title === namespace.key ? [] : [title])].join('  ')}`,
        paint,
      );
      continue;
    }
    if (namespace.key !== place) write([...new Set([sayPlace(namespace), namespace.key])].join('  '), style.bold);
    place = namespace.key;
    write(`  ${signs[change]} ${sayDifference(difference, before, after)}`, paint);
  }
}

function sayDifference(
  { object, namespace, before: earlier, after: later, fields }: Difference,
  before: MachineSnapshot,
  after: MachineSnapshot,
): string {
  // What a hidden network is called is the later snapshot's number.
  const taken = later === undefined && !isHidden(namespace.key) ? before : after;
  const value = later ?? earlier ?? {};
  const what =
    object === 'keeper'
      ? `kept by ${sayKeeper(value as unknown as Keeper, programsOf(taken))}`
      : sayObject(object, value, deviceNames(taken, namespace.key));
  const parts = fields.map((name) => `${name} ${short(earlier?.[name])} → ${short(later?.[name])}`);
  return parts.length === 0 ? what : `${what}: ${parts.join(', ')}`;
}

function deviceNames({ networks }: MachineSnapshot, key: string): DeviceName {
  return (wanted) => networks.get(key)?.objects.link.find(({ index }) => index === wanted)?.name;
}

const longest = 60;

function short(value: unknown): string {
  if (value === undefined) return 'none';
  const text = typeof value === 'object' ? JSON.stringify(value as Values) : String(value);
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}
