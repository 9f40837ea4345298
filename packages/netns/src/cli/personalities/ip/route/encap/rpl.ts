import type { encapRpl } from '../../../../../netlink/families/route/encap.ts';
import { formatIpAddress } from '../../../../../wire/ip-address.ts';
import type { Out } from '../../../../../wire/shape.ts';
import { duplicateOrGarbage } from '../../exit.ts';
import { type EncapKind, encapValue } from './kind.ts';
import { readSegments } from './segments.ts';

interface Draft {
  segments?: readonly Uint8Array[];
}

/** Type of the routing header (RFC 6554). */
const SOURCE_ROUTE = 3;

/** `encap rpl segs fd00::1,fd00::2`: source routing for low-power networks. */
export const rplEncap: EncapKind<Out<typeof encapRpl>, Draft> = {
  begin: () => ({}),
  rows: [
    {
      words: 'segs',
      apply: (draft, _take, context) => {
        const word = encapValue(context);
        if (draft.segments !== undefined) throw duplicateOrGarbage('segs', word);
        draft.segments = readSegments(word);
      },
    },
  ],
  finish: ({ segments = [new Uint8Array(16)] }) => {
    // On the wire the last segment comes first.
    const rest = Uint8Array.from([...segments].reverse().flatMap((segment) => [...segment]));
    return {
      srh: { hdrlen: rest.length / 8, type: SOURCE_ROUTE, segmentsLeft: segments.length, rest },
    };
  },
  parts: [
    ({ srh }, { paint }) => {
      if (srh === undefined) return undefined;
      const { segmentsLeft, rest = new Uint8Array() } = srh;
      const segments: string[] = [];
      for (let start = (segmentsLeft - 1) * 16; start >= 0; start -= 16) {
        if (start + 16 <= rest.length) segments.push(formatIpAddress(rest, start, start + 16));
      }
      return {
        text: `segs ${segments.length} [ ${segments.map((segment) => paint('inet6', `${segment} `)).join('')}] `,
        json: { segs: segments },
      };
    },
  ],
};
