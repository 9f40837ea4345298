import type { encapMpls } from '../../../../../netlink/families/route/encap.ts';
import type { Out } from '../../../../../wire/shape.ts';
import { duplicateOrGarbage } from '../../exit.ts';
import { labels, labelsText } from '../../mpls-labels.ts';
import { value } from '../../show/fields.ts';
import { unsigned } from '../../values.ts';
import { type EncapKind, encapValue } from './kind.ts';

interface Draft {
  readonly dst: readonly number[];
  ttl?: number;
}

/** `encap mpls 100/200 ttl 5`: labels to put on. */
export const mplsEncap: EncapKind<Out<typeof encapMpls>, Draft> = {
  begin: ({ words }) => ({ dst: labels(words.value()) }),
  rows: [
    {
      words: 'ttl',
      apply: (draft, _take, context) => {
        const word = encapValue(context);
        if (draft.ttl !== undefined) throw duplicateOrGarbage('ttl', word);
        draft.ttl = unsigned(word, 8, '"ttl" value is invalid\n');
      },
    },
  ],
  finish: (draft) => ({ ...draft }),
  parts: [
    value('dst', ' % ', ({ dst }) => (dst === undefined ? undefined : labelsText(dst))),
    value('ttl', 'ttl % ', ({ ttl }) => ttl),
  ],
};
