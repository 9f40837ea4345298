import { type encapSeg6, seg6Modes } from '../../../../../netlink/families/route/encap.ts';
import type { Out } from '../../../../../wire/shape.ts';
import { duplicateOrGarbage, invalidArgument } from '../../exit.ts';
import { type EncapKind, encapValue } from './kind.ts';
import { describeSegments, readKey, readSegments, segmentHeader } from './segments.ts';

interface Draft {
  mode?: number;
  segments?: readonly Uint8Array[];
  key?: number;
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
  ],
  finish: ({ mode, segments = [new Uint8Array(16)], key }) =>
    mode === undefined ? {} : { srh: { mode, ...segmentHeader(segments, seg6Modes[mode] === 'inline', key) } },
  parts: [
    ({ srh }, view) => {
      if (srh === undefined) return undefined;
      const mode = seg6Modes[srh.mode] ?? '<unknown>';
      const { text, json } = describeSegments(srh, view);
      return { text: `mode ${mode} ${text}`, json: { mode, ...json } };
    },
  ],
};
