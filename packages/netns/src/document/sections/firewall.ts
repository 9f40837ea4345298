import { commandIn } from '../command-in.ts';
import { anything, fields, listOf } from '../schema.ts';
import type { PartSection } from './part-section.ts';
import { sorted } from './table-section.ts';

type Item = Readonly<Record<string, unknown>>;

const schema = fields(
  { nftables: listOf(anything<Item>('an object of libnftables-json(5): a table, chain, set, rule, …', 'object')) },
  ['nftables'],
  'The whole ruleset of nftables, in the JSON of libnftables, as `nft -j list ruleset` gives it.',
);

export const firewall: PartSection = {
  name: 'firewall',
  schema: schema as PartSection['schema'],
  read: async ({ network }) => ({ nftables: normal((await network.firewall.document()).nftables) }),
  full: (value) => normal(value as Item[]),
  nothing: [],
  device: () => undefined,
  isLost: () => false,
  when: 'late',
  commands(namespace, { want }) {
    const json = JSON.stringify(loading(want as Item[])).replaceAll("'", "'\\''");
    return [`echo '${json}' | ${commandIn(namespace, 'nft -j -f -')}`];
  },
  async asTheKernelHasIt(_, value, { network }) {
    await network.firewall.load(loading(value as Item[]));
    return normal((await network.firewall.document()).nftables);
  },
  async run({ network, namespace }, { have, want }) {
    const { firewall: own } = network;
    // From here on, whoever changes it makes this transaction fail (ERESTART).
    const generation = await own.generation();
    const now = normal((await own.document()).nftables);
    if (JSON.stringify(now) !== JSON.stringify(normal((have ?? []) as Item[])))
      throw new Error('somebody else has changed the ruleset since it was read');
    const { load } = await import('../../network/firewall/document.ts');
    await load(own, namespace, loading(want as Item[]), generation);
  },
};

/** A document of libnftables that makes the ruleset so, whatever it was. */
function loading(items: readonly Item[]): { nftables: Item[] } {
  return { nftables: [{ flush: { ruleset: null } }, ...items.map((item) => ('add' in item ? item : { add: item }))] };
}

/** Without what the moment decides: handles, counts, elements that packets have put in. */
function normal(items: readonly unknown[]): Item[] {
  return (items as Item[])
    .map((item) => ('add' in item ? (item.add as Item) : item))
    .filter((item) => !('metainfo' in item))
    .map((item) => sorted(without(item) as Item));
}

const ofTheMoment: readonly string[] = ['handle', 'expires', 'index'];

/** What a statement, or an object, has counted; it begins anew. A name of one stands where they have something else. */
const counted: Readonly<Record<string, readonly string[]>> = {
  counter: ['packets', 'bytes'],
  quota: ['used', 'used_unit'],
  last: ['used'],
};

/** The same of an expression that stands as it is, because nft has no words for its rule. */
const countedInMessages: Readonly<Record<string, Item>> = {
  counter: { packets: '0n', bytes: '0n' },
  quota: { consumed: '0n' },
  last: { set: 0, msecs: '0n' },
};

function without(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((each) => without(each));
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (key === 'unknown' && Array.isArray((value as Item).expressions)) return notCounted(value as Item);
  const { flags, elem } = value as { readonly flags?: unknown; readonly elem?: unknown };
  const dynamic = Array.isArray(flags) && flags.includes('dynamic') && elem !== undefined;
  const kept = Object.entries(value)
    .filter(([name]) => !ofTheMoment.includes(name) && !(dynamic && name === 'elem'))
    .filter(([name]) => counted[key]?.includes(name) !== true);
  // `counter: null` is one in a rule.
  if (kept.length === 0 && key in counted) return null;
  return Object.fromEntries(kept.map(([name, each]) => [name, without(each, name)]));
}

function notCounted({ expressions, ...rest }: Item): Item {
  return {
    ...rest,
    expressions: (expressions as Item[]).map((each) => {
      const { kind, data } = each as { readonly kind: string; readonly data?: Item };
      const zero = countedInMessages[kind];
      return zero === undefined || data === undefined ? each : { ...each, data: { ...data, ...zero } };
    }),
  };
}
