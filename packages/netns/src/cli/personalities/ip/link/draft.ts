import type { Fd } from '../../../../native/fd.ts';
import type { LinkMessageInput } from '../../../../netlink/families/route/link.ts';
import { KeptFiles } from '../bpf-programs.ts';
import { misuse } from '../exit.ts';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
type Attributes = Writable<NonNullable<LinkMessageInput['attributes']>>;

/** A request about a link, while its words are read. */
export interface LinkDraft {
  flags: number;
  change: number;
  readonly attributes: Attributes;
  /** What the link is to be called. */
  name?: string;
  /** The link that the request is about; in `link add` another way to give the name. */
  device?: string;
  /** The link below. */
  below?: string;
  kind?: string;
  group?: number;
  index?: number;
  /** The namespace that the link is to be in, held open until the request is done. */
  namespace?: Fd;
  /** The namespace that the link below is in. */
  belowNamespace?: { readonly fd: Fd } | { readonly id: number };
  /** Programs of BPF. */
  readonly kept: KeptFiles;
  /** The other end, which is made in the same request. */
  peer?: LinkDraft;
}

export function newDraft(): LinkDraft {
  return { flags: 0, change: 0, attributes: {}, kept: new KeptFiles() };
}

/** Closes what the draft holds open. */
export function releaseDraft(draft: LinkDraft): void {
  draft.namespace?.close();
  draft.kept[Symbol.dispose]();
  if (draft.peer !== undefined) releaseDraft(draft.peer);
  if (draft.belowNamespace !== undefined && 'fd' in draft.belowNamespace) draft.belowNamespace.fd.close();
}

/** `ip link add NAME` and `ip link add dev NAME` mean `name NAME`. */
export function nameByDevice(draft: LinkDraft): void {
  if (draft.device === undefined) return;
  if (draft.name !== undefined) throw misuse('both "name" and "dev" cannot be used when creating devices.\n');
  draft.name = draft.device;
}
