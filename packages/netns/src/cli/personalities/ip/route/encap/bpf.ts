import type { encapBpf } from '../../../../../netlink/families/route/encap.ts';
import type { Out } from '../../../../../wire/shape.ts';
import { type PinnedProgram, readProgram } from '../../bpf-programs.ts';
import type { OptionRow } from '../../grammar.ts';
import { value } from '../../show/fields.ts';
import { unsigned } from '../../values.ts';
import { type EncapContext, type EncapKind, type EncapView, encapValue, unexpectedEnd } from './kind.ts';

type Where = 'in' | 'out' | 'xmit';

interface Draft extends Partial<Record<Where, PinnedProgram>> {
  xmitHeadroom?: number;
}

/** What `ip` says behind the reason why there is no program. */
export const noProgram = 'Failed to parse eBPF program: Operation not permitted\n';

/** A program for packets that arrive, leave, or are about to be sent. */
const program = (where: Where): OptionRow<Draft, EncapContext> => ({
  words: where,
  apply: (draft, take, context) => {
    const { words, kept } = context;
    if (words.left === 0) throw unexpectedEnd();
    draft[where] = readProgram(take, kept, noProgram);
  },
});

const shown = (where: Where) =>
  value<Out<typeof encapBpf>, EncapView>(where, `${where} % `, (data) => data[where]?.name);

/** `encap bpf out pinned FILE`: a program decides. */
export const bpfEncap: EncapKind<Out<typeof encapBpf>, Draft> = {
  begin: () => ({}),
  rows: [
    program('in'),
    program('out'),
    program('xmit'),
    {
      words: 'headroom',
      apply: (draft, _take, context) => {
        draft.xmitHeadroom = unsigned(encapValue(context), 32, 'headroom is invalid\n');
      },
    },
  ],
  finish: (draft) => ({ ...draft }),
  parts: [shown('in'), shown('out'), shown('xmit'), value('headroom', ' % ', ({ xmitHeadroom }) => xmitHeadroom)],
};
