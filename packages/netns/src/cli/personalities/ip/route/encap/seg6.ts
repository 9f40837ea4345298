import { type encapSeg6, seg6Modes } from '../../../../../netlink/families/route/encap.ts';
import type { Out } from '../../../../../wire/shape.ts';
import { duplicateOrGarbage, invalidArgument } from '../../exit.ts';
import { address, type InetAddress, isAny, toText } from '../../inet.ts';
import { named, numberIn, tables } from '../../route-names.ts';
import { value } from '../../show/fields.ts';
import { type EncapKind, encapValue } from './kind.ts';
import { describeSegments, readKey, readSegments, segmentHeader } from './segments.ts';

interface Draft {
  mode?: number;
  segments?: readonly Uint8Array[];
  key?: number;
  source?: InetAddress;
  table?: number;
}

/** `encap seg6 mode encap segs fd00::1,fd00::2 hmac 5`: segments that packets are to go by. */
export const seg6Encap: EncapKind<Out<typeof encapSeg6>, Draft> = {
  begin: () => ({}),
  rows: [
    {
      words: 'mode',
      apply: (draft, _take, context) => {
        const word = encapValue(context);
        if (draft.mode !== undefined) throw duplicateOrGarbage('mode', word);
        const mode = (seg6Modes as readonly string[]).indexOf(word);
        if (mode < 0) throw invalidArgument(word, '"mode" value is invalid\n');
        draft.mode = mode;
      },
    },
    {
      words: 'segs',
      apply: (draft, _take, context) => {
        const word = encapValue(context);
        if (draft.segments !== undefined) throw duplicateOrGarbage('segs', word);
        if (draft.mode === undefined) throw invalidArgument(word, '"segs" provided before "mode"\n');
        draft.segments = readSegments(word);
      },
    },
    {
      words: 'hmac',
      apply: (draft, take) => {
        const word = take();
        if (draft.key !== undefined) throw duplicateOrGarbage('hmac', word);
        draft.key = readKey(word);
      },
    },
    {
      words: 'tunsrc',
      apply: (draft, take) => {
        const word = take();
        if (draft.source !== undefined) throw duplicateOrGarbage('tunsrc', word);
        if (draft.mode === undefined) throw invalidArgument(word, '"tunsrc" provided before "mode"\n');
        if (seg6Modes[draft.mode] === 'inline') throw invalidArgument(word, '"tunsrc" invalid with inline mode\n');
        draft.source = address(word, 'inet6');
        if (isAny(draft.source)) throw invalidArgument(word, '"tunsrc" value is invalid\n');
      },
    },
    {
      words: 'lookup',
      apply: (draft, take) => {
        const word = take();
        if (draft.table !== undefined) throw duplicateOrGarbage('lookup', word);
        draft.table = numberIn(tables, word, 32, '"lookup" value is invalid\n');
        if (draft.table === 0) throw invalidArgument(word, '"lookup" value is invalid\n');
      },
    },
  ],
  finish: ({ mode, segments = [new Uint8Array(16)], key, source, table }) =>
    mode === undefined
      ? {}
      : {
          srh: { mode, ...segmentHeader(segments, seg6Modes[mode] === 'inline', key) },
          src: source && toText(source),
          table,
        },
  parts: [
    value('mode', 'mode % ', ({ srh }) => srh && (seg6Modes[srh.mode] ?? '<unknown>')),
    value(
      'tunsrc',
      (text, { paint }) => paint('inet6', `tunsrc ${text} `),
      ({ src }) => src,
    ),
    ({ srh }, view) => srh && describeSegments(srh, view),
    value('lookup', 'lookup % ', ({ table }, { options }) => table && named(tables, table, options)),
  ],
};
