import type { encapXfrm } from '../../../../../netlink/families/route/encap.ts';
import type { Out } from '../../../../../wire/shape.ts';
import { duplicateOrGarbage, invalidArgument, misuse, noSuchDevice } from '../../exit.ts';
import { parseUnsigned } from '../../numbers.ts';
import { value } from '../../show/fields.ts';
import { type EncapKind, encapValue } from './kind.ts';

interface Draft {
  ifId?: number;
  link?: number;
}

/** `encap xfrm if_id 5`: the id of the interface of IPsec that collects. What follows its words is for the route, which `ip` 6.1 overlooks. */
export const xfrmEncap: EncapKind<Out<typeof encapXfrm>, Draft> = {
  begin: () => ({}),
  rows: [
    {
      words: 'if_id',
      apply: (draft, _take, context) => {
        const word = encapValue(context);
        if (draft.ifId !== undefined) throw duplicateOrGarbage('if_id', word);
        draft.ifId = parseUnsigned(word, 32) ?? 0;
        if (draft.ifId === 0) throw invalidArgument(word, '"if_id" value is invalid\n');
      },
    },
    {
      words: 'link_dev',
      apply: (draft, _take, context) => {
        const word = encapValue(context);
        if (draft.link !== undefined) throw duplicateOrGarbage('link_dev', word);
        draft.link = context.devices.indexOf(word);
        if (draft.link === 0) throw misuse(noSuchDevice(word).message);
      },
    },
  ],
  finish: (draft) => {
    if (draft.ifId === undefined) throw misuse('Usage: ip route ... encap xfrm if_id IF_ID [ link_dev LINK ]\n');
    return { ...draft };
  },
  parts: [
    value('if_id', 'if_id % ', ({ ifId }) => ifId),
    value('link_dev', 'link_dev % ', ({ link }, view) => (link === undefined ? undefined : view.deviceName(link))),
  ],
};
