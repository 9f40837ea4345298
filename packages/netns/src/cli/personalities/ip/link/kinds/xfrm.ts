import { failure, invalidArgument } from '../../exit.ts';
import type { OptionRow } from '../../grammar.ts';
import { hexWithPrefix } from '../../numbers.ts';
import { type Part, value } from '../../show/fields.ts';
import { unsigned } from '../../values.ts';
import type { LinkView } from '../view.ts';
import type { DataOf, DraftOf, Kind, KindContext } from './kind.ts';
import { deviceRow, readWords, wordRow } from './parse.ts';

const usage = `\
Usage: ... xfrm dev [ PHYS_DEV ] [ if_id IF-ID ]
		[ external ]

Where: IF-ID := { 0x1..0xffffffff }
`;

type Data = DataOf<'xfrm'>;
type Draft = DraftOf<'xfrm'>;

const rows: readonly OptionRow<Draft, KindContext>[] = [
  deviceRow('dev*', (draft, index) => {
    draft.link = index;
  }),
  {
    words: 'if_id*',
    apply: (draft, take) => {
      const word = take();
      draft.ifId = unsigned(word, 32, 'if_id value is invalid');
      if (draft.ifId === 0) throw invalidArgument(word, 'if_id value is invalid');
    },
  },
  wordRow('external', (draft) => {
    draft.collectMetadata = true;
  }),
];

const describe: readonly Part<Data, LinkView>[] = [
  value('external', 'external ', (data) => data.collectMetadata),
  value('if_id', 'if_id % ', ({ ifId, collectMetadata }) =>
    ifId === undefined || collectMetadata === true ? undefined : hexWithPrefix(ifId),
  ),
];

/** The interface of IPsec policies with this id: `ip link add NAME type xfrm dev DEV if_id NUMBER`. */
export const xfrm: Kind<Data, Draft> = {
  kind: 'xfrm',
  usage,
  describe,
  parse(words, context) {
    const draft = readWords<Draft>(rows, words, {}, context, () => failure(usage.trimEnd()));
    if (draft.collectMetadata === true && (draft.ifId !== undefined || draft.link !== undefined)) {
      throw failure("xfrmi: both 'external' and if_id/link cannot be specified");
    }
    return draft;
  },
};
