import type { Declaration } from '../../connection/declaration.ts';
import { NLM_F_ACK, NLM_F_ECHO } from '../../netlink/header.ts';
import { ReplaceableTable } from '../table.ts';
import { explainKind } from './unsupported.ts';

/** What the kernel calls the kind. */
export function kindName(spec: { readonly kind: string; readonly name?: string }): string {
  return spec.kind === 'other' ? (spec.name ?? '') : spec.kind;
}

/**
 * Until Linux 6.8 the answer to a question for one was an event, which who asks gets with NLM_F_ECHO only; and of what the kernel has put in
 * place by itself there may be no answer but its end.
 */
export const echoed = NLM_F_ECHO | NLM_F_ACK;

/** A table of what has the kind of a queueing discipline: the disciplines themselves, and their classes. */
export abstract class KindTable<
  D extends Declaration,
  Spec extends { readonly kind: string; readonly name?: string },
  Entry extends Spec,
  Filter,
> extends ReplaceableTable<D, Spec, Entry, Filter> {
  protected readonly optionNames = { data: 'options', ifindex: 'link' };

  /** Changes settings of one that is there, by its handle or place. `tc qdisc change`, `tc class change`. Throws NetlinkError ENOENT, EINVAL. */
  set(spec: Spec): Promise<void> {
    return this.change('new', spec, 0, 'change');
  }

  /** UnsupportedError for a kind that the kernel has not. */
  protected override explainRefusal(error: Error, spec: Spec): Error {
    return explainKind(error, 'qdisc', kindName(spec));
  }
}
