import { EOPNOTSUPP } from '../../errno-numbers.ts';
import { NetlinkError } from '../../errors.ts';
import type { BridgeVlan } from '../../network/bridge-vlans.ts';
import type { Link } from '../../network/links.ts';
import type { Network } from '../../network/network.ts';
import { commandIn } from '../command-in.ts';
import { linkName } from '../formats.ts';
import { fields, integer, listOf, mapOf, type TypeOf, truth } from '../schema.ts';
import type { PartChange, PartSection } from './part-section.ts';
import { words } from './table-section.ts';

const entry = fields(
  {
    vlan: integer(1, 4094, 'the VLAN'),
    to: integer(1, 4094, 'the last of several that are alike'),
    pvid: truth('what comes in without a tag belongs to it'),
    untagged: truth('it leaves without a tag'),
  },
  ['vlan'],
);

const schema = mapOf(
  linkName,
  listOf(entry),
  'VLANs of bridges and their ports, by device: all that the device has. One that is not named has what the kernel gives it: VLAN 1, without a tag.',
);

type Entry = TypeOf<typeof entry>;

/** What a bridge and its ports have when they are made. */
const usual: readonly Entry[] = [{ vlan: 1, pvid: true, untagged: true }];

export const vlans: PartSection = {
  name: 'vlans',
  schema: schema as PartSection['schema'],
  async read({ network }) {
    const found = await vlansByIndex(network);
    if (Object.keys(found).length === 0) return {};
    const links = await network.links.list();
    const bridges = new Set(links.filter(({ kind }) => kind === 'bridge').map(({ index }) => index));
    // The kernel says nothing of one that has no VLAN at all.
    const of = ({ index, master = 0 }: Link) =>
      found[index] ?? (bridges.has(index) || bridges.has(master) ? [] : usual);
    return Object.fromEntries(
      links
        .map((link) => [link.name, of(link)] as const)
        .filter(([, list]) => JSON.stringify(list) !== JSON.stringify(usual)),
    );
  },
  full: (value) => merged(value as readonly Entry[]),
  nothing: usual,
  deletes: true,
  ofDevices: true,
  device: (key) => key,
  isLost: (key, loss) => loss.of === 'link' && loss.how === 'deleted' && loss.link === key,
  when: 'early',
  commands(namespace, change, kind) {
    const { gone, fresh } = differenceOf(change);
    const self = kind === 'bridge' && 'self';
    const command = (verb: string, { vlan, to = vlan, pvid, untagged }: Entry) =>
      commandIn(
        namespace,
        words(
          `bridge vlan ${verb} dev ${change.key} vid ${to === vlan ? vlan : `${vlan}-${to}`}`,
          pvid && 'pvid',
          untagged && 'untagged',
          self,
        ),
      );
    return [
      ...gone.map(({ vlan, to }) => command('delete', { vlan, to })),
      ...fresh.map((each) => command('add', each)),
    ];
  },
  async run({ network }, { key, want }) {
    const { index, kind, master } = await network.links.get(key);
    const own = (await vlansByIndex(network))[index];
    // Whatever is in no bridge any more has none.
    const isApart = own === undefined && kind !== 'bridge' && master === undefined;
    if (isApart && JSON.stringify(want) === JSON.stringify(usual)) return;
    const { gone, fresh } = differenceOf({ key, have: own ?? [], want });
    for (const each of gone) await network.vlans.delete({ ...each, link: key });
    for (const each of fresh) await network.vlans.add({ ...each, link: key });
  },
};

async function vlansByIndex(network: Network): Promise<Readonly<Record<number, readonly Entry[]>>> {
  const found: Record<number, BridgeVlan[]> = {};
  try {
    for (const each of await network.vlans.list()) {
      found[each.link] ??= [];
      found[each.link]?.push(each);
    }
  } catch (error) {
    // Linux before 5.6, or without bridges.
    if (!(error instanceof NetlinkError && error.errno === EOPNOTSUPP)) throw error;
  }
  return Object.fromEntries(Object.entries(found).map(([link, list]) => [link, merged(list)]));
}

/** One by one, the last that is said of each. */
function single(list: readonly Entry[]): ReadonlyMap<number, Entry> {
  const each = new Map<number, Entry>();
  for (const { vlan, to = vlan, pvid, untagged } of list)
    for (let number = vlan; number <= to; number++)
      each.set(number, { vlan: number, ...(pvid && { pvid }), ...(untagged && { untagged }) });
  return each;
}

/** In order, with those that are alike as one. */
function merged(list: Iterable<Entry>): readonly Entry[] {
  const result: Entry[] = [];
  for (const { vlan, ...rest } of [...single([...list]).values()].sort((a, b) => a.vlan - b.vlan)) {
    const last = result.at(-1);
    const follows = last !== undefined && (last.to ?? last.vlan) + 1 === vlan && !rest.pvid && !last.pvid;
    if (follows && rest.untagged === last.untagged) result[result.length - 1] = { vlan: last.vlan, to: vlan, ...rest };
    else result.push({ vlan, ...rest });
  }
  return result;
}

function differenceOf({ have = usual, want }: PartChange): { gone: readonly Entry[]; fresh: readonly Entry[] } {
  const before = single(have as readonly Entry[]);
  const after = single(want as readonly Entry[]);
  const isThere = (each: Entry) => JSON.stringify(before.get(each.vlan)) === JSON.stringify(each);
  return {
    gone: merged([...before.values()].filter(({ vlan }) => !after.has(vlan)).map(({ vlan }) => ({ vlan }))),
    fresh: merged([...after.values()].filter((each) => !isThere(each))),
  };
}
