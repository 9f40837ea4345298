import type { NetlinkError } from '../../../../errors.ts';
import { type LinkMessageInput, link } from '../../../../netlink/families/route/link.ts';
import { NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE } from '../../../../netlink/header.ts';
import { kindOption, lacksKind } from '../../../../network/missing-kind.ts';
import { requestChange } from '../echo.ts';
import { failure, misuse, noSuchDevice } from '../exit.ts';
import { readOptions } from '../grammar.ts';
import { openNamespaceFile } from '../netns/file.ts';
import { refusalText } from '../report.ts';
import type { Session } from '../session.ts';
import { toJson, toText } from '../show/fields.ts';
import { Words } from '../words.ts';
import { placeBelow } from './below.ts';
import { briefParts, linkParts } from './describe.ts';
import { type LinkDraft, nameByDevice, newDraft, releaseDraft } from './draft.ts';
import { gatherView } from './gather.ts';
import { readKind } from './kind-words.ts';
import { loadKind } from './kinds/kinds.ts';
import { Lookup } from './lookup.ts';
import { type LinkContext, linkGrammar } from './options.ts';
import { linkHelp } from './usage.ts';

interface Request {
  readonly verb: 'new' | 'del';
  readonly flags: number;
  /** The link need not be there yet. */
  readonly creating: boolean;
}

type Run = (session: Session, words: readonly string[]) => Promise<number>;

/** `ip link add …`. */
export const addLink: Run = (session, words) =>
  change(session, words, { verb: 'new', flags: NLM_F_CREATE | NLM_F_EXCL, creating: true });

/** `ip link replace …`. */
export const replaceLink: Run = (session, words) =>
  change(session, words, { verb: 'new', flags: NLM_F_CREATE | NLM_F_REPLACE, creating: true });

/** `ip link set …`. */
export const setLink: Run = (session, words) => change(session, words, { verb: 'new', flags: 0, creating: false });

/** `ip link delete …`. */
export const deleteLink: Run = (session, words) => change(session, words, { verb: 'del', flags: 0, creating: false });

async function change(session: Session, list: readonly string[], request: Request): Promise<number> {
  const connection = await session.connection();
  const context: LinkContext = {
    lookup: new Lookup(connection),
    openNamespaceFile: (word) => openNamespaceFile(word, session),
    force: session.options.force,
    help: () => linkHelp(),
  };
  const words = new Words(list);
  const draft = newDraft();
  try {
    readOptions(linkGrammar, words, draft, context);
    const message =
      draft.group !== undefined && draft.device === undefined && !(request.creating && draft.name !== undefined)
        ? wholeGroup(draft, draft.group, words, request)
        : await oneLink(session, draft, words, context, request);
    if (message === undefined) return 1;
    const operation = `${request.creating ? 'add' : request.verb === 'del' ? 'delete' : 'change'} a link`;
    const options = { operation, flags: request.flags };
    await requestChange(session, link, request.verb, message, options, async (found) => {
      const purpose = { linkCommand: false, firstLineOnly: false };
      const view = { ...(await gatherView(session, context.lookup, [found], [found], purpose)), change: true } as const;
      const { brief } = session.options;
      const parts = brief ? briefParts : linkParts;
      return {
        text: () => toText(parts, found, view),
        json: () => toJson(parts, found, view),
        ...(brief && { end: '' }),
      };
    });
    return 0;
  } catch (error) {
    throw session.io.hints && lacksKind(error) ? await withHint(error, draft.kind ?? '') : error;
  } finally {
    releaseDraft(draft);
  }
}

/** What `ip` leaves its readers to find out, of a kind that we know. */
async function withHint(error: NetlinkError, kind: string): Promise<Error> {
  if ((await loadKind(kind)) === undefined) return error;
  return failure(`${refusalText(error)}\nnetns: this kernel has no ${kind} device (${kindOption(kind)})`, 2);
}

/** `group DEVGROUP` without a link: all links of the group. */
function wholeGroup(draft: LinkDraft, group: number, words: Words, { creating }: Request): LinkMessageInput {
  const next = words.peek();
  if (next !== undefined) {
    throw misuse(`Garbage instead of arguments "${next} ...". Try "ip link help".\n`);
  }
  if (creating) throw misuse('group cannot be used when creating devices.\n');
  draft.attributes.group = group;
  return { header: { flags: draft.flags, change: draft.change }, attributes: draft.attributes };
}

/** The request for one link; undefined when its words were answered with help, which counts as failed. */
async function oneLink(
  session: Session,
  draft: LinkDraft,
  words: Words,
  context: LinkContext,
  { verb, creating }: Request,
): Promise<LinkMessageInput | undefined> {
  const { attributes } = draft;
  if (draft.group !== undefined) attributes.group = draft.group;
  const index = creating ? await prepareNew(session, draft, context.lookup) : prepareExisting(draft, context, verb);
  if (draft.namespace !== undefined) attributes.netNsFd = draft.namespace.raw;
  if (draft.name !== undefined) attributes.ifname = draft.name;
  if (draft.kind !== undefined) {
    const linkinfo = await readKind(session, draft, words, context, creating);
    if (linkinfo === undefined) return undefined;
    attributes.linkinfo = linkinfo;
  } else if (creating) {
    throw failure('Not enough information: "type" argument is required');
  }
  return { header: { index, flags: draft.flags, change: draft.change }, attributes };
}

async function prepareNew(session: Session, draft: LinkDraft, lookup: Lookup): Promise<number> {
  nameByDevice(draft);
  await placeBelow(session, draft, lookup);
  return draft.index ?? 0;
}

function prepareExisting(draft: LinkDraft, { lookup }: LinkContext, verb: 'new' | 'del'): number {
  const { device, attributes } = draft;
  if (device === undefined) throw misuse('Not enough information: "dev" argument is required.\n');
  if (verb === 'new' && draft.index !== undefined) {
    if (draft.namespace === undefined) {
      throw misuse('index can be used only when creating devices or when moving device to another netns.\n');
    }
    attributes.newIfindex = draft.index;
  }
  if (draft.belowNamespace !== undefined && 'id' in draft.belowNamespace) {
    attributes.linkNetnsid = draft.belowNamespace.id;
  }
  const index = lookup.indexOf(device);
  if (index === 0) throw noSuchDevice(device);
  checkAddressLength(draft, lookup, index);
  return index;
}

/** The kernel would take as many bytes as the link has, from wherever the given ones end. */
function checkAddressLength({ attributes }: LinkDraft, lookup: Lookup, index: number): void {
  if (attributes.address === undefined) return;
  const given = attributes.address.split(':').length;
  const needed = lookup.byIndex(index)?.attributes.address?.split(':').length;
  if (needed !== undefined && given !== needed) {
    throw failure(`Invalid address length ${given} - must be ${needed} bytes`);
  }
}
