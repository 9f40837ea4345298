import { sayContainer } from '../containers/cgroups.ts';
import type { LinkEnd, Topology, TopologyLink, TopologyNamespace } from '../topology.ts';

/** A line between two devices. */
export interface Edge {
  readonly kind: 'cable' | 'member' | 'below';
  readonly from: LinkEnd;
  readonly to: LinkEnd;
}

/** What people call a namespace. Pure, as all of this folder. */
export function titleOf({
  key,
  names,
  container,
  current,
  initial,
}: Pick<TopologyNamespace, 'key' | 'names' | 'container' | 'current' | 'initial'>): string {
  if (names.length > 0) return names.join(' ');
  if (container !== undefined) return sayContainer(container, ' ');
  if (initial) return 'the machine';
  return current ? 'this one' : key;
}

/** Devices worth drawing: not a loopback device without an address. */
export function drawnLinks({ links }: TopologyNamespace): readonly TopologyLink[] {
  return links.filter(({ name, addresses }) => name !== 'lo' || addresses.length > 0);
}

/** All lines, each cable once. */
export function edgesOf({ namespaces }: Topology): readonly Edge[] {
  const edges: Edge[] = [];
  const drawn = new Set(
    namespaces.flatMap((each) => drawnLinks(each).map(({ index }) => endKey({ namespace: each.key, index }))),
  );
  for (const namespace of namespaces) {
    for (const { index, peer, below, master } of drawnLinks(namespace)) {
      const from = { namespace: namespace.key, index };
      if (peer !== undefined && (endKey(from) < endKey(peer) || !drawn.has(endKey(peer))))
        edges.push({ kind: 'cable', from, to: peer });
      if (below !== undefined) edges.push({ kind: 'below', from, to: below });
      if (master !== undefined) edges.push({ kind: 'member', from, to: { namespace: namespace.key, index: master } });
    }
  }
  return edges.filter(({ to }) => drawn.has(endKey(to)));
}

export function endKey({ namespace, index }: LinkEnd): string {
  return `${namespace} ${String(index).padStart(10)}`;
}

/** Finds a device by its end. */
export function linkAt(
  { namespaces }: Topology,
  { namespace, index }: LinkEnd,
): { readonly in: TopologyNamespace; readonly link: TopologyLink } | undefined {
  const place = namespaces.find(({ key }) => key === namespace);
  const link = place?.links.find((each) => each.index === index);
  return place && link && { in: place, link };
}

/** `veth 10.0.0.1/24 down`: what there is to say of a device beside its name. */
export function factsOf({ kind, addresses, up }: TopologyLink): string {
  return [...(kind === undefined ? [] : [kind]), ...addresses, ...(up ? [] : ['down'])].join(' ');
}

/** Without what no picture can have, or what would turn the rest around: control characters, halves of letters, marks of direction. */
export function plainText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu, '\ufffd');
}
