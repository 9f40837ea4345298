import type { NamingOptions } from '../namespaces/name-directory.ts';
import { createNamed } from '../namespaces/named.ts';
import type { LinkChanges, LinkSpec, Links } from '../network/links.ts';
import type { LinkChange, LinkToAdd } from './commands.ts';
import { toWire } from './from-wire.ts';
import { linkKind, shapeOfKind, shapeOfPort } from './link-kinds.ts';
import type { Networks } from './networks.ts';
import type { KindData } from './schema.ts';
import { partSection, tableSection } from './sections/index.ts';
import type { LinkEntry } from './sections/links.ts';
import type { Step } from './step.ts';

/** Does one step. */
export async function carryOut(step: Step, networks: Networks, options: NamingOptions): Promise<void> {
  switch (step.section) {
    case 'namespaces':
      networks.adopt(step.namespace, createNamed(step.namespace, options));
      return;
    case 'links':
      if (step.verb === 'add') await addLink(step, networks);
      else if (step.verb === 'delete') await networks.network(step.namespace).links.delete(step.name);
      else await changeLink(networks.network(step.namespace).links, step.name, step.change);
      return;
    default:
      if ('key' in step) {
        const { fd } = networks.namespace(step.namespace);
        await partSection(step.section).run({ network: networks.network(step.namespace), namespace: fd }, step);
      } else await tableSection(step.section).run(networks.network(step.namespace), step.verb, step.entry);
  }
}

/** Where a device is made on one of another namespace, it is made there, and appears here. */
async function addLink({ namespace, name, entry, peer }: LinkToAdd, networks: Networks): Promise<void> {
  const { link, linkNamespace = namespace, data, ...settings } = entry;
  const { links } = networks.network(linkNamespace);
  const { linkInData } = linkKind(entry.kind);
  const below = link === undefined ? {} : linkInData ? { link: await links.indexOf(link) } : undefined;
  const own = { ...((await dataToWire(links, entry.kind, data)) ?? {}), ...below };
  const spec = {
    ...settings,
    name,
    ...(link !== undefined && !linkInData && { link }),
    ...(Object.keys(own).length > 0 && { data: own }),
    ...(linkNamespace !== namespace && { netns: networks.namespace(namespace) }),
    ...(peer && {
      peer: {
        ...peer.entry,
        kind: undefined, // that of the device
        name: peer.name,
        ...(peer.namespace !== namespace && { netns: networks.namespace(peer.namespace) }),
      },
    }),
  };
  await links.add(spec as unknown as LinkSpec);
}

async function changeLink(links: Links, name: string, { data, port, ...change }: LinkChange): Promise<void> {
  const { kind, ...settings } = change;
  const own = await dataToWire(links, kind, data);
  const changes = {
    ...settings,
    ...(own !== undefined && { kind, data: own }),
    ...(port && { port: { kind: port.kind, data: portToWire(port) } }),
  };
  await links.set(name, changes as unknown as LinkChanges);
}

async function dataToWire(
  links: Links,
  kind: string | undefined,
  data: KindData | undefined,
): Promise<Record<string, unknown> | undefined> {
  const shape = kind === undefined ? undefined : shapeOfKind(kind);
  if (shape === undefined || data === undefined) return undefined;
  const named: Record<string, unknown> = { ...data };
  for (const device of linkKind(kind).devices ?? []) {
    if (named[device] !== undefined) named[device] = await links.indexOf(named[device] as string);
  }
  return toWire(shape, named) as Record<string, unknown>;
}

function portToWire({ kind, data }: NonNullable<LinkEntry['port']>): unknown {
  const shape = shapeOfPort(kind);
  return shape === undefined || data === undefined ? undefined : toWire(shape, data);
}
