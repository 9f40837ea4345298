import type { LinkMessage } from '../../../../netlink/families/route/link.ts';
import type { ProgramInfo } from '../bpf-programs.ts';
import { namesById } from '../netns/ids.ts';
import type { Session } from '../session.ts';
import { viewOf } from '../show/view.ts';
import type { Kind } from './kinds/kind.ts';
import { loadKind } from './kinds/kinds.ts';
import type { Lookup } from './lookup.ts';
import { groupTable } from './names.ts';
import type { LinkView } from './view.ts';

export interface Purpose {
  readonly linkCommand: boolean;
  readonly firstLineOnly: boolean;
  /** Only addresses are shown, and of the links at most their names. */
  readonly addressesOnly?: boolean;
}

/**
 * Everything that the descriptions of these links will ask for, so that describing is a pure function: other links
 * that they name, names of namespaces, and the words for their kinds.
 */
export async function gatherView(
  session: Session,
  lookup: Lookup,
  known: readonly LinkMessage[],
  shown: readonly LinkMessage[],
  purpose: Purpose,
): Promise<LinkView> {
  const { options } = session;
  const links = new Map(known.map((link) => [link.header.index, link]));
  for (const index of shown.flatMap(namedLinks)) {
    if (links.has(index)) continue;
    const link = lookup.byIndex(index);
    if (link !== undefined) links.set(index, link);
  }
  const textual = !options.json && !options.brief && purpose.addressesOnly !== true;
  const elsewhere = textual && shown.some((link) => (link.attributes.linkNetnsid ?? -1) >= 0);
  return {
    ...purpose,
    ...viewOf(session),
    links,
    namespaces: elsewhere ? await namesById(session) : new Map(),
    kinds: options.details > 0 ? await kindsOf(shown) : new Map(),
    groups: groupTable(),
    programs: await programsOf(shown),
  };
}

/** The settings of kinds that name another link: of tunnels, bonds and rings. */
const namingSettings = ['link', 'activeSlave', 'primary', 'slave1', 'slave2', 'interlink'];

/** The indexes of links that the description of a link names. */
function namedLinks({ attributes: { link, linkNetnsid, master, linkinfo } }: LinkMessage): number[] {
  const found = [master];
  if (linkNetnsid === undefined) found.push(link);
  const data: Readonly<Record<string, unknown>> | undefined = linkinfo?.kind === 'other' ? undefined : linkinfo?.data;
  for (const name of namingSettings) found.push(data?.[name] as number | undefined);
  if (linkinfo?.slave?.kind === 'bridge') found.push(linkinfo.slave.data?.backupPort);
  return found.filter((index) => index !== undefined && index !== 0) as number[];
}

async function kindsOf(links: readonly LinkMessage[]): Promise<Map<string, Kind>> {
  const kinds = new Map<string, Kind>();
  for (const { attributes } of links) {
    const { kind, slave } = attributes.linkinfo ?? {};
    for (const name of [kind, slave?.kind === undefined ? undefined : `${slave.kind}_slave`]) {
      if (name === undefined || kinds.has(name)) continue;
      const found = await loadKind(name);
      if (found !== undefined) kinds.set(name, found);
    }
  }
  return kinds;
}

async function programsOf(links: readonly LinkMessage[]): Promise<Map<number, ProgramInfo>> {
  const programs = new Map<number, ProgramInfo>();
  for (const { attributes } of links) {
    const { attached = 0, progId: id } = attributes.xdp ?? {};
    if (attached === 0 || id === undefined) continue;
    const { programInfo } = await import('../bpf-programs.ts');
    const info = programInfo(id);
    if (info !== undefined) programs.set(id, info);
  }
  return programs;
}
