import { InvalidArgumentError } from '../../errors.ts';
import type { Network } from '../../network/network.ts';
import type { TrafficClassSpec } from '../../network/shaping/classes.ts';
import type { TrafficFilter, TrafficFilterSpec } from '../../network/shaping/filters.ts';
import type { TrafficAction } from '../../network/shaping/kinds/actions.ts';
import type { QdiscSpec } from '../../network/shaping/qdiscs.ts';
import { fromPlain, toPlain } from '../../wire/plain.ts';
import { linkName } from '../formats.ts';
import { anything, either, fields, integer, listOf, mapOf, text } from '../schema.ts';
import type { PartSection } from './part-section.ts';
import { sorted } from './table-section.ts';
import { classCommand, filterCommand, type Item, NoWords, qdiscCommand } from './tc-words.ts';

const most = 0xffff_ffff;
const options = anything<Item>('as the library has them', 'object');
/** What all have; `name` and `raw` are of kinds that are not known. */
const common = {
  kind: text('tbf, htb, flower, …'),
  parent: text('root, ingress, 1:, …'),
  options,
  name: text(''),
  raw: text(''),
};
const handle = text('a number of two parts: 1:, 1:10');
const qdiscs = fields({ ...common, handle, ingressBlock: integer(0, most), egressBlock: integer(0, most) }, ['kind']);
const classes = fields({ ...common, handle }, ['kind']);
const filters = fields(
  {
    ...common,
    handle: integer(0, most),
    protocol: either([text('ip, ipv6, all, …'), integer(0, 0xffff)]),
    priority: integer(0, 0xffff),
    chain: integer(0, most),
    classId: text('the class that packets get into'),
    actions: listOf(anything<Item>('an action as the library has it', 'object')),
  },
  ['kind'],
);

const schema = mapOf(
  linkName,
  fields({ qdiscs: listOf(qdiscs), classes: listOf(classes), filters: listOf(filters) }),
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
  ofDevices: true,
  device: (key) => key,
  isLost: (key, loss) => loss.of === 'link' && loss.how === 'deleted' && loss.link === key,
  when: 'late',
  commands(namespace, { key, have = nothing, want }) {
    const { qdiscs } = have as Shaping;
    const gone = qdiscs.filter(isTop).map((qdisc) => qdiscCommand(namespace, 'delete', key, qdisc));
    try {
      return [...gone, ...commandsFor(namespace, key, want as Shaping)];
    } catch (error) {
      if (!(error instanceof NoWords)) throw error;
      return [
        ...gone,
        `# there are no words of tc for ${error.message} here: ${namespace}, ${key}: ${JSON.stringify(want)}`,
      ];
    }
  },
  async run({ network }, { key, want }) {
    await shape(network, key, want as Shaping);
  },
  async asTheKernelHasIt(key, value, place) {
    for (const { options } of (value as Shaping).qdiscs) {
      const { distribution, slot } = Object(options) as { distribution?: unknown; slot?: { distribution?: unknown } };
      const given = distribution ?? slot?.distribution;
      if (given !== undefined)
        throw new InvalidArgumentError(
          'distribution',
          given,
          'the kernel does not tell it, so a document cannot have it',
        );
    }
    await shape(place.network, key, value as Shaping);
    return (await shapingOf(place.network))[key] ?? nothing;
  },
};

type Placed<T, Place = string> = readonly [place: Place, what: T];

/** What somebody put in place; what the kernel puts there by itself has no number. */
async function shapingOf(network: Network): Promise<Record<string, Shaping>> {
  const qdiscs = await network.qdiscs.list({ defaults: false });
  if (qdiscs.length === 0) return {};
  const names = new Map((await network.links.list()).map(({ index, name }) => [index, name]));
  const found: Record<string, Shaping> = {};
  for (const link of new Set(qdiscs.map((qdisc) => qdisc.link))) {
    const own = qdiscs.filter((qdisc) => qdisc.link === link);
    const classes = await network.classes.list({ link });
    const filters: Placed<TrafficFilter>[] = [];
    for (const parent of placesOfFilters(own)) {
      for (const filter of await network.filters.list({ link, parent })) filters.push([parent, filter]);
    }
    // A class of a kind that makes its own (`mq`, `fq_codel`'s flows) is nobody's to make.
    // Nor is the one that hfsc begins with.
    const made = classes.filter(({ kind, handle }) => madeByHand.includes(kind) && !handle?.endsWith(':'));
    const name = names.get(link);
    if (name !== undefined)
      found[name] = sorted({
        qdiscs: own.map(plain),
        classes: made.map(plain),
        filters: filtersOf(filters, names),
      }) as Shaping;
  }
  return found;
}

function filtersOf(list: readonly Placed<TrafficFilter>[], names: ReadonlyMap<number, string>): readonly Item[] {
  const actions = list.flatMap(([, filter]) => filter.actions ?? []);
  const made = list.flatMap(([parent, filter]) => {
    const seen = filter.kind === 'u32' ? u32(filter) : filter;
    return seen === undefined ? [] : [plain({ ...seen, parent, actions: named(filter.actions, names, actions) })];
  });
  const isTable = ({ options }: Item) => Object(options).divisor !== undefined;
  return [...made.filter(isTable), ...made.filter((each) => !isTable(each))];
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

const madeByHand: readonly string[] = ['htb', 'hfsc', 'drr', 'qfq'];
const classful: readonly string[] = ['htb', 'hfsc', 'prio', 'drr', 'qfq', 'multiq'];
const ofTheMoment: readonly string[] = ['link', 'statistics', 'details', 'message', 'leaf'];

/** As JSON has it. */
function plain(entry: object): Item {
  const own = Object.entries(entry).filter(([name, value]) => value !== undefined && !ofTheMoment.includes(name));
  return toPlain(Object.fromEntries(own)) as Item;
}

/**
 * The kernel tells of the tables of u32, too, and numbers what it makes by itself in the order of making. Tables of users, which their filters
 * are told to go into, come first.
 */
function u32(filter: TrafficFilter & { readonly kind: 'u32' }): object | undefined {
  const { handle = 0, options = {}, ...rest } = filter;
  if ((handle & 0xfff) !== 0) {
    const { hashTable = 0, divisor: _, ...own } = options;
    return { ...rest, options: isOfTheKernel(hashTable) ? own : { ...own, hashTable } };
  }
  return isOfTheKernel(handle) ? undefined : { ...rest, handle, options: { divisor: options.divisor } };
}

/** The first table of each priority. */
const isOfTheKernel = (table: number) => table === 0 || table >>> 20 >= 0x800;

/** With names for devices, and without numbers that the kernel has given, unless filters share one. */
function named(
  actions: readonly TrafficAction[] | undefined,
  names: ReadonlyMap<number, string>,
  all: readonly TrafficAction[],
): unknown {
  return actions?.map((given) => {
    const { index, ...action } = given as TrafficAction & { readonly index?: number };
    const shared = all.filter((other) => other.kind === given.kind && 'index' in other && other.index === index);
    return {
      ...action,
      ...(action.kind === 'mirred' && { link: names.get(Number(action.link)) }),
      ...(shared.length > 1 && { index }),
    };
  });
}

const isTop = ({ parent, kind }: Item) =>
  parent === undefined || parent === 'root' || kind === 'clsact' || kind === 'ingress';

type Objects = 'qdisc' | 'class';

/** What something is in comes before it. */
function inOrder({ qdiscs, classes }: Shaping): readonly Placed<Item, Objects>[] {
  const there = new Set<unknown>();
  const waiting: Placed<Item, Objects>[] = [
    ...qdiscs.map((spec): Placed<Item, Objects> => ['qdisc', spec]),
    ...classes.map((spec): Placed<Item, Objects> => ['class', spec]),
  ];
  const ordered: Placed<Item, Objects>[] = [];
  while (waiting.length > 0) {
    // What names something that is nowhere is tried all the same: the kernel says what is wrong.
    const next = waiting.findIndex(([, spec]) => isTop(spec) || there.has(spec.parent));
    for (const placed of waiting.splice(Math.max(0, next), 1)) {
      ordered.push(placed);
      there.add(placed[1].handle);
    }
  }
  return ordered;
}

function commandsFor(namespace: string, link: string, shaping: Shaping): readonly string[] {
  return [
    ...inOrder(shaping).map(([object, spec]) =>
      object === 'qdisc' ? qdiscCommand(namespace, 'add', link, spec) : classCommand(namespace, link, spec),
    ),
    ...shaping.filters.map((spec) => filterCommand(namespace, link, spec)),
  ];
}

/** Takes all away that shapes a device, and puts in place what is to. */
async function shape(network: Network, link: string, shaping: Shaping): Promise<void> {
  for (const qdisc of await network.qdiscs.list({ link, defaults: false })) {
    const { parent, kind, handle } = qdisc;
    if (isTop({ parent, kind })) await network.qdiscs.delete({ link, parent, kind, handle } as QdiscSpec);
  }
  for (const [object, item] of inOrder(shaping)) {
    const spec = { ...(fromPlain(item) as Item), link };
    if (object === 'qdisc') await network.qdiscs.add(spec as unknown as QdiscSpec);
    else await network.classes.add(spec as unknown as TrafficClassSpec);
  }
  for (const filter of shaping.filters)
    await network.filters.add({ ...(fromPlain(filter) as Item), link } as unknown as TrafficFilterSpec);
}
