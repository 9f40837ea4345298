import { type encapSeg6, seg6Modes } from '../../../../../netlink/families/route/encap.ts';
import { formatIpAddress } from '../../../../../wire/ip-address.ts';
import type { Out } from '../../../../../wire/shape.ts';
import { duplicateOrGarbage, invalidArgument, notImplemented } from '../../exit.ts';
import { address } from '../../inet.ts';
import { type EncapKind, encapValue } from './kind.ts';

interface Draft {
  mode?: number;
  segments?: readonly Uint8Array[];
}

/** Type of the routing header (RFC 8754). */
const SEGMENT_ROUTING = 4;

/** `encap seg6 mode encap segs fd00::1,fd00::2`: segments that packets are to go by. */
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
        draft.segments = word.split(',').map((segment) => address(segment, 'inet6').bytes);
      },
    },
    {
      words: 'hmac cleanup',
      apply: (_draft, _take, _context, word) => {
        throw notImplemented(`"${word}" of "encap seg6"`);
      },
    },
  ],
  finish: ({ mode, segments = [new Uint8Array(16)] }) => {
    if (mode === undefined) return {};
    // On the wire the last segment comes first; without a header around it, the original destination takes its place.
    const listed = [...(seg6Modes[mode] === 'inline' ? [new Uint8Array(16)] : []), ...[...segments].reverse()];
    const last = listed.length - 1;
    return {
      srh: {
        mode,
        hdrlen: listed.length * 2,
        type: SEGMENT_ROUTING,
        segmentsLeft: last,
        firstSegment: last,
        rest: Uint8Array.from(listed.flatMap((segment) => [...segment])),
      },
    };
  },
  parts: [
    ({ srh }, { paint }) => {
      if (srh === undefined) return undefined;
      const mode = seg6Modes[srh.mode] ?? '<unknown>';
      const segments: string[] = [];
      for (let at = srh.firstSegment; at >= 0; at -= 1) {
        const start = at * 16;
        if (srh.rest !== undefined && start + 16 <= srh.rest.length) {
          segments.push(formatIpAddress(srh.rest, start, start + 16));
        }
      }
      return {
        text: `mode ${mode} segs ${segments.length} [ ${segments.map((segment) => paint('inet6', `${segment} `)).join('')}] `,
        json: { mode, segs: segments },
      };
    },
  ],
};
