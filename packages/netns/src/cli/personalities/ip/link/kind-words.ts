import type { LinkMessageInput } from '../../../../netlink/families/route/link.ts';
import { duplicateArgument, failure } from '../exit.ts';
import { readOptions } from '../grammar.ts';
import type { Session } from '../session.ts';
import { isPrefix, type Words } from '../words.ts';
import { type LinkDraft, nameByDevice, newDraft } from './draft.ts';
import { loadKind } from './kinds/kinds.ts';
import { type LinkContext, linkGrammar } from './options.ts';

type Linkinfo = NonNullable<NonNullable<LinkMessageInput['attributes']>['linkinfo']>;

/**
 * Reads the words behind `type KIND`. Undefined when they were answered with help on stdout: `ip` then fails without
 * a further word. Throws Exit.
 */
export async function readKind(
  session: Session,
  owner: LinkDraft,
  words: Words,
  context: LinkContext,
  creating: boolean,
): Promise<Linkinfo | undefined> {
  const name = owner.kind ?? '';
  const master = name.endsWith('_slave') ? name.slice(0, -'_slave'.length) : undefined;
  const next = words.peek();
  const bare: Linkinfo = master === undefined ? { kind: 'other', name } : { slave: { kind: 'other', name: master } };
  if (next === undefined) return bare;
  const kind = await loadKind(name);
  const pair = isPair(name) ? name : undefined;
  if (kind === undefined || (kind.parse === undefined && pair === undefined)) {
    if (isPrefix(next, 'help')) context.help();
    throw failure(`Garbage instead of arguments "${next} ...". Try "ip link help".`);
  }
  if (pair !== undefined || kind.parse === undefined) {
    if (pair !== undefined && next === 'peer') {
      words.take();
      return { kind: pair, data: { peer: readPeer(owner, words, context) } };
    }
    session.output.write(kind.usage);
    return undefined;
  }
  const warn = (text: string) => session.warn(text);
  const existing = () => (owner.device === undefined ? undefined : context.lookup.named(owner.device));
  const data = kind.parse(words, { lookup: context.lookup, creating, existing, warn });
  if (name === 'netkit' && words.left > 0)
    return { kind: name, data: { ...(data as object), peerInfo: readPeer(owner, words, context) } };
  return (master === undefined ? { kind: name, data } : { slave: { kind: master, data } }) as Linkinfo;
}

/** The kinds that come in pairs, whose other end is made along with them. */
const isPair = (kind: string) => kind === 'veth' || kind === 'vxcan';

/** The other end of a pair, in the words of `ip link add`. */
function readPeer(owner: LinkDraft, words: Words, context: LinkContext) {
  const draft = newDraft();
  owner.peer = draft;
  readOptions(linkGrammar, words, draft, context);
  if (draft.kind !== undefined) throw duplicateArgument('type', draft.kind);
  nameByDevice(draft);
  const { attributes } = draft;
  if (draft.name !== undefined) attributes.ifname = draft.name;
  if (draft.group !== undefined) attributes.group = draft.group;
  if (draft.namespace !== undefined) attributes.netNsFd = draft.namespace.raw;
  return { header: { index: draft.index ?? 0, flags: draft.flags, change: draft.change }, attributes };
}
