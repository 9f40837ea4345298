import type { LinkMessage } from '../../../../netlink/families/route/link.ts';
import { defaultOptions, type Options } from '../options.ts';
import { plain } from '../show/paint.ts';
import { groupTable } from './names.ts';
import type { LinkView } from './view.ts';

/** A link as the kernel would tell of it, with the least in it; for tests. */
export function linkOf(header: Partial<LinkMessage['header']>, attributes: LinkMessage['attributes']): LinkMessage {
  return { header: { family: 0, type: 1, index: 2, flags: 0, change: 0, ...header }, attributes };
}

/** What descriptions ask for, with these options and other links; for tests. */
export function viewOf(
  options: Partial<Options> = {},
  links: readonly LinkMessage[] = [],
  more: Partial<LinkView> = {},
): LinkView {
  return {
    options: { ...defaultOptions(), ...options },
    paint: plain,
    newline: options.oneline === true ? '\\' : '\n',
    host: String,
    linkCommand: true,
    firstLineOnly: false,
    links: new Map(links.map((link) => [link.header.index, link])),
    namespaces: new Map(),
    kinds: new Map(),
    programs: new Map(),
    groups: groupTable(),
    ...more,
  };
}
