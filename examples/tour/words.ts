import { type Link, NetworkNamespace } from 'netns';

/** A device, in short. */
export function sayLink({ index, name, kind, up, mtu }: Link): string {
  return `${index}: ${name}${kind === undefined ? '' : ` (${kind})`} ${up ? 'up' : 'down'}, mtu ${mtu}`;
}

export async function sayLinks(namespace: NetworkNamespace): Promise<string[]> {
  return (await namespace.network.links.list()).map((link) => `${namespace.name}: ${sayLink(link)}`);
}

export function vxlanId(link: Link): number | undefined {
  const { linkinfo } = link.message.attributes;
  return linkinfo?.kind === 'vxlan' ? linkinfo.data?.id : undefined;
}

/** What is in /run/netns. */
export function sayNames(): string[] {
  const names = NetworkNamespace.names().sort((a, b) => (a.name < b.name ? -1 : 1));
  return names.map(({ name, state, id }) => `${name}: ${state}, net:[${id?.ino}]`);
}
