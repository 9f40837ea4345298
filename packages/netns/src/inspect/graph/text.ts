import type { LinkEnd, Topology, TopologyLink } from '../topology.ts';
import { drawnLinks, factsOf, linkAt, titleOf } from './model.ts';

/** A topology as lines of text: each namespace with its devices, and where each leads. */
export function textOf(topology: Topology): string[] {
  const lines: string[] = [];
  for (const namespace of topology.namespaces) {
    const title = titleOf(namespace);
    lines.push(title === namespace.key ? title : `${title}  ${namespace.key}`);
    const links = drawnLinks(namespace);
    for (const [index, link] of links.entries()) {
      const branch = index === links.length - 1 ? '└─' : '├─';
      lines.push(
        `${branch} ${[link.name, factsOf(link), ...whereTo(topology, namespace.key, link)].filter(Boolean).join('  ')}`,
      );
    }
  }
  for (const key of topology.closed) lines.push(`${key}  may not be looked into`);
  return lines;
}

function whereTo(topology: Topology, namespace: string, { peer, below, master, underlay }: TopologyLink): string[] {
  const say = (end: LinkEnd) => sayEnd(topology, end, namespace);
  return [
    ...(peer === undefined ? [] : [`─ ${say(peer)}`]),
    ...(below === undefined ? [] : [`on ${say(below)}`]),
    ...(underlay === undefined ? [] : [`through ${sayNamespace(topology, underlay)}`]),
    ...(master === undefined ? [] : [`in ${say({ namespace, index: master })}`]),
  ];
}

function sayNamespace({ namespaces }: Topology, key: string): string {
  const found = namespaces.find((each) => each.key === key);
  return found === undefined ? key : titleOf(found);
}

/** `eth0 of blue`, or `eth0` in the same namespace. */
export function sayEnd(topology: Topology, end: LinkEnd, from?: string): string {
  const found = linkAt(topology, end);
  const name = found?.link.name ?? `device ${end.index}`;
  if (end.namespace === from) return name;
  return `${name} of ${found === undefined ? end.namespace : titleOf(found.in)}`;
}
