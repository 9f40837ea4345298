import { NetlinkError } from '../../errors.ts';
import type { Network } from '../network.ts';
import { type Snapshot, snapshot } from '../snapshot.ts';
import { chainOf, type TrafficChain } from './chains.ts';
import type { TrafficClass } from './classes.ts';
import type { TrafficFilter } from './filters.ts';
import type { Qdisc } from './qdiscs.ts';

// The kernel lists qdiscs of all devices, but classes device by device, and filters and chains place by place.

/** The classes of all devices. */
export async function allClasses({ qdiscs, classes }: Network): Promise<Snapshot<TrafficClass>> {
  const found = await qdiscs.list({ defaults: false });
  const links = [...new Set(found.map(({ link }) => link))];
  return joined(found, await Promise.all(links.map((link) => classes.list({ link }).catch(nothingIfGone))));
}

/** The filters of all places. */
export async function allFilters(network: Network): Promise<Snapshot<TrafficFilter>> {
  const { places, interrupted } = await placesOf(network);
  return joined(
    { interrupted },
    await Promise.all(places.map((place) => network.filters.list(place).catch(nothingIfGone))),
  );
}

/** The chains of all places, as events tell of them: of the halves of clsact only their qdisc. */
export async function allChains(network: Network): Promise<Snapshot<TrafficChain>> {
  const { places, interrupted } = await placesOf(network);
  const lists = await Promise.all(places.map((place) => network.chains.list(place).catch(nothingIfGone)));
  const all = joined({ interrupted }, lists);
  return snapshot(
    all.map(({ message }) => chainOf(message)),
    all.interrupted,
  );
}

type Place = { readonly link: number; readonly parent: string } | { readonly block: number };

async function placesOf(
  network: Network,
): Promise<{ readonly places: readonly Place[]; readonly interrupted: boolean }> {
  const qdiscs = await network.qdiscs.list({ defaults: false });
  const classes = await allClasses(network);
  const blocks = new Set(qdiscs.flatMap(({ ingressBlock, egressBlock }) => [ingressBlock || 0, egressBlock || 0]));
  blocks.delete(0);
  const places = [
    ...qdiscs.flatMap(placesAt),
    ...classes.map(({ link, handle }) => ({ link, parent: handle })),
    ...[...blocks].map((block) => ({ block })),
  ];
  return { places, interrupted: qdiscs.interrupted || classes.interrupted };
}

/** Those that it shares are asked for by the number of their block. */
function placesAt({ link, kind, handle, ingressBlock, egressBlock }: Qdisc): Place[] {
  if (kind === 'clsact')
    return [
      ...(ingressBlock ? [] : [{ link, parent: 'ingress' }]),
      ...(egressBlock ? [] : [{ link, parent: 'egress' }]),
    ];
  return ingressBlock ? [] : [{ link, parent: handle }];
}

/** A device or qdisc may go between the questions. */
function nothingIfGone(error: unknown): Snapshot<never> {
  if (error instanceof NetlinkError) return snapshot([], false);
  throw error;
}

function joined<Entry>(first: { readonly interrupted: boolean }, lists: readonly Snapshot<Entry>[]): Snapshot<Entry> {
  return snapshot(lists.flat(), first.interrupted || lists.some(({ interrupted }) => interrupted));
}
