import type { LinkMessage } from '../../../../netlink/families/route/link.ts';
import type { ProgramInfo } from '../bpf-programs.ts';
import type { NameTable } from '../name-table.ts';
import type { View } from '../show/fields.ts';
import type { Kind } from './kinds/kind.ts';

/** What the description of a link needs to know beside the link. */
export interface LinkView extends View {
  /** `ip link` shows more of a link than `ip address`. */
  readonly linkCommand: boolean;
  /** Addresses of one family were asked for: the hardware is left out. */
  readonly firstLineOnly: boolean;
  /** The other links that descriptions name, by index. */
  readonly links: ReadonlyMap<number, LinkMessage>;
  /** The names of namespaces, by their ids here. */
  readonly namespaces: ReadonlyMap<number, string>;
  /** The kinds whose settings are shown, by the words of `ip`. */
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly groups: NameTable;
  /** What is known of programs that get packets first, by their numbers. */
  readonly programs: ReadonlyMap<number, ProgramInfo>;
  /** A change is told of, where the length of the queue is left out. */
  readonly change?: true;
}

/** The name of a link that another one refers to. */
export function linkName(view: LinkView, index: number): string {
  return view.links.get(index)?.attributes.ifname ?? `if${index}`;
}

/** The name of a group of links, or its number. */
export function groupName(view: LinkView, group: number): string {
  return (view.options.numeric ? undefined : view.groups.nameOf(group)) ?? String(group);
}
