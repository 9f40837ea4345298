import type { Network } from '../../network/network.ts';
import type { TrafficClassSpec } from '../../network/shaping/classes.ts';
import type { TrafficFilterSpec } from '../../network/shaping/filters.ts';
import type { QdiscSpec } from '../../network/shaping/qdiscs.ts';
import { linkName } from '../formats.ts';
import { anything, fields, listOf, mapOf } from '../schema.ts';
import type { PartSection } from './part-section.ts';
import { sorted } from './table-section.ts';

type Item = Readonly<Record<string, unknown>>;

const item = (what: string) =>
  listOf(anything<Item>(`a ${what} as the library has it: kind, parent, handle, options`, 'object'));

const schema = mapOf(
  linkName,
  fields({ qdiscs: item('qdisc'), classes: item('class'), filters: item('filter') }),
  'What shapes the packets of devices, by device: rates in bits per second, sizes in bytes, times in milliseconds.',
);

interface Shaping {
  readonly qdiscs: readonly Item[];
  readonly classes: readonly Item[];
  readonly filters: readonly Item[];
}

const nothing: Shaping = { qdiscs: [], classes: [], filters: [] };

export const shaping: PartSection = {
  name: 'shaping',
  schema: schema as PartSection['schema'],
  read: ({ network }) => shapingOf(network),
  full: (value) => ({ ...nothing, ...(sorted(value) as object) }),
  nothing,
  deletes: true,
  device: (key) => key,
  isLost: (key, loss) => loss.of === 'link' && loss.how === 'deleted' && loss.link === key,
  when: 'late',
  command: (namespace, { key, want }) =>
    `# tc, in ${namespace}, gives ${key}: ${JSON.stringify(want) === JSON.stringify(nothing) ? 'nothing' : JSON.stringify(want)}`,
  async run({ network }, { key, want }) {
    await shape(network, key, want as Shaping);
  },
  async asTheKernelHasIt(key, value, place) {
    await shape(place.network, key, value as Shaping);
    return (await shapingOf(place.network))[key] ?? nothing;
  },
};

/** What somebody put in place; what the kernel puts there by itself has no number. */
async function shapingOf(network: Network): Promise<Record<string, Shaping>> {
  const qdiscs = await network.qdiscs.list({ defaults: false });
  if (qdiscs.length === 0) return {};
  const names = new Map((await network.links.list()).map(({ index, name }) => [index, name]));
  const found: Record<string, Shaping> = {};
  for (const link of new Set(qdiscs.map((qdisc) => qdisc.link))) {
    const own = qdiscs.filter((qdisc) => qdisc.link === link);
    const classes = await network.classes.list({ link });
    const filters: Item[] = [];
    for (const parent of placesOfFilters(own)) {
      for (const { handle, ...filter } of await network.filters.list({ link, parent })) {
        // The kernel tells of the tables of u32, too, and numbers their filters in the order of making.
        if (filter.kind !== 'u32') filters.push(plain({ ...filter, handle, parent }));
        else if (((handle ?? 0) & 0xfff) !== 0) filters.push(plain({ ...filter, parent }));
      }
    }
    // A class of a kind that makes its own (`mq`, `fq_codel`'s flows) is nobody's to make.
    const made = classes.filter(({ kind }) => kind === 'htb' || kind === 'hfsc' || kind === 'drr' || kind === 'qfq');
    const name = names.get(link);
    if (name !== undefined)
      found[name] = sorted({ qdiscs: own.map(plain), classes: made.map(plain), filters }) as Shaping;
  }
  return found;
}

function placesOfFilters(qdiscs: readonly { readonly kind: string; readonly handle: string }[]): string[] {
  return qdiscs.flatMap(({ kind, handle }) =>
    kind === 'clsact'
      ? ['ingress', 'egress']
      : kind === 'ingress'
        ? ['ingress']
        : classful.includes(kind)
          ? [handle]
          : [],
  );
}

const classful: readonly string[] = ['htb', 'hfsc', 'prio', 'drr', 'qfq', 'multiq'];
const ofTheMoment: readonly string[] = ['link', 'statistics', 'details', 'message', 'leaf'];

/** As JSON has it. */
function plain(entry: object): Item {
  const own = Object.entries(entry).filter(([name, value]) => value !== undefined && !ofTheMoment.includes(name));
  return JSON.parse(
    JSON.stringify(Object.fromEntries(own), (_, value) => (typeof value === 'bigint' ? Number(value) : value)),
  ) as Item;
}

/** Takes all away that shapes a device, and puts in place what is to: what something is in comes before it. */
async function shape(network: Network, link: string, { qdiscs, classes, filters }: Shaping): Promise<void> {
  for (const { parent, kind, handle } of await network.qdiscs.list({ link, defaults: false })) {
    const top = parent === undefined || parent === 'root' || kind === 'clsact' || kind === 'ingress';
    if (top) await network.qdiscs.delete({ link, parent, kind, handle } as QdiscSpec);
  }
  const there = new Set<unknown>();
  const waiting = [
    ...qdiscs.map((spec) => ({ spec, add: () => network.qdiscs.add({ ...spec, link } as QdiscSpec) })),
    ...classes.map((spec) => ({ spec, add: () => network.classes.add({ ...spec, link } as TrafficClassSpec) })),
  ];
  const isTop = ({ parent, kind }: Item) =>
    parent === undefined || parent === 'root' || kind === 'clsact' || kind === 'ingress';
  while (waiting.length > 0) {
    // What names something that is nowhere is tried all the same: the kernel says what is wrong.
    const next = Math.max(
      0,
      waiting.findIndex(({ spec }) => isTop(spec) || there.has(spec.parent)),
    );
    const [first] = waiting.splice(next, 1);
    await first?.add();
    there.add(first?.spec.handle);
  }
  for (const filter of filters) await network.filters.add({ ...filter, link } as TrafficFilterSpec);
}
